import json

import pytest

from pytest_metamorphic_guard.gate.decision import Conclusion, Decision, decide
from pytest_metamorphic_guard.gate.evidence import (
    AlertEvidence,
    CheckResult,
    Evidence,
    InputResult,
    MetricEvidence,
    RelationEvidence,
    TaskEvidence,
)
from pytest_metamorphic_guard.gate.policies import NonInferior, Strict, Superior
from pytest_metamorphic_guard.gate.rules import Rules, TaskRules

ADOPT, REJECT, INCONCLUSIVE = Conclusion.ADOPT, Conclusion.REJECT, Conclusion.INCONCLUSIVE
POLICIES = [Strict(), NonInferior(), NonInferior(0.3), Superior(), Superior(0.0)]


def test_equal_and_perfect_is_adopted_with_the_bound_it_earned(make_evidence):
    decision = decide(make_evidence(both_pass=400))
    assert decision.outcome is ADOPT
    assert decision.reason == "0 regressions in 400 inputs: regression rate below 0.75 % at 95 %"
    assert decision.bounds[0].upper == pytest.approx(1 - 0.05 ** (1 / 400))
    assert decision.remedy is None


def test_a_confirmed_regression_rejects_and_is_named(make_evidence):
    decision = decide(make_evidence(both_pass=399, regressions=1))
    assert decision.outcome is REJECT
    assert decision.reason == "1 confirmed regression in 400 inputs (reordered)"
    assert decision.notes == ()


def test_improvements_elsewhere_do_not_outweigh_a_confirmed_regression(make_evidence):
    assert decide(make_evidence(both_pass=300, improvements=99, regressions=1)).outcome is REJECT


def test_an_unconfirmed_regression_is_inconclusive_and_says_why(make_evidence):
    decision = decide(make_evidence(both_pass=399, regressions=1, confirmed=False))
    assert decision.outcome is INCONCLUSIVE
    assert "did not repeat" in decision.reason
    assert "noninferior" in decision.remedy


def test_a_failure_shared_with_the_baseline_is_reported_and_does_not_block(make_evidence):
    decision = decide(make_evidence(both_pass=390, both_fail=10))
    assert decision.outcome is ADOPT
    assert decision.notes == ("top_k: 10 inputs fail for both, which does not block",)
    assert decision.tasks[0].relations[0].verdict == "shared"


def test_without_a_baseline_no_violation_is_adopted(make_evidence):
    decision = decide(make_evidence(both_pass=400, baseline=None))
    assert decision.outcome is ADOPT
    assert decision.reason == "0 violations in 400 inputs: violation rate below 0.75 % at 95 %"


@pytest.mark.parametrize("policy", POLICIES)
def test_without_a_baseline_a_violation_is_never_adopted(make_evidence, policy):
    confirmed = make_evidence(both_pass=4000, regressions=1, baseline=None)
    unconfirmed = make_evidence(both_pass=4000, regressions=1, baseline=None, confirmed=False)
    assert decide(confirmed, policy).outcome is REJECT
    assert decide(unconfirmed, policy).outcome is INCONCLUSIVE


def test_superiority_cannot_be_shown_without_a_baseline(make_evidence):
    decision = decide(make_evidence(both_pass=400, baseline=None), Superior())
    assert decision.outcome is INCONCLUSIVE
    assert "without a baseline" in decision.reason


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("baseline", ["old", None])
@pytest.mark.parametrize("early_stop", [False, True])
def test_nothing_seen_is_never_adopted(make_evidence, make_task, policy, baseline, early_stop):
    no_case = make_task(baseline=baseline)
    all_skipped = make_task(baseline=baseline, skipped=40)
    all_inapplicable = TaskEvidence(
        task="top_k",
        planned=3,
        relations=(RelationEvidence(name="reordered", skipped=3),),
        results=tuple(
            InputResult(index, (CheckResult("reordered", candidate=None),)) for index in range(3)
        ),
        baseline=baseline,
    )
    no_relation = TaskEvidence(task="top_k", planned=0, relations=(), results=(), baseline=baseline)
    rules = Rules(policy=policy, early_stop=early_stop)
    reasons = {
        decide(make_evidence(task), rules).reason: decide(make_evidence(task), rules).outcome
        for task in (no_case, all_skipped, all_inapplicable, no_relation)
    }
    assert set(reasons.values()) == {INCONCLUSIVE}
    assert decide(Evidence(candidate="new", tasks=()), rules).outcome is INCONCLUSIVE


