import re
from dataclasses import replace

import pytest
from scipy import stats

from pytest_metamorphic_guard.gate.decision import Conclusion, decide
from pytest_metamorphic_guard.gate.policies import NonInferior
from pytest_metamorphic_guard.gate.rules import Rules, TaskRules
from pytest_metamorphic_guard.gate.thresholds import judge_pass_rate

ADOPT, REJECT, INCONCLUSIVE = Conclusion.ADOPT, Conclusion.REJECT, Conclusion.INCONCLUSIVE


def test_a_rate_is_judged_by_its_exact_bounds():
    for trials in (10, 60, 300):
        for passed in range(trials + 1):
            for minimum in (0.3, 0.8, 0.95):
                greater = stats.binomtest(passed, trials, minimum, "greater").pvalue
                less = stats.binomtest(passed, trials, minimum, "less").pvalue
                expected = ADOPT if greater <= 0.05 else REJECT if less <= 0.05 else INCONCLUSIVE
                assert judge_pass_rate("r", passed, trials, minimum).conclusion is expected


def test_a_minimum_of_one_asks_for_no_violation_and_of_zero_for_nothing():
    assert judge_pass_rate("r", 30, 30, 1.0).conclusion is ADOPT
    assert judge_pass_rate("r", 29, 30, 1.0).conclusion is REJECT
    assert judge_pass_rate("r", 0, 30, 0.0).conclusion is ADOPT
    assert judge_pass_rate("r", 0, 0, 0.0).conclusion is INCONCLUSIVE


@pytest.mark.parametrize(("passed", "trials", "minimum"), [(29, 30, 0.9), (88, 100, 0.9)])
def test_an_unsettled_rate_says_how_many_inputs_settle_it(passed, trials, minimum):
    finding = judge_pass_rate("reordered", passed, trials, minimum)
    assert finding.conclusion is INCONCLUSIVE
    assert finding.reason.startswith(f"reordered held on {passed} of {trials} inputs")
    inputs = int(re.search(r"at least (\d+) inputs", finding.remedy)[1])
    assert inputs > trials
    settled = judge_pass_rate("reordered", round(passed / trials * inputs), inputs, minimum)
    assert settled.conclusion is not INCONCLUSIVE


def test_a_rate_on_the_minimum_is_settled_by_no_number_of_inputs():
    assert "lies on the minimum" in judge_pass_rate("r", 90, 100, 0.9).remedy


def test_beside_a_baseline_a_threshold_is_asked_in_addition(make_evidence):
    shared = make_evidence(both_pass=300, both_fail=100)
    assert decide(shared).outcome is ADOPT
    decision = decide(shared, Rules(min_pass_rate=0.9))
    assert decision.outcome is REJECT
    assert decision.reason == (
        "all relations held on 300 of 400 inputs: min_pass_rate 90 % is missed"
    )
    regressed = make_evidence(both_pass=399, regressions=1)
    assert decide(regressed, Rules(min_pass_rate=0.9)).outcome is REJECT


def test_without_a_baseline_a_threshold_replaces_no_violation(make_evidence):
    for counts, outcome in (
        ({"both_pass": 390, "regressions": 10}, ADOPT),
        ({"both_pass": 300, "regressions": 100}, REJECT),
        ({"both_pass": 365, "regressions": 35}, INCONCLUSIVE),
    ):
        decision = decide(make_evidence(baseline=None, **counts), Rules(min_pass_rate=0.9))
        assert decision.outcome is outcome
        assert decision.reason.startswith("all relations held on")
        assert decision.bounds[0].observed == counts["regressions"]


def test_a_threshold_of_one_relation_leaves_the_others_strict(make_evidence, make_checks):
    rules = Rules(tasks={"top_k": TaskRules(relations={"a": 0.8})})
    tolerated = make_checks(["n+ n+"] * 90 + ["n- n+"] * 10, baseline=None)
    decision = decide(make_evidence(tolerated), rules)
    assert decision.outcome is ADOPT
    assert [row.verdict for row in decision.tasks[0].relations] == ["tolerated", "ok"]
    strict = make_checks(["n+ n+"] * 90 + ["n- n-"] * 10, baseline=None)
    decision = decide(make_evidence(strict), rules)
    assert decision.outcome is REJECT
    assert decision.reason == "10 confirmed violations in 100 inputs (b)"


def test_a_threshold_written_in_the_task_yields_to_the_rules(make_evidence):
    evidence = make_evidence(both_pass=85, regressions=15, baseline=None, min_pass_rate=0.95)
    assert decide(evidence).outcome is REJECT
    assert decide(evidence).tasks[0].relations[0].verdict == "too low"
    lenient = Rules(tasks={"top_k": TaskRules(relations={"reordered": 0.7})})
    assert decide(evidence, lenient).outcome is ADOPT


def test_a_threshold_of_the_whole_task_may_be_written_in_it_too(make_evidence, make_task):
    task = replace(make_task(both_pass=380, both_fail=20), min_pass_rate=0.99)
    assert decide(make_evidence(task)).outcome is REJECT
    assert decide(make_evidence(task), Rules(min_pass_rate=0.9)).outcome is ADOPT


def test_a_threshold_also_holds_under_a_margin(make_evidence):
    evidence = make_evidence(both_pass=300, both_fail=100)
    assert decide(evidence, NonInferior(0.05)).outcome is ADOPT
    rules = Rules(policy=NonInferior(0.05), min_pass_rate=0.9)
    assert decide(evidence, rules).outcome is REJECT


def test_an_unsettled_threshold_keeps_a_candidate_from_adoption(make_evidence):
    decision = decide(make_evidence(both_pass=20), Rules(min_pass_rate=0.95))
    assert decision.outcome is INCONCLUSIVE
    assert decision.remedy.startswith("run at least 59 inputs for a minimum of 95 %, afresh with")
