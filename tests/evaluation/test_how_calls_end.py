"""A candidate that raises where its baseline returns, or otherwise, is not adopted."""

import pytest

from metamorphic_guard import api
from pytest_metamorphic_guard import Task

TASK = """
from pytest_metamorphic_guard import *

t = Task("t", inputs=[(x,) for x in (-3, 5, -1, 4, 2)])

@t.relation(expect=lambda before, after: True)
def any_output(x):
    return (x,)
"""
LAW = """
from pytest_metamorphic_guard import *

t = Task("t", inputs=[(x,) for x in (5, 4, 2)])

@t.property
def some(output, x): ...

@t.law
def refuses(solve, x):
    try:
        solve(-x)
    except CallFailed:
        return
"""
BASELINE = """
def solve(x):
    if x < 0:
        raise ValueError("negative")
    return x
"""
ENDS = {
    "returns": "return 0",
    "raises": "raise KeyError(x)",
    "crashes": "__import__('os')._exit(3)",
    "hangs": "while True: pass",
}


def _candidate(end):
    return f"def solve(x):\n    if x < 0:\n        {end}\n    return x\n"


@pytest.fixture
def ends(gate):
    """A baseline that raises on negative numbers, beside a task that does not say so."""
    (gate.path / "test_it.py").write_text(TASK)
    (gate.path / "old.py").write_text(BASELINE)
    return gate


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("returns", "baseline raised ValueError: negative, candidate returned 0"),
        ("raises", "baseline raised ValueError: negative, candidate raised KeyError: -1"),
    ],
)
def test_another_end_than_the_baselines_keeps_the_gate_from_adopting(ends, end, said, workers):
    (ends.path / "new.py").write_text(_candidate(ENDS[end]))

    run = ends.run(workers=workers)

    assert (run.ret, run.outcome) == (1, "inconclusive")
    assert "end differently on 2 inputs; for (-1,): " + said in run.reason
    assert "(-1,)" in run.text
    (found,) = run.report["differences"]
    assert (found["relation"], found["source_input"], found["inputs"]) == ("any_output", "(-1,)", 2)


@pytest.mark.parametrize("end", ["crashes", "hangs"])
def test_an_end_that_is_no_answer_keeps_the_gate_from_adopting(ends, end):
    (ends.path / "new.py").write_text(_candidate(ENDS[end]))

    run = ends.run("--mg-executor=local", "--mg-timeout-s=0.5")

    assert (run.ret, run.outcome) == (1, "inconclusive")
    assert "for (-1,): baseline raised ValueError: negative, candidate did not" in run.reason


@pytest.mark.parametrize("end", ["crashes", "hangs"])
@pytest.mark.parametrize("other", ["crashes", "hangs", "returns"])
def test_a_baseline_that_was_cut_off_excuses_nothing(ends, end, other):
    (ends.path / "old.py").write_text(_candidate(ENDS[end]))
    (ends.path / "new.py").write_text(_candidate(ENDS[other]))

    run = ends.run("--mg-executor=local", "--mg-timeout-s=0.5")

    assert (run.ret, run.outcome) == (1, "inconclusive")
    # Without a gate, a violation fails the item although the baseline did not hold either.
    found = ends.run(
        "--mg-executor=local", "--mg-timeout-s=0.5", "--mg-fail-on=regression", gate=False
    )
    assert found.ret == (0 if other == "returns" else 1)


def test_the_same_end_is_adopted(ends, workers):
    (ends.path / "new.py").write_text(BASELINE.replace("negative", "x is negative"))

    run = ends.run(workers=workers)

    assert (run.ret, run.outcome) == (0, "adopt")
    assert run.report["differences"] == []


@pytest.mark.parametrize("policy", ["noninferior:margin=0.5", "superior:min_delta=0"])
def test_a_rate_excuses_no_other_end(ends, policy):
    more = TASK.replace("(-3, 5, -1, 4, 2)", "range(-40, 60)")
    (ends.path / "test_it.py").write_text(more)
    (ends.path / "new.py").write_text(_candidate(ENDS["returns"]))

    run = ends.run(f"--mg-policy={policy}")

    assert (run.ret, run.outcome) == (1, "inconclusive")
    assert "for (-1,)" in run.reason
    early = ends.run(f"--mg-policy={policy}", "--mg-early-stop")
    assert early.outcome == "inconclusive"


def test_a_candidate_that_raises_where_the_baseline_does_not_is_no_small_loss(ends):
    (ends.path / "test_it.py").write_text(TASK.replace("(-3, 5, -1, 4, 2)", "range(-1, 400)"))
    (ends.path / "old.py").write_text("def solve(x):\n    return x\n")
    (ends.path / "new.py").write_text(BASELINE)

    run = ends.run("--mg-policy=noninferior:margin=0.05", "--mg-n=401")

    assert (run.ret, run.outcome) == (1, "inconclusive")
    assert "baseline returned -1, candidate raised ValueError: negative" in run.reason


def test_calls_of_a_law_end_alike_too(ends, workers):
    (ends.path / "test_it.py").write_text(LAW)
    (ends.path / "new.py").write_text(_candidate(ENDS["returns"]))

    run = ends.run(workers=workers)

    assert (run.ret, run.outcome) == (1, "inconclusive")
    assert "t::refuses" in run.reason
    assert "for (2,): call (-2,): baseline raised ValueError: negative" in run.reason
    (ends.path / "new.py").write_text(BASELINE)
    assert ends.run(workers=workers).outcome == "adopt"


def test_without_a_gate_another_end_is_a_warning(ends, workers):
    (ends.path / "new.py").write_text(_candidate(ENDS["returns"]))

    run = ends.run("--mg-fail-on=regression", gate=False, workers=workers)

    assert run.ret == 0
    assert "2 inputs end otherwise than for the baseline" in run.text
    assert "for (-1,): baseline raised ValueError: negative, candidate returned 0" in run.text
    (found,) = run.report["differences"]
    assert (found["baseline"], found["outcome"]) == ("raised ValueError: negative", "returned 0")


@pytest.mark.filterwarnings("ignore:the executor 'inprocess'")
def test_a_program_is_told_of_another_end(tmp_path):
    old, new = tmp_path / "old.py", tmp_path / "new.py"
    old.write_text(BASELINE)
    new.write_text(_candidate(ENDS["returns"]))
    task = Task("t", inputs=[(5,), (-1,), (-2,)])

    @task.relation(expect=lambda before, after: True)
    def any_output(x):
        return (x,)

    found = api.run(
        task,
        api.Implementation.from_path(old),
        api.Implementation.from_path(new),
        api.EvaluationConfig(executor="inprocess"),
    )

    assert found.outcome == "inconclusive"
    assert "for (-1,): baseline raised ValueError: negative, candidate returned 0" in found.reason
    assert found.report["differences"][0]["source_input"] == "(-1,)"


def test_another_end_can_be_run_again(ends):
    (ends.path / "new.py").write_text(_candidate(ENDS["returns"]))
    ends.run()
    report = ends.path / "first.json"
    (ends.path / "report.json").rename(report)

    again = ends.run(f"--mg-replay={report}")

    assert "for (-1,): baseline raised ValueError" in again.text