def test_the_reason_tells_no_input_from_all_skipped(make_evidence):
    assert decide(make_evidence()).reason == "no input was run"
    assert decide(make_evidence(skipped=40)).reason == "all 40 inputs were skipped"


@pytest.mark.parametrize("policy", POLICIES)
def test_a_relation_that_never_applied_is_never_adopted(make_evidence, make_checks, policy):
    decision = decide(make_evidence(make_checks(["-+ nn"] * 60 + ["++ nn"] * 2000)), policy)
    assert decision.outcome is not ADOPT
    assert any("b never applied" in finding.reason for finding in decision.tasks[0].findings)
    assert decision.tasks[0].relations[1].verdict == "never applied"


@pytest.mark.parametrize("policy", POLICIES)
def test_a_candidate_that_evades_a_check_is_never_adopted(make_evidence, make_checks, policy):
    decision = decide(make_evidence(make_checks(["++ +n"] * 1000)), policy)
    assert decision.outcome is not ADOPT


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("early_stop", [False, True])
def test_a_baseline_that_fails_everything_is_never_adopted(make_evidence, policy, early_stop):
    rules = Rules(policy=policy, early_stop=early_stop)
    for counts in ({"both_fail": 400}, {"improvements": 400}, {"improvements": 9, "both_fail": 1}):
        decision = decide(make_evidence(**counts), rules)
        assert decision.outcome is not ADOPT
        findings = decision.tasks[0].findings
        assert any("the baseline fails on all" in finding.reason for finding in findings)


def test_a_baseline_that_fails_everything_is_the_reason_that_is_given(make_evidence):
    decision = decide(make_evidence(both_fail=9), NonInferior())
    assert decision.reason == "the baseline fails on all 9 inputs, so nothing could regress"
    assert "without one" in decision.remedy


def test_evading_a_check_that_the_baseline_fails_is_no_improvement(make_evidence, make_checks):
    task = decide(make_evidence(make_checks(["-n ++"] * 7 + ["-+ ++"]))).tasks[0]
    assert (task.pairs.both_pass, task.pairs.improvements) == (7, 1)


def test_a_baseline_that_was_never_checked_is_never_adopted(make_evidence, make_checks):
    decision = decide(make_evidence(make_checks(["n+ n+"] * 400)))
    assert decision.outcome is INCONCLUSIVE
    assert "baseline was not checked" in decision.reason


@pytest.mark.parametrize("policy", POLICIES)
def test_an_incomplete_run_is_never_adopted(make_evidence, policy):
    evidence = make_evidence(both_pass=3000, improvements=300, planned=4000)
    decision = decide(evidence, policy)
    assert decision.outcome is not ADOPT
    assert any("3300 of 4000" in finding.reason for finding in decision.tasks[0].findings)


def test_an_incomplete_run_with_a_confirmed_regression_is_rejected(make_evidence):
    assert decide(make_evidence(both_pass=3, regressions=1, planned=400)).outcome is REJECT


def test_a_regression_of_one_relation_counts_where_another_already_failed_for_both(
    make_evidence, make_checks
):
    decision = decide(make_evidence(make_checks(["++ ++"] * 50 + ["-- +-"])))
    assert decision.outcome is REJECT
    assert decision.reason == "1 confirmed regression in 51 inputs (b)"
    assert any("a relation that the baseline keeps" in note for note in decision.notes)


def test_the_unit_of_the_gate_is_the_input(make_evidence, make_checks):
    task = decide(make_evidence(make_checks(["++ ++", "+- +-", "-+ ++", "-- -+", "++ +-"]))).tasks[
        0
    ]
    counts = task.pairs
    cells = (counts.both_pass, counts.regressions, counts.improvements, counts.both_fail)
    assert cells == (1, 2, 1, 1)
    assert task.ran == 5
    assert task.checks.pairs.total == 10
    assert task.checks.effect >= 1.0


def test_a_margin_is_inconclusive_with_too_few_inputs_and_says_how_many_are_needed(make_evidence):
    decision = decide(make_evidence(both_pass=100), NonInferior(0.02))
    assert decision.outcome is INCONCLUSIVE
    assert decision.remedy == (
        "run at least 149 inputs for a margin of 2 %, afresh with another seed: enough for an "
        "equal candidate in 80 % of runs; or let it go on: --mg-extend=298"
    )
    assert decide(make_evidence(both_pass=148), NonInferior(0.02)).outcome is INCONCLUSIVE
    assert decide(make_evidence(both_pass=149), NonInferior(0.02)).outcome is ADOPT


