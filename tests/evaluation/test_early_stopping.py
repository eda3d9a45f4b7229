"""``--mg-early-stop``: the run ends early, with the same input for all, and errs no more often."""

import math
import random

import pytest

from pytest_metamorphic_guard.contracts.measurements import CaseHeld
from pytest_metamorphic_guard.evaluation.counting import build_evidence
from pytest_metamorphic_guard.gate.decision import Conclusion
from pytest_metamorphic_guard.gate.policies import NonInferior
from pytest_metamorphic_guard.gate.ranking import rank
from pytest_metamorphic_guard.gate.rules import Rules
from pytest_metamorphic_guard.pytest_side.scheduling import find_scope

EARLY = ("--mg-early-stop", "--mg-policy=noninferior:margin=0.05")


def cases_of(run):
    return {item["relation"]: item["cases"] for item in run.report["items"]}


def test_an_equal_candidate_is_adopted_before_every_input_ran(gate, workers):
    gate.write(n=400, old=(), new=())

    run = gate.run(*EARLY, workers=workers)

    assert (run.ret, run.outcome) == (0, "adopt")
    assert cases_of(run) == {"right": 112, "next_one": 112}
    assert run.reason == "a loss of less than 5 % is shown after 112 inputs (early stop)"
    assert run.decisions[0]["tasks"][0]["planned"] == 400


def test_a_bad_candidate_is_rejected_before_every_input_ran(gate):
    gate.write(n=400, old=(), new=range(0, 400, 5))

    run = gate.run(*EARLY)

    assert (run.ret, run.outcome) == (1, "reject")
    assert len(set(cases_of(run).values())) == 1
    assert max(cases_of(run).values()) < 200


def test_a_violation_is_seen_in_the_case_that_ended_the_run(gate):
    gate.write(n=100, old=(), new=range(50, 100))

    run = gate.run("--mg-early-stop", "--mg-shrink=full")

    (last,) = set(cases_of(run).values())
    assert last < 50
    assert f"in case {last} of this run; " in run.text


def test_a_list_in_which_the_hard_inputs_come_last_is_not_judged_by_the_easy_ones(gate, workers):
    gate.write(n=400, old=(), new=range(200, 400))

    run = gate.run(*EARLY, workers=workers)

    assert (run.ret, run.outcome) == (1, "reject")
    assert max(cases_of(run).values()) < 100


def test_a_relation_that_does_not_apply_at_first_delays_all(gate):
    extra = """
seen = set()

@t.property(precondition=lambda x: seen.add(x) or len(seen) > 200)
def late(output, x): ...
"""
    gate.write(n=400, old=(), new=(), extra=extra)

    run = gate.run(*EARLY)

    assert run.outcome == "adopt"
    # Ten skipped inputs for each that ran are the most that an item may have.
    assert cases_of(run) == {"right": 220, "next_one": 220, "late": 20}


def test_the_first_confirmed_regression_ends_a_strict_run(gate, workers):
    gate.write(n=400, old=(), new=(50,))

    run = gate.run("--mg-early-stop", "--mg-seed=0", workers=workers)

    assert (run.ret, run.outcome) == (1, "reject")
    # The follow-up of 49 is 50: whichever of the two comes first is the last that runs.
    assert run.reason == "1 confirmed regression in 153 inputs (next_one)"
    assert cases_of(run) == {"right": 153, "next_one": 153}


def test_a_strict_run_without_a_regression_runs_every_input(gate):
    run = gate.run("--mg-early-stop")

    assert run.outcome == "adopt"
    assert cases_of(run) == {"right": 100, "next_one": 100}


def test_thresholds_on_rates_take_every_input(gate):
    gate.write(n=400, old=(), new=(), options=", min_pass_rate=0.9")

    run = gate.run(*EARLY)

    assert run.outcome == "adopt"
    assert set(cases_of(run).values()) == {400}


def test_a_law_with_fixtures_keeps_its_task_from_stopping_early(gate):
    extra = "\n@t.law\ndef placed(solve, x, *, tmp_path):\n    assert solve(x) == x\n"
    gate.write(n=400, old=(), new=(), extra=extra)

    run = gate.run(*EARLY)

    assert run.outcome == "adopt"
    assert set(cases_of(run).values()) == {400}


