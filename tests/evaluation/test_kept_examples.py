"""Examples that a user keeps run first and count, whatever else a run is asked for."""

import pytest

from metamorphic_guard import api
from pytest_metamorphic_guard import Task

# Nothing that is drawn or listed comes near what the candidate gets wrong.
TASK = """
from hypothesis import strategies as st
from pytest_metamorphic_guard import *

t = Task("t", inputs={inputs}{options})

@t.example(1000)
@t.property
def right(output, x):
    assert output == x

@t.relation
def same(x):
    return (x,)

@t.law
def twice(solve, x):
    assert solve(x) == solve(x)
"""
DRAWN = "st.tuples(st.integers(0, 50))"
LISTED = "[(x,) for x in range(30)]"
MODES = {
    "found": (),
    "report": ("--mg-report=r.json",),
    "measured": ("--mg-measure",),
    "watched": ("--mg-monitor=errors",),
    "decided": ("--mg-gate",),
    "by rates": ("--mg-gate", "--mg-policy=noninferior:margin=0.5"),
    "in step": ("--mg-gate", "--mg-early-stop"),
    "rates in step": ("--mg-gate", "--mg-early-stop", "--mg-policy=noninferior:margin=0.5"),
}


@pytest.fixture
def write(gate):
    def write_task(inputs=LISTED, options="", *, old=(), new=(1000,)):
        gate.write(old=old, new=new)
        text = TASK.format(inputs=inputs, options=options)
        (gate.path / "test_it.py").write_text(text)
        return gate.project

    return write_task


@pytest.mark.parametrize("inputs", [DRAWN, LISTED], ids=["drawn", "listed"])
@pytest.mark.parametrize("mode", MODES)
def test_a_candidate_that_fails_a_kept_example_fails_in_every_mode(write, mode, inputs):
    result = write(inputs).run(
        "--mg-candidate=new.py", "--mg-baseline=old.py", "--mg-executor=inprocess", *MODES[mode]
    )

    assert result.ret == 1
    result.stdout.fnmatch_lines(["*property 'right' is violated by new.py*"])
    result.stdout.fnmatch_lines(["*x = 1000*", "*in case 1 of this run; *", "*@t.example(1000)*"])


@pytest.mark.parametrize("policy", ["strict", "noninferior:margin=0.5", "superior:min_delta=0"])
def test_the_gate_names_the_example_and_counts_only_the_sample(write, gate, policy, workers):
    write()

    run = gate.run(f"--mg-policy={policy}", workers=workers)

    assert (run.ret, run.outcome) == (1, "reject")
    assert run.reason == "right regressed for the example (1000), confirmed in a fresh run"
    task = run.decisions[0]["tasks"][0]
    assert (task["planned"], task["ran"], task["passed"]) == (30, 30, 30)
    assert task["pairs"] == {"both_pass": 30, "regressions": 0, "improvements": 0, "both_fail": 0}


def test_an_example_of_the_task_counts_for_each_of_its_entries_under_a_minimum_rate(write, gate):
    write(options=", examples=[(1000,)], min_pass_rate=0.5")

    run = gate.run("--mg-policy=noninferior:margin=0.5")

    assert run.outcome == "reject"
    assert run.decisions[0]["tasks"][0]["findings"][0]["reason"] == (
        "right regressed for the example (1000) and 1 more, confirmed in a fresh run"
    )
    assert [item["cases"] for item in run.report["items"]] == [32, 31, 31]


def test_what_the_baseline_fails_too_does_not_reject(write, gate):
    write(old=(1000,))

    run = gate.run()
    strict = gate.run("--mg-fail-on=violation")

    assert (run.outcome, strict.outcome) == ("adopt", "adopt")
    assert (run.ret, strict.ret) == (0, 1)  # the item fails as it does for any input
    said = "t: the example (1000) fails for both (right), which does not block"
    assert said in run.decisions[0]["notes"]


def test_an_example_that_is_not_seen_to_fail_again_is_inconclusive(write, gate, flaky):
    write()
    (gate.path / "new.py").write_text(flaky.replace("7", "1000"))

    run = gate.run()

    assert (run.ret, run.outcome) == (1, "inconclusive")
    assert "right regressed for the example (1000), which did not repeat" in run.reason


def test_a_replay_runs_the_example_that_was_violated(write, gate):
    write()
    gate.run()

    again = gate.project.run(
        "--mg-candidate=new.py",
        "--mg-baseline=old.py",
        "--mg-executor=inprocess",
        "--mg-replay=report.json",
    )

    again.assert_outcomes(failed=1)
    again.stdout.fnmatch_lines(["*x = 1000*"])


def test_a_program_is_told_as_well(tmp_path):
    task = Task("t", inputs=[(x,) for x in range(30)], examples=[(1000,)])
    task.property(lambda output, x: output == x, name="right")
    for name, wrong in (("old", -1), ("new", 1000)):
        (tmp_path / f"{name}.py").write_text(
            f"def solve(x):\n    return 0 if x == {wrong} else x\n"
        )

    result = api.run(
        task,
        api.Implementation.from_path(tmp_path / "old.py"),
        api.Implementation.from_path(tmp_path / "new.py"),
        api.EvaluationConfig(n=30),
    )

    assert result.outcome == "reject"
    assert result.reason == "right regressed for the example (1000), confirmed in a fresh run"


def test_a_report_changes_nothing_that_is_run(gate, workers):
    (gate.path / "test_it.py").write_text(
        "from hypothesis import strategies as st\nfrom pytest_metamorphic_guard import *\n"
        "t = Task('t', inputs=st.tuples(st.integers()))\n"
        "@t.property\ndef right(output, x):\n    assert output == x\n"
    )
    (gate.path / "new.py").write_text(
        "def solve(x):\n"
        "    with open('seen.txt', 'a') as file:\n        file.write(f'{x}\\n')\n    return x\n"
    )
    seen = []
    for report in ((), ("--mg-report=r.json",)):
        gate.project.spawn("--mg-candidate=new.py", "--mg-executor=inprocess", *report, *workers)
        seen.append((gate.path / "seen.txt").read_text())
        (gate.path / "seen.txt").unlink()

    assert seen[0] == seen[1]
