"""A candidate that cannot be called where its baseline can is rejected, in one line."""

import pytest

from metamorphic_guard import api
from pytest_metamorphic_guard import Task

WRONG = {
    "syntax": ("def solve(x)\n    return x\n", "SyntaxError"),
    "raises": ("1 / 0\n", "ZeroDivisionError: division by zero"),
    "package": ("import nothing_of_this_name\n", "No module named 'nothing_of_this_name'"),
    "missing": ("def other(x):\n    return x\n", "no function 'solve'"),
    "none": ("solve = 3\n", "int"),
    "exits": ("raise SystemExit(2)\n", "SystemExit"),
}
PROCESS = {
    "dies": ("import os\nos._exit(3)\n", "did not finish"),
    "hangs": ("while True: pass\n", "took longer than"),
}
FAST_IMPORT = '--mg-executor-config={"import_timeout_s": 2}'


@pytest.mark.parametrize("way", WRONG)
def test_it_is_rejected_beside_a_baseline_that_works(gate, way):
    source, said = WRONG[way]
    (gate.path / "new.py").write_text(source)

    run = gate.run()

    assert (run.ret, run.outcome) == (1, "reject")
    assert run.reason.startswith("candidate new.py: ")
    assert said in run.reason
    assert len(run.reason.splitlines()) == 1
    assert "REJECT: candidate new.py" in run.text


@pytest.mark.parametrize("way", PROCESS)
def test_it_is_rejected_where_it_ends_its_process_or_hangs(gate, way):
    source, said = PROCESS[way]
    (gate.path / "new.py").write_text(source)

    run = gate.run("--mg-executor=local", FAST_IMPORT)

    assert (run.ret, run.outcome) == (1, "reject")
    assert said in run.reason


@pytest.mark.parametrize(
    "options", [("--mg-policy=noninferior:margin=0.1",), ("--mg-early-stop",), ("--mg-n=7",)]
)
def test_it_is_rejected_under_every_policy(gate, options, workers):
    (gate.path / "new.py").write_text(WRONG["raises"][0])

    assert gate.run(*options, workers=workers).outcome == "reject"


def test_it_is_rejected_without_a_baseline(gate):
    (gate.path / "new.py").write_text(WRONG["raises"][0])

    assert gate.run(baseline=None).outcome == "reject"


def test_what_keeps_both_roles_from_being_called_decides_nothing(gate, workers):
    for name in ("old", "new"):
        (gate.path / f"{name}.py").write_text(WRONG["package"][0])

    run = gate.run(workers=workers)

    assert (run.ret, run.outcome) == (1, "inconclusive")


def test_a_baseline_that_cannot_be_called_decides_nothing(gate):
    (gate.path / "old.py").write_text(WRONG["syntax"][0])

    assert gate.run().outcome == "inconclusive"


def test_the_other_candidates_are_judged_all_the_same(gate, workers):
    (gate.path / "bad.py").write_text(WRONG["syntax"][0])

    run = gate.run("--mg-candidate=bad.py", workers=workers)

    assert {one["candidate"]: one["outcome"] for one in run.decisions} == {
        "new.py": "adopt",
        "bad.py": "reject",
    }


def test_a_file_that_is_not_there_is_a_wrong_option(gate):
    (gate.path / "new.py").unlink()

    assert gate.run().ret == pytest.ExitCode.USAGE_ERROR


@pytest.mark.filterwarnings("ignore:the executor 'inprocess'")
def test_a_program_is_told_so(tmp_path):
    old, new = tmp_path / "old.py", tmp_path / "new.py"
    old.write_text("def solve(x):\n    return x\n")
    new.write_text(WRONG["syntax"][0])
    task = Task("t", inputs=[(1,)])

    @task.property
    def right(output, x):
        assert output == x

    found = api.run(
        task,
        api.Implementation.from_path(old),
        api.Implementation.from_path(new),
        api.EvaluationConfig(executor="inprocess"),
    )

    assert (found.adopt, found.outcome) == (False, "reject")
    assert "SyntaxError" in found.reason
    assert [item["outcome"] for item in found.report["items"]] == ["failed"]
