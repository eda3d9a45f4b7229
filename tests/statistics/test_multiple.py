import math
import random

import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from pytest_metamorphic_guard.statistics.multiple import benjamini_hochberg, holm


def draw_families():
    chance = random.Random(3)
    for size in (1, 2, 3, 20, 60):
        for _ in range(8):
            yield [chance.random() ** chance.choice((1, 4)) for _ in range(size)]
            yield [round(chance.random(), 1) for _ in range(size)]


def test_holm_agrees_with_statsmodels():
    for family in draw_families():
        assert holm(family) == pytest.approx(multipletests(family, method="holm")[1], abs=1e-14)


def test_benjamini_hochberg_agrees_with_scipy():
    for family in draw_families():
        assert benjamini_hochberg(family) == pytest.approx(
            stats.false_discovery_control(family), abs=1e-14
        )


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
def test_a_smaller_p_value_never_gets_a_larger_adjusted_one(adjust):
    for family in draw_families():
        pairs = sorted(zip(family, adjust(family), strict=True))
        adjusted = [value for _, value in pairs]
        assert adjusted == sorted(adjusted)


def test_holm_steps_down_so_the_smallest_three_of_these_are_not_rejected():
    assert holm([0.03, 0.04, 0.045]) == pytest.approx([0.09, 0.09, 0.09])
    assert holm([0.01, 0.02, 0.9]) == pytest.approx([0.03, 0.04, 0.9])


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
def test_no_test_at_all_adjusts_to_nothing(adjust):
    assert adjust([]) == ()


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
@pytest.mark.parametrize("value", [math.nan, -0.1, 1.01])
def test_what_is_no_p_value_is_refused(adjust, value):
    with pytest.raises(ValueError, match="p-value must lie in"):
        adjust([0.2, value])
