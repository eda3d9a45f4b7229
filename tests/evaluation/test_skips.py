"""A law that gives an input up for what was answered does not let the candidate choose inputs."""

LAW = """
from hypothesis import assume

@t.law
def twice(solve, x):
    once = solve(x)
    assume(once is not None)
    assert once == x
"""
EXPECTED = """
from hypothesis import assume

def check(before, after):
    assume(before is not None)
    return before == after

@t.relation(expect=check)
def same(x):
    return (x,)

@t.property
def known(output, x):
    assume(output is not None)
    return True
"""
# Gives no answer where its answer would be wrong.
EVASIVE = "def solve(x):\n    return x if x % 4 else None\n"


SKIPPED = "skipped by assume() for the candidate and not for the baseline"


def write(gate, law=LAW, **implementations):
    for name, source in implementations.items():
        (gate.path / f"{name}.py").write_text(source)
    head = (
        "from pytest_metamorphic_guard import *\n\nt = Task('t', inputs=[(x,) for x in range(100)])"
    )
    (gate.path / "test_it.py").write_text(f"{head}\n{law}")


def test_an_input_that_is_skipped_for_the_candidate_alone_is_a_regression(gate, workers):
    write(gate, new=EVASIVE)

    run = gate.run(workers=workers)

    assert (run.ret, run.outcome) == (1, "reject")
    assert run.reason.startswith("25 regressions in 100 inputs")
    assert SKIPPED in run.text


def test_an_input_that_is_skipped_for_the_baseline_alone_is_an_improvement(gate):
    write(gate, old=EVASIVE)

    run = gate.run()

    assert run.outcome == "adopt"
    (task,) = run.decisions[0]["tasks"]
    assert task["pairs"]["improvements"] == 25


def test_what_is_skipped_for_both_says_nothing_of_either(gate):
    write(gate, old=EVASIVE, new=EVASIVE)

    run = gate.run()

    assert run.outcome == "adopt"
    assert run.decisions[0]["tasks"][0]["ran"] == 75


def test_without_a_baseline_skips_that_follow_outputs_keep_the_gate_from_adopting(gate):
    write(gate, new=EVASIVE)

    run = gate.run(baseline=None)

    assert run.outcome == "inconclusive"
    assert "t::twice gave up 25 inputs after the candidate had answered" in run.reason


def test_without_a_baseline_skips_of_inputs_are_no_obstacle(gate):
    write(gate, law=LAW.replace("once = s", "assume(x % 2)\n    once = s"))

    run = gate.run(baseline=None)

    assert run.outcome == "adopt"


def test_the_checks_of_relations_and_properties_are_no_way_out_either(gate):
    write(gate, new=EVASIVE, law=EXPECTED)

    run = gate.run()

    assert run.outcome == "reject"
    assert run.reason.startswith("25 regressions in 100 inputs")
    assert all(f"::{name} - " in run.text for name in ("same", "known"))


def test_a_violation_by_skipping_is_found_without_a_gate_too(gate):
    write(gate, new=EVASIVE)

    run = gate.run(gate=False)

    assert run.ret == 1
    assert SKIPPED in run.text