def test_a_margin_tolerates_a_few_regressions_and_not_many(make_evidence):
    assert decide(make_evidence(both_pass=398, regressions=2), NonInferior(0.02)).outcome is ADOPT
    refuted = decide(make_evidence(both_pass=370, regressions=30), NonInferior(0.02))
    assert refuted.outcome is REJECT
    assert "refuted" in refuted.reason


def test_an_interval_beside_the_threshold_decides_nothing_that_the_exact_test_does_not_confirm(
    make_evidence,
):
    # With the whole margin lost, 13 or more of 400 are 6.2 % of the samples, and 14 or more 3.3 %.
    unsure = decide(make_evidence(both_pass=387, regressions=13), NonInferior(0.02))
    assert unsure.outcome is INCONCLUSIVE
    assert unsure.tasks[0].interval.upper < -0.02
    assert unsure.reason.endswith("to -2.1), which the exact test does not confirm")
    assert decide(make_evidence(both_pass=386, regressions=14), NonInferior(0.02)).outcome is REJECT
    # What is gained is lost from the other side.
    unsure = decide(make_evidence(both_pass=387, improvements=13), Superior(0.02))
    assert unsure.outcome is INCONCLUSIVE
    assert unsure.tasks[0].interval.lower > 0.02
    assert unsure.reason.endswith("to +5.1), which the exact test does not confirm")
    assert decide(make_evidence(both_pass=386, improvements=14), Superior(0.02)).outcome is ADOPT


def test_a_few_gains_by_chance_adopt_nothing_under_a_margin(make_evidence):
    # Where both roles fail on half of the inputs, three gains of three are no rare sight.
    decision = decide(make_evidence(improvements=3), NonInferior(0.05))
    assert decision.outcome is INCONCLUSIVE
    assert decision.tasks[0].interval.lower > -0.05
    # A candidate that loses the whole margin and never gains survives 58 inputs in 5.1 %.
    for both_pass, outcome in ((52, INCONCLUSIVE), (58, INCONCLUSIVE), (59, ADOPT)):
        decision = decide(make_evidence(both_pass=both_pass), NonInferior(0.05))
        assert decision.outcome is outcome
        assert decision.tasks[0].interval.lower > -0.05


def test_superiority_wants_a_gain_and_refuses_an_equal_candidate(make_evidence):
    assert decide(make_evidence(both_pass=360, improvements=40), Superior(0.02)).outcome is ADOPT
    assert decide(make_evidence(both_pass=400), Superior(0.02)).outcome is REJECT
    assert decide(make_evidence(both_pass=392, improvements=8), Superior(0.02)).outcome is (
        INCONCLUSIVE
    )


def test_a_loss_hidden_by_gains_elsewhere_rejects_under_a_margin(make_evidence, make_checks):
    rows = ["++ ++"] * 300 + ["+- ++"] * 40 + ["++ -+"] * 60
    decision = decide(make_evidence(make_checks(rows)), NonInferior(0.05))
    assert decision.outcome is REJECT
    assert decision.reason.startswith("a got worse by 10.0 points")
    assert [row.verdict for row in decision.tasks[0].relations] == ["worse", "improved"]


def test_a_loss_of_one_relation_is_tested_against_the_margin_after_correction(
    make_evidence, make_checks
):
    at_the_margin = ["++ ++"] * 350 + ["+- ++"] * 20 + ["++ -+"] * 30
    decision = decide(make_evidence(make_checks(at_the_margin)), NonInferior(0.05))
    assert decision.outcome is ADOPT
    assert decision.tasks[0].relations[0].verdict == "worse"


def test_the_correction_for_two_relations_decides_between_29_and_30_losses(
    make_evidence, make_checks
):
    # Of 400 inputs and against a margin of 5 %: p = 0.031 and 0.019, each times two.
    for losses, outcome in ((29, ADOPT), (30, REJECT)):
        rows = ["+- ++"] * losses + ["++ -+"] * 60 + ["++ ++"] * (340 - losses)
        assert decide(make_evidence(make_checks(rows)), NonInferior(0.05)).outcome is outcome


