import itertools

import numpy as np
import pytest
from scipy import stats

from pytest_metamorphic_guard.statistics.effective import find_p_gain
from pytest_metamorphic_guard.statistics.paired import PairedCounts, tango_interval
from pytest_metamorphic_guard.statistics.power import (
    find_power,
    inputs_for_power,
    inputs_for_rate,
)


@pytest.mark.parametrize(("inputs", "margin", "discordant"), [(40, 0.15, 0.2), (60, 0.05, 0.02)])
def test_the_power_is_the_sum_over_all_samples(inputs, margin, discordant):
    expected = 0.0
    for gains, losses in itertools.product(range(inputs + 1), repeat=2):
        rest = inputs - gains - losses
        if rest < 0:
            continue
        counts = PairedCounts(both_pass=rest, regressions=losses, improvements=gains)
        shown = tango_interval(counts, confidence=0.9).lower > -margin
        # Where more than six pairs differ only the interval is asked.
        if shown and (gains + losses > 6 or find_p_gain(counts, -margin) <= 0.05):
            half = discordant / 2
            chances = [half, half, 1 - discordant]
            expected += stats.multinomial.pmf([gains, losses, rest], inputs, chances)
    assert find_power(inputs, -margin, discordant) == pytest.approx(expected, abs=1e-6)


def test_the_numbers_of_the_documentation():
    assert round(find_power(100, -0.05, 0.18), 2) == 0.31
    assert inputs_for_power(-0.05, 0.18, power=0.8) == 445
    assert find_power(445, -0.05, 0.18) == pytest.approx(0.8, abs=0.01)
    assert inputs_for_power(-0.02, 0.0, power=0.8) == 149


@pytest.mark.parametrize("margin", [0.02, 0.05])
def test_a_number_of_inputs_has_the_power_it_is_given_for_where_few_pairs_differ(margin):
    # The normal approximation alone gives 155 inputs for the margin of 2 %, with a power of 53 %.
    for discordant in (0.002, 0.01, 0.03):
        inputs = inputs_for_power(-margin, discordant, power=0.8)
        assert find_power(inputs, -margin, discordant) >= 0.79


def test_a_gain_is_shown_as_often_as_it_is_said():
    inputs = inputs_for_power(0.02, 0.2, gain=0.08, power=0.8)
    drawn = np.random.default_rng(3).multinomial(inputs, (0.14, 0.06, 0.8), size=1000)
    shown = 0
    for gains, losses, rest in drawn.tolist():
        counts = PairedCounts(both_pass=rest, regressions=losses, improvements=gains)
        shown += find_p_gain(counts, 0.02) <= 0.05
    # Three standard deviations of a rate among 1000.
    assert shown / 1000 == pytest.approx(0.8, abs=0.04)


def test_many_inputs_are_approximated_where_few_are_summed():
    assert find_power(2001, -0.02, 0.18) == pytest.approx(find_power(2000, -0.02, 0.18), abs=0.01)
    assert find_power(5000, -0.02, 0.0) == 1.0


@pytest.mark.parametrize(("rate", "minimum"), [(0.95, 0.9), (0.85, 0.9), (1.0, 0.95)])
def test_a_rate_is_settled_about_as_often_as_asked(rate, minimum):
    number = inputs_for_rate(rate, minimum, power=0.8)
    passed = range(number + 1)
    side = "greater" if rate > minimum else "less"
    power = sum(
        stats.binom.pmf(k, number, rate)
        for k in passed
        if stats.binomtest(k, number, minimum, side).pvalue <= 0.05
    )
    assert power >= 0.75
