import math

import pytest
from scipy import special, stats

from pytest_metamorphic_guard.statistics.student import (
    find_beta,
    find_student_quantile,
    find_student_tail,
)


@pytest.mark.parametrize("a", [0.5, 1.0, 3.7, 40.0, 2_000.0])
@pytest.mark.parametrize("b", [0.5, 2.0, 9.3, 300.0, 40_000.0])
def test_the_incomplete_beta_function_agrees_with_scipy(a, b):
    for x in (0.0, 1e-6, 0.02, 0.3, 0.5, 0.9, 0.999, 1.0):
        assert find_beta(x, a, b) == pytest.approx(special.betainc(a, b, x), rel=1e-8, abs=1e-13)


@pytest.mark.parametrize("freedom", [1.0, 2.5, 4.0, 9.0, 30.0, 1_000.0])
def test_tails_and_quantiles_agree_with_scipy(freedom):
    for value in (-3.0, -0.2, 0.0, 0.7, 2.0, 8.0):
        expected = stats.t.sf(value, freedom)
        assert find_student_tail(value, freedom) == pytest.approx(expected, rel=1e-9)
    for probability in (0.5, 0.9, 0.95, 0.995):
        expected = stats.t.ppf(probability, freedom)
        quantile = find_student_quantile(probability, freedom)
        assert quantile == pytest.approx(expected, rel=1e-7, abs=1e-7)


def test_a_quantile_of_the_lower_half_is_refused():
    with pytest.raises(ValueError, match="probability must lie"):
        find_student_quantile(0.2, 4.0)
    assert find_student_tail(-math.inf, 3.0) == 1.0