def test_p_values_are_corrected_over_all_relations_of_all_tasks(make_evidence, make_task):
    worse = {"both_pass": 90, "regressions": 6}
    alone = decide(make_evidence(**worse), NonInferior(0.01))
    among = decide(
        make_evidence(
            make_task(**worse), *(make_task(both_pass=90, task=f"t{i}") for i in range(9))
        ),
        NonInferior(0.01),
    )
    assert alone.tasks[0].relations[0].p_adjusted == pytest.approx(0.5**6)
    assert among.tasks[0].relations[0].p_adjusted == pytest.approx(10 * 0.5**6)
    assert alone.tasks[0].relations[0].verdict == "worse"
    assert among.tasks[0].relations[0].verdict == "within noise"


def test_groups_of_inputs_widen_the_interval(make_evidence):
    counts = {"both_pass": 360, "regressions": 20, "improvements": 20}
    alone = decide(make_evidence(**counts), NonInferior()).tasks[0]
    grouped = decide(make_evidence(**counts, group_size=10), NonInferior()).tasks[0]
    assert grouped.interval.lower < alone.interval.lower
    assert grouped.interval.upper > alone.interval.upper
    perfect = decide(make_evidence(both_pass=400, group_size=10)).tasks[0]
    assert perfect.bound.upper == pytest.approx(1 - 0.05 ** (1 / 40))


def test_an_alert_of_severity_error_rejects_and_a_warning_is_said(make_evidence):
    def alert(severity):
        return AlertEvidence(
            monitor="latency",
            kind="latency_regression",
            severity=severity,
            message="1.4 times slower",
        )

    outcomes = {
        (severity, fail_on): decide(
            make_evidence(both_pass=400, alerts=[alert(severity)]), Rules(fail_on_alert=fail_on)
        ).outcome
        for severity in ("info", "warning", "error")
        for fail_on in ("error", "warning", "never")
    }
    rejected = {key for key, outcome in outcomes.items() if outcome is REJECT}
    assert rejected == {("error", "error"), ("error", "warning"), ("warning", "warning")}
    assert set(outcomes.values()) == {ADOPT, REJECT}
    warned = decide(make_evidence(both_pass=400, alerts=[alert("warning")]))
    assert warned.reason.endswith("1 alert: 1.4 times slower")
    assert "warning: latency: 1.4 times slower" in warned.notes
    failed = decide(make_evidence(both_pass=400, alerts=[alert("error")]))
    assert failed.reason == "monitor latency (error): 1.4 times slower"


def test_one_task_that_rejects_rejects_the_whole(make_evidence, make_task):
    good = make_task(both_pass=400, task="good")
    bad = make_task(both_pass=399, regressions=1, task="bad")
    unclear = make_task(both_pass=399, regressions=1, task="unclear", confirmed=False)
    decision = decide(make_evidence(good, unclear, bad))
    assert decision.outcome is REJECT
    assert decision.reason.startswith("bad: 1 confirmed regression")
    assert decide(make_evidence(good, unclear)).outcome is INCONCLUSIVE
    both = decide(make_evidence(good, make_task(both_pass=50, task="other")))
    assert both.outcome is ADOPT
    assert both.reason.endswith("(and 1 more task)")


def test_a_task_may_have_a_policy_of_its_own(make_evidence, make_task):
    tasks = [make_task(both_pass=398, regressions=2, task=name) for name in ("exact", "model")]
    rules = Rules(tasks={"model": TaskRules(policy=NonInferior(0.02))})
    decision = decide(make_evidence(*tasks), rules)
    assert [task.outcome for task in decision.tasks] == [REJECT, ADOPT]
    assert [task.policy for task in decision.tasks] == [
        "strict:alpha=0.05",
        "noninferior:margin=0.02,alpha=0.05",
    ]


def test_a_stopped_run_is_decided_by_what_it_saw_until_then(make_evidence):
    rules = Rules(policy=NonInferior(0.05), early_stop=True)
    evidence = make_evidence(both_pass=150, planned=400)
    decision = decide(evidence, rules)
    assert decision.outcome is ADOPT
    assert decision.tasks[0].stopped == 112
    assert "after 112 inputs (early stop)" in decision.reason
    assert decide(evidence, NonInferior(0.05)).outcome is INCONCLUSIVE


