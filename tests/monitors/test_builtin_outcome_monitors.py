import pytest
from statsmodels.stats.contingency_tables import mcnemar

from pytest_metamorphic_guard.monitors.errors import ErrorsMonitor
from pytest_metamorphic_guard.monitors.fairness_gap import FairnessGapMonitor
from pytest_metamorphic_guard.monitors.success_rate import SuccessRateMonitor


def fails_on(lost, won=()):
    """The candidate fails on cases of ``lost``, the baseline on those of ``won``."""

    def describe(role, i):
        return {"success": i not in (lost if role == "candidate" else won)}

    return describe


def test_a_nested_drop_of_ten_points_is_an_error(make_pairs, observe):
    result = observe(SuccessRateMonitor(), make_pairs(400, fails_on(range(0, 400, 10))))
    (alert,) = result["alerts"]
    assert alert["type"] == "success_rate_drop"
    assert alert["severity"] == "error"
    assert (alert["baseline_rate"], alert["candidate_rate"]) == (1.0, 0.9)
    assert alert["threshold_ratio"] == 0.98
    assert alert["ci"][0] < -0.1 < alert["ci"][1] < 0
    assert "fails on 40 calls on which the baseline returns" in alert["message"]


def test_the_p_value_is_mcnemars_exact_one(make_pairs, observe):
    records = make_pairs(100, fails_on(lost=range(12), won=range(50, 55)))
    paired = observe(SuccessRateMonitor(), records)["summary"]["paired"]
    two_sided = mcnemar([[83, 12], [5, 0]], exact=True).pvalue
    assert paired["p_value"] == pytest.approx(two_sided / 2)
    assert (paired["regressions"], paired["improvements"], paired["both_pass"]) == (12, 5, 83)


def test_failures_on_the_same_inputs_are_no_alert(make_pairs, observe):
    shared = range(0, 200, 3)
    result = observe(SuccessRateMonitor(), make_pairs(200, fails_on(shared, shared)))
    assert result["alerts"] == []
    assert result["summary"]["paired"]["both_fail"] == len(shared)


def test_a_certain_drop_within_the_tolerated_ratio_is_no_alert(make_pairs, observe):
    records = make_pairs(2000, fails_on(range(20)))
    assert observe(SuccessRateMonitor(), records)["alerts"] == []
    assert observe(SuccessRateMonitor(alert_drop_ratio=1), records)["alerts"]


def test_calls_of_one_case_count_as_one_observation(make_pairs, observe):
    # Five calls each of three cases fail: fifteen calls would be certain, three cases are not.
    records = []
    for kind in ("source", "followup"):
        for relation in ("a", "b", "c"):
            records += make_pairs(10, fails_on([0]), kind=kind, relation=relation)
    paired = observe(SuccessRateMonitor(), records)["summary"]["paired"]
    assert paired["regressions"] == 6
    assert paired["p_value"] == pytest.approx(1 / 8)


def test_the_first_ten_regressions_are_named(make_pairs, observe):
    records = make_pairs(40, fails_on(range(5, 40)))
    named = observe(SuccessRateMonitor(), records)["summary"]["paired"]["first_regressions"]
    assert [case["case_index"] for case in named] == list(range(5, 15))


def grouped(lost_in_a, per_group=100, **extra):
    def describe(role, i):
        failed = role == "candidate" and i % 2 == 0 and i // 2 < lost_in_a
        return {"success": not failed, "group": "ab"[i % 2], **extra}

    return 2 * per_group, describe


def test_a_group_that_loses_fifteen_points_is_an_error_that_names_it(make_pairs, observe):
    result = observe(FairnessGapMonitor(), make_pairs(*grouped(15)))
    (alert,) = result["alerts"]
    assert (alert["type"], alert["severity"], alert["group"]) == ("fairness_gap", "error", "a")
    assert alert["gap"] == pytest.approx(0.15)
    assert (alert["baseline_rate"], alert["candidate_rate"]) == (1.0, 0.85)
    assert "in group 'a' the candidate returns on 85 % of calls" in alert["message"]
    assert result["summary"]["groups"]["b"]["gap"] == 0


