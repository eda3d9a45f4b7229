import math
import random

import numpy as np
import pytest
from scipy import stats

from pytest_metamorphic_guard.statistics.paired import (
    PairedCounts,
    find_p_below,
    find_score,
    fit_regressions,
)
from pytest_metamorphic_guard.statistics.unconditional import find_p_lost


def list_samples(total):
    """Return the gains and the losses of all samples of one size."""
    return np.array([(i, r) for i in range(total + 1) for r in range(total + 1 - i)]).T


def find_chances(samples, total, improving, regressing):
    gains, losses = samples
    cells = np.stack([gains, losses, total - gains - losses], axis=1)
    rates = np.clip([improving, regressing, 1 - improving - regressing], 0, 1)
    return stats.multinomial.pmf(cells, total, rates / rates.sum())


def make_counts(total, gains, losses):
    return PairedCounts(
        both_pass=total - int(gains) - int(losses),
        improvements=int(gains),
        regressions=int(losses),
    )


def test_the_p_value_is_the_chance_of_all_samples_that_look_as_bad():
    rng = random.Random(4)
    for _ in range(60):
        total = rng.randint(1, 30)
        losses = rng.randint(0, total)
        gains = rng.randint(0, total - losses)
        threshold = rng.choice((-0.3, -0.05, -0.02, 0.02, 0.1))
        counts = make_counts(total, gains, losses)
        samples = list_samples(total)
        scores = np.array([find_score(threshold, i, r, total) for i, r in samples.T])
        regressing = fit_regressions(threshold, gains, losses, total)
        chances = find_chances(samples, total, max(0.0, regressing + threshold), regressing)
        observed = find_score(threshold, gains, losses, total)
        expected = chances[scores <= observed + 1e-9].sum()
        assert find_p_lost(counts, threshold) == pytest.approx(
            max(expected, find_p_below(counts, threshold)), abs=1e-9
        )


@pytest.mark.parametrize("threshold", [-0.2, -0.05, -0.02, 0.05])
@pytest.mark.parametrize("total", [3, 12, 40])
def test_it_errs_no_more_often_than_it_says_where_the_normal_approximation_does(total, threshold):
    samples = list_samples(total)
    found = [make_counts(total, *sample) for sample in samples.T]
    rejected = np.array([find_p_lost(counts, threshold) <= 0.05 for counts in found])
    for improving in (max(0, threshold), 0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.35):
        if improving >= threshold:
            chances = find_chances(samples, total, improving, improving - threshold)
            assert chances[rejected].sum() <= 0.051


def test_losses_alone_are_binomial_where_the_normal_approximation_is_too_sure():
    counts = PairedCounts(both_pass=387, regressions=13)
    assert find_p_below(counts, -0.02) == pytest.approx(0.0371, abs=1e-4)
    assert find_p_lost(counts, -0.02) == pytest.approx(stats.binom.sf(12, 400, 0.02))


def test_it_is_never_surer_than_the_interval_and_has_a_value_without_pairs():
    rng = random.Random(2)
    for _ in range(300):
        counts = make_counts(200, rng.randint(0, 20), rng.randint(0, 40))
        assert find_p_lost(counts, -0.03) >= find_p_below(counts, -0.03)
    assert find_p_lost(PairedCounts(), -0.02) == 1.0
    assert find_p_lost(PairedCounts(regressions=5), -0.02) < 0.05
    assert find_p_lost(PairedCounts(improvements=5), -0.02) == 1.0


@pytest.mark.parametrize("effect", [1.5, 2.0, 3.0])
def test_counts_that_are_divided_say_what_whole_ones_do_or_a_little_less(effect):
    divided = [
        find_p_lost(make_counts(int(120 * effect), 12, losses), -0.02, effect=effect)
        for losses in range(12, 40)
    ]
    assert divided == sorted(divided, reverse=True)
    for losses, p_value in enumerate(divided, start=12):
        counts = make_counts(int(120 * effect), 12, losses)
        assert p_value >= find_p_below(counts, -0.02, effect=effect)
    # A loss that a smaller sample of whole observations shows as well.
    whole = find_p_lost(make_counts(120, 12 / effect, 30 / effect), -0.02)
    assert whole - 1e-9 <= divided[30 - 12] <= 1.2 * whole


def test_many_pairs_take_the_normal_approximation():
    counts = PairedCounts(both_pass=4850, regressions=150)
    assert find_p_lost(counts, -0.025) == find_p_below(counts, -0.025)
    fewer = PairedCounts(both_pass=1940, regressions=60)
    assert math.isfinite(find_p_lost(fewer, -0.025))
    assert find_p_lost(fewer, -0.025) > find_p_below(fewer, -0.025)
