import math
import random

import pytest
from scipy import stats

from pytest_metamorphic_guard.statistics.binomial import (
    clopper_pearson,
    lower_bound,
    lower_tail,
    median_rank,
    trials_needed,
    upper_bound,
    upper_tail,
)

CASES = [
    (successes, trials, probability)
    for trials in (1, 2, 7, 40, 399)
    for successes in sorted({0, 1, trials // 3, trials // 2, trials - 1, trials})
    for probability in (0.0, 1e-9, 0.02, 0.31, 0.5, 0.97, 1.0)
]


def test_tails_agree_with_scipy():
    for successes, trials, probability in CASES:
        law = stats.binom(trials, probability)
        assert lower_tail(successes, trials, probability) == pytest.approx(
            law.cdf(successes), rel=1e-10, abs=1e-300
        )
        assert upper_tail(successes, trials, probability) == pytest.approx(
            law.sf(successes - 1), rel=1e-10, abs=1e-300
        )


def test_tails_outside_the_range_are_certain_or_impossible():
    assert lower_tail(-1, 10, 0.4) == 0.0
    assert lower_tail(12, 10, 0.4) == 1.0
    assert upper_tail(-1, 10, 0.4) == 1.0
    assert upper_tail(11, 10, 0.4) == 0.0


@pytest.mark.parametrize("probability", [1e-6, 0.001, 0.5, 0.999])
def test_a_million_trials_do_not_underflow(probability):
    trials = 10**6
    mean = round(trials * probability)
    for successes in (max(mean - 1500, 0), mean, mean + 3, min(mean + 1500, trials)):
        assert lower_tail(successes, trials, probability) == pytest.approx(
            stats.binom.cdf(successes, trials, probability), rel=1e-6, abs=1e-300
        )
        interval = clopper_pearson(successes, trials)
        oracle = stats.binomtest(successes, trials).proportion_ci(method="exact")
        assert interval.lower == pytest.approx(oracle.low, rel=1e-6)
        assert interval.upper == pytest.approx(oracle.high, rel=1e-6)


def test_clopper_pearson_agrees_with_scipy_everywhere_for_small_samples():
    for trials in (1, 5, 30):
        for successes in range(trials + 1):
            for confidence in (0.8, 0.95, 0.999):
                oracle = stats.binomtest(successes, trials).proportion_ci(confidence, "exact")
                interval = clopper_pearson(successes, trials, confidence=confidence)
                assert interval.lower == pytest.approx(oracle.low, abs=1e-11)
                assert interval.upper == pytest.approx(oracle.high, abs=1e-11)


def test_one_sided_bounds_agree_with_scipy():
    chance = random.Random(5)
    for _ in range(40):
        trials = chance.randint(1, 500)
        successes = chance.randint(0, trials)
        test = stats.binomtest(successes, trials, alternative="less")
        assert upper_bound(successes, trials) == pytest.approx(
            test.proportion_ci(0.95).high, abs=1e-11
        )
        test = stats.binomtest(successes, trials, alternative="greater")
        assert lower_bound(successes, trials) == pytest.approx(
            test.proportion_ci(0.95).low, abs=1e-11
        )


def test_without_trials_nothing_is_known():
    assert lower_bound(0, 0) == 0.0
    assert upper_bound(0, 0) == 1.0


def test_no_failure_in_400_inputs_bounds_the_rate_by_three_quarters_of_a_percent():
    assert upper_bound(0, 400) == pytest.approx(0.00746, abs=1e-5)
    assert upper_bound(0, 400) == pytest.approx(1 - 0.05 ** (1 / 400))


@pytest.mark.parametrize(
    ("rate", "failures", "trials"),
    [(0.05, 0, 59), (0.02, 0, 149), (0.01, 0, 299), (0.05, 1, 93), (0.02, 1, 236), (0.01, 1, 473)],
)
def test_trials_needed_is_the_fewest_that_earn_the_bound(rate, failures, trials):
    assert trials_needed(rate, failures=failures) == trials
    assert upper_bound(failures, trials) <= rate < upper_bound(failures, trials - 1)


@pytest.mark.parametrize(
    ("count", "alpha", "rank"),
    [(100, 0.01, 38), (200, 0.01, 84), (400, 0.01, 177), (100, 0.005, 37), (400, 0.005, 174)],
)
def test_the_rank_that_bounds_a_median_is_the_largest_with_its_error(count, alpha, rank):
    assert median_rank(count, alpha) == rank
    assert stats.binom.cdf(rank - 1, count, 0.5) <= alpha < stats.binom.cdf(rank, count, 0.5)


def test_too_few_values_bound_no_median():
    assert median_rank(0, 0.01) == 0
    assert median_rank(6, 0.01) == 0
    assert median_rank(7, 0.01) == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda: lower_tail(1, 2, math.nan),
        lambda: upper_tail(1, 2, 1.5),
        lambda: upper_bound(3, 2),
        lambda: lower_bound(-1, 2),
        lambda: clopper_pearson(1, 2, confidence=1.0),
        lambda: trials_needed(0.0),
    ],
)
def test_impossible_arguments_are_refused(call):
    with pytest.raises(ValueError, match="got"):
        call()