def test_a_gap_that_both_roles_have_is_no_alert(make_pairs, observe):
    def describe(role, i):
        return {"success": not (i % 2 == 0 and i % 5 == 0), "group": "ab"[i % 2]}

    result = observe(FairnessGapMonitor(), make_pairs(200, describe))
    assert result["alerts"] == []
    assert result["summary"]["between_group_gap"]["baseline"] == pytest.approx(0.2)


def test_groups_are_corrected_for_their_number(make_pairs, observe):
    def describe(role, i):
        failed = role == "candidate" and i % 8 == 0 and i // 8 < 7
        return {"success": not failed, "group": str(i % 8)}

    groups = observe(FairnessGapMonitor(), make_pairs(400, describe))["summary"]["groups"]
    assert groups["0"]["p_adj"] == pytest.approx(8 * 0.5**7)


def test_a_small_group_is_listed_and_not_judged(make_pairs, observe):
    result = observe(FairnessGapMonitor(), make_pairs(*grouped(20, per_group=20)))
    assert result["alerts"] == []
    assert result["summary"]["skipped_small_groups"] == ["a", "b"]


def test_a_wider_gap_between_groups_is_found_by_swapping_roles(make_pairs, observe):
    result = observe(FairnessGapMonitor(compare="groups"), make_pairs(*grouped(20)))
    (alert,) = result["alerts"]
    assert alert["type"] == "fairness_gap_widened"
    assert alert["widening"] == pytest.approx(0.2)
    assert alert["p_value"] <= 0.001
    assert observe(FairnessGapMonitor(compare="groups"), make_pairs(*grouped(2)))["alerts"] == []


def test_the_group_may_come_from_the_payload_or_from_the_returned_mapping(make_record, observe):
    records = [
        make_record(0, "candidate", payload={"language": "en"}),
        make_record(1, "candidate", value={"language": "de"}),
        make_record(2, "candidate", group="fr"),
        make_record(3, "candidate", value={"language": ["a", "b"]}),
    ]
    summary = observe(FairnessGapMonitor(field="language"), records)["summary"]
    assert summary["candidate"] == {"de": 1.0, "en": 1.0, "fr": 1.0}


def errs(candidate, baseline=None):
    def describe(role, i):
        error = (candidate if role == "candidate" else baseline or {}).get(i)
        return {"success": error is None, "error_type": error}

    return describe


def test_an_error_type_that_only_the_candidate_has_is_an_alert_at_its_first_call(
    make_pairs, observe
):
    records = make_pairs(50, errs({7: "timeout", 9: "ValueError"}, {9: "ValueError"}))
    result = observe(ErrorsMonitor(), records)
    (alert,) = result["alerts"]
    assert (alert["type"], alert["error_type"], alert["count"]) == ("new_error_type", "timeout", 1)
    assert alert["first_case"]["case_index"] == 7
    assert alert["p_value"] is None
    assert alert["message"].startswith("candidate fails with timeout on 1 of 50 calls")
    assert result["summary"]["new_types"] == ["timeout"]
    assert result["summary"]["candidate"]["by_type"] == {"ValueError": 1, "timeout": 1}


def test_ignored_and_rare_new_types_are_no_alert(make_pairs, observe):
    records = make_pairs(50, errs({7: "timeout", 9: "crash"}))
    assert observe(ErrorsMonitor(ignore=["timeout"], max_new=1), records)["alerts"] == []
    assert observe(ErrorsMonitor(ignore=["timeout", "crash"]), records)["alerts"] == []


def test_a_known_type_that_becomes_frequent_is_an_increase(make_pairs, observe):
    records = make_pairs(100, errs(dict.fromkeys(range(30), "ValueError"), {50: "ValueError"}))
    (alert,) = observe(ErrorsMonitor(), records)["alerts"]
    assert alert["type"] == "error_rate_increase"
    assert (alert["baseline_count"], alert["candidate_count"]) == (1, 30)
    assert alert["p_value"] < 0.01


def test_the_error_type_is_read_from_the_payload_too(make_pairs, observe):
    def describe(role, i):
        failed = role == "candidate" and i == 3
        return {"success": not failed, "payload": {"error_type": "crash"} if failed else {}}

    assert observe(ErrorsMonitor(), make_pairs(5, describe))["summary"]["new_types"] == ["crash"]