def test_a_run_that_stopped_without_evidence_is_inconclusive(make_evidence):
    rules = Rules(policy=NonInferior(0.05), early_stop=True)
    assert decide(make_evidence(both_pass=90, planned=400), rules).outcome is INCONCLUSIVE
    assert decide(make_evidence(both_pass=90, planned=90), rules).outcome is ADOPT


def test_inputs_of_one_group_are_never_stopped_early(make_evidence):
    rules = Rules(policy=NonInferior(0.05), early_stop=True)
    decision = decide(make_evidence(both_pass=300, planned=400, group_size=2), rules)
    assert decision.tasks[0].stopped is None
    assert decision.outcome is INCONCLUSIVE


def test_competing_candidates_share_the_error_rate(make_evidence):
    alone = decide(make_evidence(both_pass=149), NonInferior(0.02))
    competing = decide(make_evidence(both_pass=149), NonInferior(0.02), comparisons=3)
    assert alone.outcome is ADOPT
    assert competing.outcome is INCONCLUSIVE
    assert competing.comparisons == 3
    assert competing.tasks[0].policy == "noninferior:margin=0.02,alpha=0.0166667"


def test_metrics_are_aggregated_per_role_with_paired_differences(make_task, make_evidence):
    # Differences of 0, 1, ... 39: the 14th from either end bounds the median of 40 at 97.5 %.
    pairs = tuple((float(i), 2.0 * i) for i in range(40))
    odd = ((None, 3.0), (float("nan"), 4.0), (2.0, None), (float("inf"), 1.0))
    task = make_task(both_pass=400)
    measured = TaskEvidence(
        task=task.task,
        planned=task.planned,
        relations=task.relations,
        results=task.results,
        baseline="old",
        metrics=(
            MetricEvidence(name="quality", pairs=pairs + odd),
            MetricEvidence(name="cost", kind="sum", pairs=((1.0, 2.0), (3.0, 4.0))),
        ),
    )
    quality, cost = decide(make_evidence(measured)).tasks[0].metrics
    assert quality.pairs == 40
    assert quality.mean_difference == pytest.approx(19.5)
    assert (quality.median_interval.lower, quality.median_interval.upper) == (13.0, 26.0)
    assert (cost.baseline, cost.candidate, cost.median_interval) == (4.0, 6.0, None)


def test_a_decision_survives_the_way_through_json(make_evidence, make_checks, make_task):
    alert = AlertEvidence(monitor="m", kind="k", severity="warning", message="careful")
    evidence = make_evidence(
        make_checks(["++ ++", "+- -+", "-- nn"]),
        make_task(both_pass=5, task="other", baseline=None, min_pass_rate=0.5),
        make_task(task="empty"),
        alerts=[alert],
    )
    for policy in POLICIES:
        decision = decide(evidence, policy)
        travelled = json.loads(json.dumps(decision.to_dict(), allow_nan=False))
        assert Decision.from_dict(travelled) == decision


def test_data_that_is_no_decision_is_refused_with_the_path_of_its_fault(make_evidence):
    data = decide(make_evidence(both_pass=3)).to_dict()
    del data["tasks"][0]["bound"]["upper"]
    with pytest.raises(ValueError, match=r"Decision.tasks\[0\].bound: expected the keys"):
        Decision.from_dict(data)
    with pytest.raises(ValueError, match="expected a list"):
        Decision.from_dict({**data, "tasks": "none"})


def test_the_same_evidence_in_any_order_gives_the_same_decision(make_evidence, make_task):
    task = make_task(both_pass=300, regressions=4, improvements=3, both_fail=2)
    turned = TaskEvidence(
        task=task.task,
        planned=task.planned,
        relations=task.relations,
        results=task.results[::-1],
        baseline=task.baseline,
    )
    rules = Rules(policy=NonInferior(), early_stop=True)
    assert decide(make_evidence(task), rules) == decide(make_evidence(turned), rules)


def test_evidence_that_contradicts_itself_cannot_be_made(make_task):
    task = make_task(both_pass=2)
    with pytest.raises(ValueError, match="two results for the same input"):
        TaskEvidence(task="t", planned=2, relations=task.relations, results=(task.results[0],) * 2)
    with pytest.raises(ValueError, match="undeclared relations: reordered"):
        TaskEvidence(task="t", planned=2, relations=(), results=task.results)