def test_a_broken_relation_leaves_the_others_their_whole_sample(gate):
    extra = "\n@t.relation\ndef broken(x):\n    raise LookupError(x)\n"
    gate.write(n=400, old=(), new=(), extra=extra)

    run = gate.run(*EARLY)

    assert (run.ret, run.outcome) == (1, "inconclusive")
    assert cases_of(run) == {"right": 400, "next_one": 400, "broken": 0}


def test_several_candidates_stop_each_on_their_own(gate, workers):
    gate.write(n=400, old=(), new=(), worse=range(0, 400, 5))

    run = gate.run(*EARLY, "--mg-candidate=worse.py", workers=workers)

    cases = {}
    for item in run.report["items"]:
        cases.setdefault(item["candidate"], set()).add(item["cases"])
    assert run.adopt == "new.py"
    assert all(len(numbers) == 1 and max(numbers) < 400 for numbers in cases.values())
    assert [decision["outcome"] for decision in run.decisions] == ["adopt", "reject"]


@pytest.mark.parametrize("dist", ["worksteal", "loadfile", "loadgroup"])
def test_every_way_of_distributing_comes_to_the_same_conclusion(gate, dist):
    gate.write(n=400, old=(), new=())

    run = gate.run(*EARLY, workers=("-n2", f"--dist={dist}"))

    assert (run.ret, run.outcome) == (0, "adopt")
    # With groups of the user's own nothing keeps a task together.
    assert set(cases_of(run).values()) == ({400} if dist == "loadgroup" else {112})


def test_items_of_one_task_and_candidate_have_one_scope():
    assert find_scope("test_a.py::t::right") == find_scope("test_a.py::t::next_one")
    assert find_scope("test_a.py::t::right[new]") == find_scope("test_a.py::t::next_one[new]")
    assert find_scope("test_a.py::t::right[new]") != find_scope("test_a.py::t::right[old]")
    assert find_scope("test_a.py::test_x[a::b]") == "test_a.py::test_x[a::b]"


RUNS = 150
# Three standard deviations above an error rate of 5 %.
MOST = RUNS * 0.05 + 3 * math.sqrt(RUNS * 0.05 * 0.95)


@pytest.mark.parametrize(("overlap", "relations"), [(1, 1), (0, 3)])
def test_stopping_early_adopts_a_candidate_that_loses_the_margin_rarely(
    simulate, overlap, relations
):
    adopted, used = simulate(loss=0.05, overlap=overlap, relations=relations, inputs=400)

    assert adopted <= MOST
    assert used <= 400 * RUNS


def test_stopping_early_saves_inputs_where_the_candidate_is_equal(simulate):
    adopted, used = simulate(loss=0.0, overlap=1, relations=3, inputs=400)

    assert adopted == RUNS
    assert used < 200 * RUNS


@pytest.fixture
def simulate(make_task_run):
    """Return how often an early stopped run adopts, and how many inputs all runs used."""

    def simulate(*, loss, overlap, relations, inputs):
        chance = random.Random(f"{loss} {overlap} {relations}")
        rules = Rules(policy=NonInferior(0.05), early_stop=True)
        adopted = used = 0
        for _ in range(RUNS):
            rows = [_draw(chance, loss, overlap, relations) for _ in range(inputs)]
            measurements = make_task_run(rows, relations, rules)
            used += len(measurements[0].cases)
            adopted += rank(build_evidence(measurements), rules).outcome is Conclusion.ADOPT
        return adopted, used

    return simulate


def _draw(chance, loss, overlap, relations):
    """Draw one input: baseline holds on 95 %; what fails, fails in one of the relations."""
    first = chance.random()
    second = first if chance.random() < overlap else chance.random()
    baseline, candidate = first < 0.95, second < 0.95 - loss
    culprit = chance.randrange(relations)
    return [
        CaseHeld(0, candidate or number != culprit, baseline or number != culprit)
        for number in range(relations)
    ]
