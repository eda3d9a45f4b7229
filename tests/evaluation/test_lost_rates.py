"""A rate that was lost is shown where it was lost: relations, smallest inputs, a replay."""

import pytest

from metamorphic_guard import api
from pytest_metamorphic_guard import Task

RATE = "--mg-policy=noninferior:margin=0.05"


def test_a_rejection_for_a_rate_names_what_lost_most_and_where(gate, workers):
    gate.write(old=(), new=range(20, 60))

    run = gate.run(RATE, workers=workers)

    assert (run.ret, run.outcome) == (1, "reject")
    assert (
        "lost most: next_one on 41 inputs (it holds on 59 %), smallest (19); right on 40 inputs "
        "(it holds on 60 %), smallest (20)" in run.reason
    )
    shown = {one["relation"]: one["source_input"] for one in run.report["violations"]}
    assert shown == {"next_one": "((19,),)", "right": "((20,),)"}
    (right,) = (one for one in run.report["violations"] if one["relation"] == "right")
    assert (right["confirmation"], right["regression"]) == ("confirmed", True)
    assert "is violated in 40 of 100 cases, which the gate judges; smallest for (20,)" in run.text


def test_what_lost_a_rate_can_be_run_again(gate):
    gate.write(old=(), new=range(20, 60))
    gate.run(RATE)
    report = gate.path / "first.json"
    (gate.path / "report.json").rename(report)

    again = gate.run(RATE, f"--mg-replay={report}")

    again.result.assert_outcomes(failed=2)
    assert "right" in again.text


@pytest.mark.parametrize("baseline", [None, "old.py"])
def test_a_pass_rate_that_is_missed_says_what_it_was_and_what_it_should_be(gate, baseline):
    gate.write(n=400, old=(), new=range(200), options=", min_pass_rate=0.9")

    run = gate.run(baseline=baseline)

    assert "holds in 200 of 400 cases (50 %); min_pass_rate asks for 90 %" in run.text
    assert run.report["violations"]
    alone = gate.run(baseline=baseline, gate=False)
    assert "holds in 200 of 400 cases (50 %); min_pass_rate asks for 90 %" in alone.text


def test_a_pass_rate_that_both_roles_miss_is_shown_too(gate):
    gate.write(n=400, old=range(200), new=range(200), options=", min_pass_rate=0.9")

    run = gate.run(RATE)

    assert run.outcome == "reject"
    assert "min_pass_rate 90 % is missed; lost most: " in run.reason
    assert "right on 200 inputs (it holds on 50 %), smallest (0)" in run.reason
    assert {one["regression"] for one in run.report["violations"]} == {False}


def test_what_is_within_what_is_allowed_is_in_the_report(gate):
    gate.write(n=400, old=(), new=(7,), options=", min_pass_rate=0.5")

    run = gate.run(baseline=None)

    assert (run.ret, run.outcome) == (0, "adopt")
    assert "1 of 400 cases, within what is allowed; smallest for (7,)" in run.text
    assert [one["source_input"] for one in run.report["violations"]] == ["((6,),)", "((7,),)"]


@pytest.mark.filterwarnings("ignore:the executor 'inprocess'")
def test_a_program_is_told_where_a_rate_was_lost(tmp_path):
    old, new = tmp_path / "old.py", tmp_path / "new.py"
    old.write_text("def solve(x):\n    return x\n")
    new.write_text("def solve(x):\n    return x if x < 60 else -1\n")
    task = Task("t", inputs=[(x,) for x in range(100)])

    @task.property
    def right(output, x):
        assert output == x

    found = api.run(
        task,
        api.Implementation.from_path(old),
        api.Implementation.from_path(new),
        api.EvaluationConfig(executor="inprocess", policy="noninferior:margin=0.05"),
    )

    assert found.outcome == "reject"
    assert "lost most: right on 40 inputs (it holds on 60 %), smallest (60)" in found.reason
    assert [one["source_input"] for one in found.report["violations"]] == ["((60,),)"]
