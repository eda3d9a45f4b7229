import itertools
import math
import random

import numpy as np
import pytest
import scipy.stats

from pytest_metamorphic_guard.statistics.ordering import (
    bound_median,
    find_median_interval,
    find_p_above,
    find_p_positive,
    find_p_widening,
    fit_slope,
    measure_trend,
)


@pytest.mark.parametrize("n", [1, 7, 8, 30, 100, 401])
def test_the_sign_test_equals_scipys_binomial_test(n):
    values = np.random.default_rng(n).normal(0.1, 1, n).tolist()
    above = sum(value > 0 for value in values)
    expected = scipy.stats.binomtest(above, n, 0.5, alternative="greater").pvalue
    assert find_p_above(values) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("n", "alpha", "rank"), [(100, 0.01, 38), (200, 0.01, 84), (400, 0.005, 174)]
)
def test_the_lower_bound_is_the_order_statistic_of_the_published_table(n, alpha, rank):
    values = [float(i) for i in range(1, n + 1)]
    random.Random(n).shuffle(values)
    assert bound_median(values, alpha=alpha) == rank


def test_the_lower_bound_exceeds_a_threshold_exactly_when_the_sign_test_rejects_it():
    rng = random.Random(5)
    for n in range(1, 60):
        values = [rng.gauss(0.3, 1) for _ in range(n)]
        bound = bound_median(values, alpha=0.01)
        assert (bound is not None and bound > 0) == (find_p_above(values) <= 0.01)


def test_six_values_are_too_few_for_a_bound_at_one_percent_and_seven_are_enough():
    assert bound_median([1.0] * 6, alpha=0.01) is None
    assert bound_median([1.0] * 7, alpha=0.01) == 1.0


@pytest.mark.parametrize("n", [9, 50, 200])
def test_the_interval_of_the_median_equals_scipys_quantile_test(n):
    values = np.random.default_rng(n).exponential(size=n)
    interval = find_median_interval(values.tolist(), confidence=0.99)
    test = scipy.stats.quantile_test(values, q=0, p=0.5, alternative="two-sided")
    expected = test.confidence_interval(0.99)
    assert interval.upper == expected.high
    assert interval.lower == expected.low


def test_the_interval_holds_the_median_as_often_as_it_says():
    rng = random.Random(11)
    missed = 0
    for _ in range(2000):
        interval = find_median_interval([rng.gauss(0, 1) for _ in range(40)], confidence=0.95)
        missed += not interval.lower <= 0 <= interval.upper
    assert missed / 2000 < 0.06


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("n", [10, 11, 64, 301])
def test_one_series_has_kendalls_tau_of_scipy(n, ties):
    values = np.random.default_rng(n).normal(np.arange(n) / n, 1)
    if ties:
        values = np.round(values)
    ours = measure_trend([values.tolist()])
    theirs = scipy.stats.kendalltau(
        np.arange(n), values, method="asymptotic", alternative="greater"
    )
    assert ours.p_value == pytest.approx(theirs.pvalue, rel=1e-9)
    brute = sum((b > a) - (b < a) for a, b in itertools.combinations(values.tolist(), 2))
    assert ours.score == brute


def test_series_of_different_levels_are_no_trend():
    rng = random.Random(2)
    series = [[level + rng.gauss(0, 1) for _ in range(50)] for level in range(0, 60, 20)]
    assert measure_trend([[*series[0], *series[1], *series[2]]]).p_value < 1e-9
    assert measure_trend(series).p_value > 0.05


def test_constant_and_empty_series_have_no_trend():
    assert measure_trend([]).p_value == 1.0
    assert measure_trend([[1.0], [2.0, 2.0, 2.0]]).p_value == 1.0


@pytest.mark.parametrize("n", [2, 3, 50, 399])
def test_the_slope_and_its_interval_equal_scipys_theil_sen(n):
    values = np.random.default_rng(n).normal(np.arange(n) * 0.5, 3)
    expected = scipy.stats.theilslopes(values, np.arange(n), alpha=0.99)
    ours = fit_slope([values.tolist()], confidence=0.99)
    assert ours.estimate == pytest.approx(expected.slope)
    assert ours.interval.lower == pytest.approx(expected.low_slope)
    assert ours.interval.upper == pytest.approx(expected.high_slope)


def test_a_stretched_slope_is_per_length_of_the_series():
    series = [[0.1 * i for i in range(11)], [0.05 * i for i in range(21)]]
    assert fit_slope(series, stretch=True).estimate == pytest.approx(1.0)


def test_the_slope_of_a_long_series_is_found_from_medians_of_neighbours():
    values = [0.01 * i for i in range(10_007)]
    assert fit_slope([values]).estimate == pytest.approx(0.01)
    assert fit_slope([]) is None
    assert fit_slope([[1.0]]) is None


def test_swapping_roles_equals_the_permutation_test_of_scipy():
    rng = np.random.default_rng(3)
    groups, tables = [], []
    for rate in (0.85, 0.97):
        base = rng.random(60) < 0.97
        cand = rng.random(60) < rate
        tables.append((base, cand))
        groups.append((60, int(base.sum()), int((base & ~cand).sum()), int((~base & cand).sum())))
    sizes = [len(base) for base, _ in tables]
    base, cand = (np.concatenate(side).astype(float) for side in zip(*tables, strict=True))

    def widening(first, second, axis=-1):
        def gap(passed):
            parts = np.split(passed, np.cumsum(sizes)[:-1], axis=-1)
            means = np.stack([part.mean(axis=-1) for part in parts])
            return means.max(axis=0) - means.min(axis=0)

        return gap(second) - gap(first)

    expected = scipy.stats.permutation_test(
        (base, cand),
        widening,
        permutation_type="samples",
        vectorized=True,
        n_resamples=20_000,
        alternative="greater",
        rng=np.random.default_rng(4),
    ).pvalue
    ours = find_p_widening(groups, permutations=20_000)
    assert ours == pytest.approx(expected, abs=4 * math.sqrt(expected / 20_000))


def test_swapping_roles_is_repeatable_and_needs_two_groups():
    groups = [(50, 45, 8, 1), (50, 46, 0, 1)]
    assert find_p_widening(groups) == find_p_widening(groups)
    assert find_p_widening(groups[:1]) == 1.0


@pytest.mark.parametrize(
    "nets", [[3, -1, 2, 0, 5, 1], [1] * 11, [-4, 2, 2, -1], [0, 0], [2, 2, 7, -3]]
)
def test_flipping_signs_equals_the_exact_permutation_test_of_scipy(nets):
    values = np.array(nets)
    expected = scipy.stats.permutation_test(
        (values, np.zeros(len(values))),
        lambda first, second, axis=-1: (first - second).sum(axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=np.inf,
        alternative="greater",
    ).pvalue
    assert find_p_positive(nets) == pytest.approx(expected)


def test_flipping_signs_of_forty_long_stretches_is_exact():
    assert find_p_positive([10_000] * 40) == 0.5**40
    assert find_p_positive([]) == 1.0
