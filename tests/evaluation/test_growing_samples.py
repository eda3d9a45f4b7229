"""How many inputs a run has: said before it, raised where too few, and extended until decided."""

import pytest

DRAWN = """
from hypothesis import strategies as st
from pytest_metamorphic_guard import Task

t = Task("t", inputs=st.tuples(st.integers(0, 10**6)))

@t.property
def right(output, x):
    assert output == x
"""
MARGIN = "--mg-policy=noninferior:margin={}"


def cases_of(run):
    return {item["relation"]: item["cases"] for item in run.report["items"]}


def test_the_header_says_what_can_be_expected(gate, workers):
    run = gate.run(MARGIN.format(0.05), "--mg-n=100", workers=workers)

    assert (
        "metamorphic-guard: n=100, margin 5 %, 10 % independent failures: an equal candidate is "
        "adopted in 31 %; 80 % needs about 445"
    ) in run.lines
    assert any(note.endswith("80 % needs about 445") for note in run.decisions[0]["notes"])
    assert "80 % needs" not in gate.run().text


def test_a_number_with_which_nothing_can_be_adopted_is_raised(gate, workers):
    (gate.path / "test_it.py").write_text(DRAWN)

    run = gate.run(MARGIN.format(0.02), "--mg-n=20", workers=workers)

    assert "n=20 is raised to 149: with fewer no candidate can be adopted" in run.text
    assert (run.outcome, cases_of(run)) == ("adopt", {"right": 149})


def test_the_remedy_asks_for_no_more_inputs_than_exist(gate):
    gate.write(n=50, old=(), new=())
    listed = gate.run(MARGIN.format(0.02))
    (gate.path / "test_it.py").write_text(DRAWN.replace("10**6", "30"))
    drawn = gate.run(MARGIN.format(0.02))

    for run, number in ((listed, 50), (drawn, 31)):
        said = " ".join(run.text.split())
        assert run.outcome == "inconclusive"
        assert f"only {number} distinct inputs exist, and a margin of 2 % takes 149" in said


def test_a_run_goes_on_until_it_is_decided(gate, workers):
    gate.write(n=400, old=(), new=())

    run = gate.run(MARGIN.format(0.02), "--mg-n=100", "--mg-extend=400", workers=workers)

    assert run.outcome == "adopt"
    assert cases_of(run) == {"right": 284, "next_one": 284}
    assert "goes on to 400 until it is decided" in run.text


def test_a_run_that_is_decided_by_the_inputs_asked_for_does_not_go_on(gate):
    gate.write(n=400, old=(), new=())
    good = gate.run(MARGIN.format(0.05), "--mg-n=100", "--mg-extend=400")
    gate.write(n=400, old=(), new=range(0, 400, 4))
    bad = gate.run(MARGIN.format(0.05), "--mg-n=100", "--mg-extend=400")

    assert (good.outcome, cases_of(good)) == ("adopt", {"right": 100, "next_one": 100})
    assert (bad.outcome, cases_of(bad)) == ("reject", {"right": 100, "next_one": 100})


def test_a_policy_file_may_let_a_run_go_on(gate, workers):
    gate.write(n=400, old=(), new=())
    (gate.path / "policy.toml").write_text('policy = "noninferior:margin=0.02"\nextend = 400\n')

    run = gate.run("--mg-policy=policy.toml", "--mg-n=100", workers=workers)

    assert (run.outcome, cases_of(run)) == ("adopt", {"right": 284, "next_one": 284})
    assert run.report["options"]["extend"] == 400
    assert "goes on to 400 until it is decided" in run.text


@pytest.mark.parametrize("number", ["0", "1.5", "true"])
def test_a_number_that_a_run_cannot_go_on_to_is_refused(gate, number):
    (gate.path / "policy.toml").write_text(f"extend = {number}\n")

    run = gate.run("--mg-policy=policy.toml")

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.result.stderr.fnmatch_lines(
        ["*policy.toml: extend: expected a whole number of inputs from 1, got *"]
    )


@pytest.mark.parametrize("policy", ["strict", "noninferior:margin=0.02"])
def test_what_cannot_be_extended_runs_what_it_has(gate, policy):
    gate.write(n=100, old=(), new=())

    run = gate.run(f"--mg-policy={policy}", "--mg-extend=400")

    assert cases_of(run) == {"right": 100, "next_one": 100}
