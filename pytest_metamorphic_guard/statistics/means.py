"""The mean of paired differences: its interval, and whether it is below zero.

Where a metric takes two values, such as 0 and 1, a difference is a pair of results, and what holds
for pass rates holds for it. Otherwise Student's distribution does.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.statistics.binomial import Interval
from pytest_metamorphic_guard.statistics.paired import PairedCounts, find_p_worse, tango_interval
from pytest_metamorphic_guard.statistics.student import find_student_quantile, find_student_tail

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["find_mean_interval", "find_p_mean_below"]

_TWO = 2


def find_mean_interval(
    pairs: Sequence[tuple[float, float]], *, confidence: float
) -> Interval | None:
    """Return the interval of the mean of ``second - first``; None with fewer than two pairs.

    Args:
        pairs: ``(baseline, candidate)`` per input, finite numbers.
        confidence: Coverage; each side errs with half of the rest.

    Source: Tango, Statistics in Medicine 17 (1998) 891-908, for two values; Student, Biometrika 6
    (1908) 1-25, for more.
    """
    if len(pairs) < _TWO:
        return None
    counted = _count_two_values(pairs)
    if counted is not None:
        counts, step = counted
        interval = tango_interval(counts, confidence=confidence)
        return Interval(interval.lower * step, interval.upper * step)
    mean, error = _estimate(pairs)
    reach = find_student_quantile((1.0 + confidence) / 2.0, len(pairs) - 1) * error
    return Interval(mean - reach, mean + reach)


def find_p_mean_below(pairs: Sequence[tuple[float, float]]) -> float:
    """Return the one-sided p-value against "the mean of ``second - first`` is at least 0"."""
    if len(pairs) < _TWO:
        return 1.0
    counted = _count_two_values(pairs)
    if counted is not None:
        return find_p_worse(counted[0])
    mean, error = _estimate(pairs)
    if not error:
        return 1.0
    return find_student_tail(-mean / error, len(pairs) - 1)


def _count_two_values(pairs: Sequence[tuple[float, float]]) -> tuple[PairedCounts, float] | None:
    """Return the four combinations and the step between the values; None for more than two."""
    values = sorted({value for pair in pairs for value in pair})
    if len(values) > _TWO:
        return None
    low, high = values[0], values[-1]
    cells = [0, 0, 0, 0]
    for first, second in pairs:
        cells[2 * (first == low) + (second == low)] += 1
    if low == high:
        # One value throughout says nothing of how far apart two of them would be, unless it is one
        # of the two that a rate is made of.
        return PairedCounts(both_pass=len(pairs)), 1.0 if low in (0, 1) else 0.0
    counts = PairedCounts(
        both_pass=cells[0], regressions=cells[1], improvements=cells[2], both_fail=cells[3]
    )
    return counts, high - low


def _estimate(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the mean difference and its standard error."""
    n = len(pairs)
    differences = [second - first for first, second in pairs]
    mean = math.fsum(differences) / n
    squares = math.fsum((difference - mean) ** 2 for difference in differences)
    return mean, math.sqrt(squares / (n - 1) / n)
