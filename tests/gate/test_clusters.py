"""Inputs that belong together, or take part in several cases, count as fewer than they are."""

from dataclasses import replace

import pytest

from pytest_metamorphic_guard.gate.decision import Conclusion, decide
from pytest_metamorphic_guard.gate.policies import NonInferior
from pytest_metamorphic_guard.gate.rules import Rules

ADOPT, REJECT, INCONCLUSIVE = Conclusion.ADOPT, Conclusion.REJECT, Conclusion.INCONCLUSIVE


def group_by(task, sizes):
    """Put the inputs, in their order, into groups of these sizes."""
    names = [str(number) for number, size in enumerate(sizes) for _ in range(size)]
    assert len(names) == len(task.results)
    results = tuple(
        replace(result, group=name) for result, name in zip(task.results, names, strict=True)
    )
    return replace(task, results=results)


def test_a_loss_in_one_of_twenty_groups_is_no_loss_of_many_inputs(make_task, make_evidence):
    alone = make_task(regressions=20, both_pass=80)
    assert decide(make_evidence(alone), NonInferior(0.05)).outcome is REJECT

    decision = decide(make_evidence(group_by(alone, [20] + [4] * 20)), NonInferior(0.05))

    assert decision.outcome is INCONCLUSIVE
    assert any("repeat each other" in note for note in decision.notes)


@pytest.mark.parametrize("counts", [{"both_pass": 400}, {"regressions": 200, "both_pass": 200}])
@pytest.mark.parametrize("sizes", [[100] * 4, [390, *[1] * 10]])
def test_fewer_than_five_groups_decide_nothing_by_rates(make_task, make_evidence, counts, sizes):
    task = group_by(make_task(**counts), sizes)
    for rules in (NonInferior(0.05), Rules(policy=NonInferior(0.05), min_pass_rate=0.9)):
        decision = decide(make_evidence(task), rules)
        assert decision.outcome is INCONCLUSIVE
        assert "too few to tell a loss from chance" in decision.reason
        assert "at least 5 groups" in decision.remedy


def test_a_minimum_is_reached_by_groups_and_not_by_their_inputs(make_task, make_evidence):
    rules = Rules(min_pass_rate=0.9)
    perfect = make_task(both_pass=200, baseline=None)
    assert decide(make_evidence(perfect), rules).outcome is ADOPT
    assert decide(make_evidence(group_by(perfect, [20] * 10)), rules).outcome is INCONCLUSIVE
    assert decide(make_evidence(group_by(perfect, [4] * 50)), rules).outcome is ADOPT
    missed = make_task(regressions=40, both_pass=160, baseline=None)
    assert decide(make_evidence(missed), rules).outcome is REJECT
    assert decide(make_evidence(group_by(missed, [20] * 10)), rules).outcome is INCONCLUSIVE


def test_a_relation_that_fails_in_one_group_is_not_called_worse(make_task, make_evidence):
    task = group_by(make_task(regressions=20, both_pass=380), [20] * 20)
    (row,) = decide(make_evidence(task), NonInferior(0.3)).tasks[0].relations
    assert row.p_worse > 0.2
    assert row.verdict == "within noise"
    assert row.interval.lower < -0.13


def test_a_bound_without_a_baseline_counts_groups(make_task, make_evidence):
    task = make_task(both_pass=400, baseline=None)
    assert decide(make_evidence(task)).bounds[0].upper == pytest.approx(1 - 0.05 ** (1 / 400))
    grouped = decide(make_evidence(group_by(task, [20] * 20)))
    assert grouped.bounds[0].upper == pytest.approx(1 - 0.05 ** (1 / 20))


@pytest.mark.parametrize("early_stop", [False, True])
def test_cases_that_share_an_input_count_as_fewer(make_task, make_evidence, early_stop):
    rules = Rules(policy=NonInferior(0.02), early_stop=early_stop)
    for overlap, outcome in ((1, ADOPT), (2, ADOPT), (3, INCONCLUSIVE)):
        decision = decide(make_evidence(make_task(both_pass=300, overlap=overlap)), rules)
        assert decision.outcome is outcome
        assert any("share inputs" in note for note in decision.notes) is (overlap > 1)


def test_the_chance_of_a_false_rejection_is_shared_by_all_that_may_reject(
    make_task, make_evidence, make_checks
):
    # 14 of 400 against a loss of 2 %: p = 0.033.
    losing = {"both_pass": 386, "regressions": 14}
    alone = decide(make_evidence(**losing), NonInferior(0.02))
    among = decide(
        make_evidence(
            make_task(task="a", **losing),
            *(make_task(both_pass=390, regressions=10, task=f"t{i}") for i in range(3)),
        ),
        NonInferior(0.02),
    )
    assert alone.outcome is REJECT
    assert among.outcome is INCONCLUSIVE

    # Of 100 inputs and against 90 %, 84 are too few with p = 0.04 alone.
    rules = Rules(min_pass_rate=None, tasks={})
    task = make_checks(["n+ n+"] * 84 + ["n- n+"] * 16, baseline=None)
    relations = [replace(relation, min_pass_rate=0.9) for relation in task.relations]
    both = replace(task, relations=tuple(relations))
    only = replace(task, relations=(relations[0], task.relations[1]))
    assert decide(make_evidence(only), rules).outcome is REJECT
    decision = decide(make_evidence(both), rules)
    assert decision.outcome is INCONCLUSIVE
    assert decision.tasks[0].relations[0].verdict == "unsettled"


def test_losses_alone_are_tested_exactly_where_ten_tasks_share_alpha(make_task, make_evidence):
    def judge(regressions):
        tasks = [
            make_task(task=f"t{i}", both_pass=200 - regressions, regressions=regressions)
            for i in range(10)
        ]
        fine = [make_task(task=f"f{i}", both_pass=190, regressions=10) for i in range(9)]
        return decide(make_evidence(tasks[0], *fine), NonInferior(0.05)).outcome

    # Of 200 at 5 %, 20 or more are 0.27 % of the samples and 19 or more 0.6 %; ten tasks share 5 %.
    assert judge(20) is REJECT
    assert judge(19) is INCONCLUSIVE
