import json
from dataclasses import replace

from pytest_metamorphic_guard.gate.decision import Conclusion
from pytest_metamorphic_guard.gate.evidence import AlertEvidence, MeasureEvidence, MetricEvidence
from pytest_metamorphic_guard.gate.policies import NonInferior
from pytest_metamorphic_guard.gate.ranking import Ranking, rank


def test_the_best_candidate_that_may_be_adopted_is_named(make_evidence):
    ranking = rank(
        [
            make_evidence(candidate="worse", both_pass=390, regressions=10),
            make_evidence(candidate="equal", both_pass=395, both_fail=5),
            make_evidence(candidate="better", both_pass=395, improvements=5),
            make_evidence(candidate="flaky", both_pass=399, regressions=1, confirmed=False),
        ]
    )
    order = [decision.candidate for decision in ranking.decisions]
    assert order == ["better", "equal", "flaky", "worse"]
    assert ranking.adopt == "better"
    assert ranking.outcome is Conclusion.ADOPT
    assert ranking.reason.startswith("better (2 of 4 candidates may be adopted): 0 regress")


def test_no_candidate_is_named_where_none_may_be_adopted(make_evidence):
    ranking = rank(
        [
            make_evidence(candidate="a", both_pass=9, regressions=3),
            make_evidence(candidate="b", both_pass=9, regressions=1),
        ]
    )
    assert ranking.adopt is None
    assert ranking.outcome is Conclusion.REJECT
    assert ranking.reason.startswith("none of 2 candidates may be adopted; b: 1 confirmed")


def test_a_candidate_with_warnings_stands_behind_one_without(make_evidence):
    slow = AlertEvidence(monitor="latency", kind="slow", severity="warning", message="slower")
    ranking = rank(
        [
            make_evidence(candidate="slow", both_pass=390, improvements=10, alerts=[slow]),
            make_evidence(candidate="quick", both_pass=400),
        ]
    )
    assert [decision.candidate for decision in ranking.decisions] == ["quick", "slow"]


def test_every_alpha_is_divided_by_the_number_of_candidates(make_evidence):
    perfect = {"both_pass": 150}
    assert rank([make_evidence(candidate="a", **perfect)], NonInferior(0.02)).adopt == "a"
    three = rank([make_evidence(candidate=name, **perfect) for name in "abc"], NonInferior(0.02))
    assert three.adopt is None
    assert {decision.comparisons for decision in three.decisions} == {3}


def test_ties_are_broken_by_what_monitors_measured(make_evidence):
    measured = {"slow": (1.4, 0.5), "quick": (0.8, 2.0), "cheap": (0.801, 1.0), "unseen": ()}
    ranking = rank(
        [
            replace(
                make_evidence(candidate=name, both_pass=400),
                measures=tuple(map(MeasureEvidence, ("latency", "llm_cost"), values)),
            )
            for name, values in measured.items()
        ]
    )
    # A difference of a thousandth is none, so the cost decides.
    assert [d.candidate for d in ranking.decisions] == ["cheap", "quick", "slow", "unseen"]
    said = "cheap (4 of 4 candidates may be adopted, ties broken by llm_cost and latency): "
    assert ranking.reason.startswith(said)


def test_ties_are_broken_by_metrics_first_and_in_their_direction(make_evidence, make_task):
    def make(name, error, latency):
        metric = MetricEvidence(
            name="error", higher_is_better=False, pairs=((0.5, error), (0.5, error))
        )
        task = replace(make_task(both_pass=400), metrics=(metric,))
        evidence = make_evidence(task, candidate=name)
        return replace(evidence, measures=(MeasureEvidence("latency", latency),))

    ranking = rank([make("quick", 0.6, 0.5), make("exact", 0.1, 3.0)])
    assert [decision.candidate for decision in ranking.decisions] == ["exact", "quick"]
    assert "ties broken by error)" in ranking.reason


def test_what_was_measured_breaks_no_more_than_ties(make_evidence):
    quick = make_evidence(candidate="quick", both_pass=400)
    better = make_evidence(candidate="better", both_pass=395, improvements=5)
    ranking = rank([replace(quick, measures=(MeasureEvidence("latency", 0.1),)), better])
    assert ranking.adopt == "better"
    assert "ties" not in ranking.reason


def test_equal_candidates_keep_the_order_given(make_evidence):
    ranking = rank([make_evidence(candidate=name, both_pass=400) for name in ("b", "a", "c")])
    assert [decision.candidate for decision in ranking.decisions] == ["b", "a", "c"]


def test_without_candidates_nothing_is_adopted():
    ranking = rank([])
    assert (ranking.adopt, ranking.outcome) == (None, Conclusion.INCONCLUSIVE)
    assert ranking.reason == "no candidate was run"


def test_one_candidate_keeps_the_reason_of_its_decision(make_evidence):
    ranking = rank([make_evidence(both_pass=400)])
    assert ranking.reason == ranking.decisions[0].reason


def test_a_ranking_survives_the_way_through_json(make_evidence):
    ranking = rank([make_evidence(candidate=name, both_pass=40) for name in "ab"])
    assert Ranking.from_dict(json.loads(json.dumps(ranking.to_dict()))) == ranking
