"""Student's distribution and the incomplete beta function it rests on, for few observations."""

from __future__ import annotations

import math

from pytest_metamorphic_guard.statistics.bisection import bisect

__all__ = ["find_beta", "find_student_quantile", "find_student_tail"]

_PRECISION = 1e-15
_MOST_TERMS = 10_000
# A divisor that stands in for zero in Lentz's method.
_TINY = 1e-300
_FARTHEST = 1e9


def find_beta(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function, for ``a`` and ``b`` above 0.

    For whole numbers it is a binomial tail: ``find_beta(p, k, n - k + 1)`` is the probability of at
    least k successes in n trials.

    Source: Press et al., Numerical Recipes (2007), section 6.4; modified Lentz's method.
    """
    if not 0.0 < x < 1.0:
        return float(x >= 1.0)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    # The fraction converges fast on one side of the mean, and the function is symmetric.
    if x < (a + 1.0) / (a + b + 2.0):
        return min(1.0, front * _continue_fraction(x, a, b) / a)
    return max(0.0, 1.0 - front * _continue_fraction(1.0 - x, b, a) / b)


def find_student_tail(value: float, freedom: float) -> float:
    """Return the probability of more than ``value`` with so many degrees of freedom."""
    if math.isinf(value):
        return float(value < 0.0)
    tail = find_beta(freedom / (freedom + value * value), freedom / 2.0, 0.5) / 2.0
    return tail if value >= 0.0 else 1.0 - tail


def find_student_quantile(probability: float, freedom: float) -> float:
    """Return the value below which Student's variable lies with a probability of 0.5 or more."""
    if not 0.5 <= probability < 1.0:  # noqa: PLR2004 - the other half is its mirror image
        raise ValueError(f"probability must lie in [0.5, 1), got {probability!r}")
    above = 1.0 - probability
    return bisect(lambda value: find_student_tail(value, freedom) > above, 0.0, _FARTHEST)


def _continue_fraction(x: float, a: float, b: float) -> float:
    ratio = 1.0
    divisor = 1.0 / _guard(1.0 - (a + b) * x / (a + 1.0))
    total = divisor
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        for term in (even, odd):
            divisor = 1.0 / _guard(1.0 + term * divisor)
            ratio = _guard(1.0 + term / ratio)
            total *= divisor * ratio
        if abs(divisor * ratio - 1.0) < _PRECISION:
            break
    return total


def _guard(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
