from dataclasses import replace

import pytest

from pytest_metamorphic_guard.gate.decision import Conclusion, decide
from pytest_metamorphic_guard.gate.early_stop import EarlyStop
from pytest_metamorphic_guard.gate.policies import NonInferior, Strict, Superior
from pytest_metamorphic_guard.gate.rules import Rules, TaskRules


def watch(task, rules, **options):
    """Feed a task's inputs until told to stop; return the conclusion and the inputs seen."""
    stop = EarlyStop(replace(task, results=()), rules, **options)
    for seen, result in enumerate(task.results, start=1):
        conclusion = stop.observe(result)
        if conclusion is not None:
            return conclusion, seen
    return None, len(task.results)


@pytest.mark.parametrize("policy", [NonInferior(0.02), NonInferior(0.05), Superior(0.02)])
@pytest.mark.parametrize(
    "counts",
    [
        {"both_pass": 400},
        {"regressions": 200, "both_pass": 200},
        {"both_pass": 10, "improvements": 390},
        {"both_pass": 150},
    ],
)
@pytest.mark.parametrize("comparisons", [1, 3])
def test_stopping_agrees_with_the_decision_on_what_ran(
    make_task, make_evidence, policy, counts, comparisons
):
    task = make_task(planned=1000, **counts)
    rules = Rules(policy=policy, early_stop=True)
    conclusion, seen = watch(task, rules, comparisons=comparisons)
    ran = replace(task, results=task.results[:seen])
    decision = decide(make_evidence(ran), rules, comparisons=comparisons)
    if conclusion is None:
        assert decision.tasks[0].stopped is None
        assert decision.outcome is Conclusion.INCONCLUSIVE
    else:
        assert decision.tasks[0].stopped == seen
        assert decision.outcome is conclusion


def test_a_perfect_candidate_stops_early_under_a_margin(make_task):
    assert watch(make_task(both_pass=400), Rules(policy=NonInferior(0.05))) == (
        Conclusion.ADOPT,
        112,
    )


def test_under_strict_only_a_confirmed_regression_stops(make_task, make_checks):
    rules = Rules(policy=Strict())
    task = make_task(both_pass=10, regressions=1)
    assert watch(task, rules) == (Conclusion.REJECT, 11)
    assert watch(make_task(both_pass=10, regressions=9, confirmed=False), rules) == (None, 19)
    assert watch(make_task(both_pass=4000, both_fail=3), rules) == (None, 4003)
    assert watch(make_checks(["++ ++", "-- +-"]), rules) == (Conclusion.REJECT, 2)


def test_without_a_baseline_a_tolerated_violation_does_not_stop(make_task):
    task = make_task(both_pass=10, regressions=1, baseline=None)
    assert watch(task, Rules(policy=NonInferior())) == (Conclusion.REJECT, 11)
    tolerant = Rules(tasks={"top_k": TaskRules(relations={"reordered": 0.8})})
    assert watch(task, tolerant) == (None, 11)


def test_adoption_waits_until_every_relation_has_applied(make_checks, make_evidence):
    rules = Rules(policy=NonInferior(0.05), early_stop=True)
    task = make_checks(["++ nn"] * 150 + ["++ ++"] * 20)
    conclusion, seen = watch(task, rules)
    assert (conclusion, seen) == (Conclusion.ADOPT, 151)
    ran = replace(task, planned=400, results=task.results[:seen])
    assert decide(make_evidence(ran), rules).outcome is Conclusion.ADOPT


def test_adoption_is_never_early_where_a_threshold_is_to_be_reached(make_task):
    task = make_task(both_pass=400)
    assert watch(task, Rules(policy=NonInferior(0.05), min_pass_rate=0.99)) == (None, 400)
    thresholds = {"top_k": TaskRules(relations={"reordered": 0.99})}
    assert watch(task, Rules(policy=NonInferior(0.05), tasks=thresholds)) == (None, 400)
    bad = make_task(regressions=400)
    assert watch(bad, Rules(policy=NonInferior(0.05), min_pass_rate=0.99))[0] is Conclusion.REJECT


def test_grouped_inputs_never_stop_a_run(make_task):
    task = make_task(both_pass=400, group_size=2)
    assert watch(task, Rules(policy=NonInferior(0.05))) == (None, 400)
