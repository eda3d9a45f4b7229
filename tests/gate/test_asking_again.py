"""What follows from inputs that were asked again among later ones."""

from math import factorial

import pytest

from pytest_metamorphic_guard.gate.decision import Conclusion, decide
from pytest_metamorphic_guard.gate.policies import NonInferior, Strict
from pytest_metamorphic_guard.gate.second_answers import judge_again

ADOPT, INCONCLUSIVE = Conclusion.ADOPT, Conclusion.INCONCLUSIVE


@pytest.mark.parametrize(
    ("policy", "worse", "better", "outcome"),
    [
        (Strict(), 1, 0, INCONCLUSIVE),
        (Strict(), 0, 0, ADOPT),
        (NonInferior(0.05), 6, 0, ADOPT),  # p = 1.6 %
        (NonInferior(0.05), 7, 0, INCONCLUSIVE),  # p = 0.8 %
        (NonInferior(0.05), 8, 2, ADOPT),  # p = 5.5 %
        (NonInferior(0.05), 10, 1, INCONCLUSIVE),  # p = 0.6 %
        (NonInferior(0.05), 0, 20, ADOPT),
    ],
)
def test_what_got_worse_is_not_adopted(make_evidence, policy, worse, better, outcome):
    counts = {"asked_again": 20, "worse_again": worse, "better_again": better}
    decision = decide(make_evidence(both_pass=400, **counts), policy)

    assert decision.outcome is outcome
    if outcome is INCONCLUSIVE:
        said = f"is violated when asked again on {worse} of 20 inputs"
        assert decision.reason == f"reordered held at first and {said}"


def test_a_rate_that_a_task_allows_is_no_contradiction(make_evidence):
    evidence = make_evidence(both_pass=400, asked_again=20, worse_again=2, min_pass_rate=0.9)

    assert decide(evidence).outcome is ADOPT


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.3, 0.5])
def test_chance_is_taken_for_it_in_one_percent_of_runs_at_most(make_task, rate):
    changes = rate * (1 - rate)

    def find_chance(worse, better):
        same = 20 - worse - better
        ways = factorial(20) / (factorial(worse) * factorial(better) * factorial(same))
        return ways * changes ** (worse + better) * (1 - 2 * changes) ** same

    alarms = sum(
        find_chance(worse, better)
        for worse in range(21)
        for better in range(21 - worse)
        if judge_again(
            make_task(both_pass=1, asked_again=20, worse_again=worse, better_again=better),
            by_rate=True,
        )
    )

    assert alarms <= 0.01
