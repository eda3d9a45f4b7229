import math
import random

import pytest

from pytest_metamorphic_guard.statistics.sequential import (
    BettingProcess,
    HybridLevels,
    find_crossing,
)


def draw_differences(chance, pairs, *, regress, improve):
    for _ in range(pairs):
        draw = chance.random()
        yield -1 if draw < regress else int(draw < regress + improve)


def test_an_error_rate_of_five_percent_is_shared_one_to_four():
    levels = HybridLevels.share(0.05)
    assert (levels.sequential, levels.final) == pytest.approx((0.01, 0.04))


@pytest.mark.parametrize(("margin", "alpha", "pairs"), [(0.02, 0.05, 196), (0.05, 0.05, 77)])
def test_a_candidate_without_discordant_pairs_clears_its_margin_early(margin, alpha, pairs):
    crossing = find_crossing([0] * 400, -margin, alpha)
    assert (crossing.side, crossing.pairs) == ("above", pairs)


def test_a_much_worse_candidate_is_found_early():
    chance = random.Random(8)
    crossing = find_crossing(draw_differences(chance, 400, regress=0.12, improve=0.0), -0.02, 0.01)
    assert crossing.side == "below"
    assert crossing.pairs < 200


def test_without_enough_pairs_neither_side_is_shown():
    assert find_crossing([0] * 50, -0.02, 0.05) is None
    assert find_crossing([], -0.02, 0.05) is None


@pytest.mark.parametrize(("regress", "improve"), [(0.02, 0.0), (0.05, 0.03), (0.12, 0.10)])
def test_looking_after_every_pair_errs_no_more_often_than_alpha(regress, improve):
    chance = random.Random(21)
    alpha, runs, threshold = 0.05, 400, improve - regress
    crossings = [
        find_crossing(
            draw_differences(chance, 400, regress=regress, improve=improve), threshold, alpha
        )
        for _ in range(runs)
    ]
    for side in ("above", "below"):
        errors = sum(crossing is not None and crossing.side == side for crossing in crossings)
        # Three standard deviations above 5 % of 400.
        assert errors <= runs * alpha + 3 * math.sqrt(runs * alpha * (1 - alpha))


@pytest.mark.parametrize("side", ["above", "below"])
@pytest.mark.parametrize("threshold", [-0.3, -0.02, 0.0, 0.02])
def test_a_bet_is_fair_when_the_mean_difference_is_the_threshold(side, threshold):
    regress = 0.2 - min(threshold, 0.0)
    improve = regress + threshold
    probabilities = {-1: regress, 0: 1 - regress - improve, 1: improve}
    expected = 0.0
    for difference, probability in probabilities.items():
        process = BettingProcess(threshold, side)
        process.observe(difference)
        expected += probability * math.exp(process.log_wealth)
    assert expected == pytest.approx(1.0)


def test_capital_of_a_long_run_neither_overflows_nor_underflows():
    rich, poor = BettingProcess(-0.02, "above"), BettingProcess(-0.02, "below")
    for _ in range(100_000):
        rich.observe(0)
        poor.observe(0)
    assert math.isfinite(rich.log_wealth)
    assert rich.log_wealth > 1000
    assert math.isfinite(poor.log_wealth)
    assert poor.log_wealth < -100


@pytest.mark.parametrize("threshold", [-1.0, 1.0, math.nan])
def test_a_threshold_that_leaves_no_bet_is_refused(threshold):
    with pytest.raises(ValueError, match="threshold"):
        BettingProcess(threshold, "above")
