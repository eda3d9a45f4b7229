"""Tests and estimates that use only the order of values: medians, trends, role swaps.

None of them assumes a distribution. Each is exact, or says in which sense it is not.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from statistics import NormalDist, median
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.statistics.binomial import Interval, median_rank, upper_tail

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "Slope",
    "Trend",
    "bound_median",
    "find_median_interval",
    "find_p_above",
    "find_p_positive",
    "find_p_widening",
    "fit_slope",
    "measure_trend",
]

# Theil-Sen looks at every pair of points; beyond this many points neighbours are merged.
_MOST_POINTS = 400
_SLOT_BITS = 64


def find_p_above(values: Sequence[float], *, above: float = 0.0) -> float:
    """Return the one-sided p-value of "the median is at most ``above``"; values equal to it oppose.

    Source: Conover, Practical Nonparametric Statistics, section 3.4.
    """
    return upper_tail(sum(1 for value in values if value > above), len(values), 0.5)


def find_p_positive(nets: Sequence[int]) -> float:
    """Return the exact one-sided p-value of "each value could as well have the other sign".

    Use it on sums over stretches of a run: a disturbance that lasts hits one stretch, and counts as
    one observation however many calls it covers. At most 60 values may differ from 0.

    Source: Fisher's randomisation test; Good, Permutation, Parametric and Bootstrap Tests, 3.2.
    """
    sizes = [abs(net) for net in nets if net]
    total = sum(sizes)
    # A polynomial in one integer: slot s counts the choices of signs whose positive part is s.
    ways = 1
    for size in sizes:
        ways += ways << (_SLOT_BITS * size)
    needed = (sum(nets) + total) // 2
    tail = (ways >> (_SLOT_BITS * needed)).to_bytes(
        (total - needed + 1) * _SLOT_BITS // 8, "little"
    )
    return float(sum(memoryview(tail).cast("Q")) / 2 ** len(sizes))


def bound_median(values: Sequence[float], *, alpha: float) -> float | None:
    """Return the order statistic that lies above the true median with probability <= ``alpha``.

    None says that there are too few values. The bound exceeds a threshold exactly when
    `find_p_above` against that threshold is at most ``alpha``.
    """
    rank = median_rank(len(values), alpha)
    return sorted(values)[rank - 1] if rank else None


def find_median_interval(values: Sequence[float], *, confidence: float) -> Interval | None:
    """Return the two-sided interval of the median between two order statistics, or None.

    Half of ``1 - confidence`` is spent on each side.
    """
    rank = median_rank(len(values), (1.0 - confidence) / 2.0)
    if not rank:
        return None
    ascending = sorted(values)
    return Interval(ascending[rank - 1], ascending[-rank])


@dataclass(frozen=True, slots=True)
class Trend:
    """Kendall's statistic of several series, added up.

    Attributes:
        score: Pairs that rise minus pairs that fall, over all series.
        variance: Variance of ``score`` if no series has a trend, corrected for ties.
        p_value: One-sided p-value of "no series rises" (normal approximation).
    """

    score: int
    variance: float
    p_value: float


def measure_trend(series: Sequence[Sequence[float]]) -> Trend:
    """Test whether values rise with their position, comparing only within each series.

    With one series this is Kendall's tau against the position. The normal approximation is good
    from about 10 values on.

    Source: Hirsch, Slack and Smith, Water Resources Research 18 (1982) 107-121 (several series);
    Kendall, Rank Correlation Methods, section 5.4 (variance under ties).
    """
    score = sum(_rises_minus_falls(values) for values in series)
    variance = sum(_score_variance(values) for values in series)
    if variance <= 0:
        return Trend(score, 0.0, 1.0)
    # math.erfc keeps its digits in the tail, where 1 - NormalDist().cdf() would be 0.
    p_value = 0.5 * math.erfc(score / math.sqrt(2.0 * variance))
    return Trend(score, variance, p_value)


@dataclass(frozen=True, slots=True)
class Slope:
    """A slope and its interval."""

    estimate: float
    interval: Interval


def fit_slope(
    series: Sequence[Sequence[float]], *, confidence: float = 0.95, stretch: bool = False
) -> Slope | None:
    """Return the median slope over all pairs within each series; None without pairs.

    A series of more than 400 values is first reduced to medians of equally many neighbours.

    Args:
        series: Values in order.
        confidence: Coverage of the interval.
        stretch: Whether the slope is per length of a series instead of per position.

    Source: Sen, Journal of the American Statistical Association 63 (1968) 1379-1389.
    """
    slopes: list[float] = []
    variance = 0.0
    for values in series:
        points = _thin(values, 1.0 / max(1, len(values) - 1) if stretch else 1.0)
        variance += _score_variance([value for _, value in points])
        for i, (x, y) in enumerate(points):
            slopes.extend((later - y) / (at - x) for at, later in points[i + 1 :])
    if not slopes:
        return None
    slopes.sort()
    spread = NormalDist().inv_cdf((1.0 + confidence) / 2.0) * math.sqrt(variance)
    below = max(round((len(slopes) - spread) / 2.0) - 1, 0)
    above = min(round((len(slopes) + spread) / 2.0), len(slopes) - 1)
    return Slope(median(slopes), Interval(slopes[below], slopes[above]))


def find_p_widening(
    groups: Sequence[tuple[int, int, int, int]], *, permutations: int = 9999, seed: int = 0
) -> float:
    """Return the p-value of "the gap between the groups' rates is no wider for the candidate".

    Under the hypothesis, the roles of every pair could be swapped; only discordant pairs change
    anything, so each is given to either role by a coin.

    Args:
        groups: ``(pairs, baseline successes, regressions, improvements)`` of each group.
        permutations: Number of random swaps.
        seed: The same seed gives the same p-value.
    """
    if len(groups) < 2:  # noqa: PLR2004 - one group has no gap
        return 1.0
    observed = _widening([(n, base, base - lost + won) for n, base, lost, won in groups])
    coins = random.Random(seed)  # noqa: S311 - a simulation, not a secret
    reached = 0
    for _ in range(permutations):
        swapped = []
        for n, base, lost, won in groups:
            both = base - lost
            discordant = lost + won
            heads = coins.getrandbits(discordant).bit_count() if discordant else 0
            swapped.append((n, both + heads, both + discordant - heads))
        # The tolerance keeps equal gaps equal when their fractions were rounded differently.
        reached += _widening(swapped) >= observed - 1e-12
    return (1 + reached) / (1 + permutations)


def _widening(groups: Sequence[tuple[int, int, int]]) -> float:
    baseline = [base / n for n, base, _ in groups]
    candidate = [cand / n for n, _, cand in groups]
    return (max(candidate) - min(candidate)) - (max(baseline) - min(baseline))


def _rises_minus_falls(values: Sequence[float]) -> int:
    """Count pairs (earlier < later) minus (earlier > later) in O(n log n), by merging."""
    score = 0
    runs: list[list[float]] = [[value] for value in values]
    while len(runs) > 1:
        merged = []
        for left, right in zip(runs[::2], runs[1::2], strict=False):
            # Both runs are sorted, so each later value finds its place among the earlier ones.
            for value in right:
                score += bisect_left(left, value) - (len(left) - bisect_right(left, value))
            merged.append(sorted(left + right))
        if len(runs) % 2:
            merged.append(runs[-1])
        runs = merged
    return score


def _score_variance(values: Sequence[float]) -> float:
    n = len(values)
    ties = Counter(values).values()
    return (
        n * (n - 1) * (2 * n + 5) - sum(tied * (tied - 1) * (2 * tied + 5) for tied in ties)
    ) / 18.0


def _thin(values: Sequence[float], step: float) -> list[tuple[float, float]]:
    """Return (position, value) points, at most `_MOST_POINTS` of them."""
    width = max(1, -(-len(values) // _MOST_POINTS))
    return [
        (step * (start + (len(part) - 1) / 2), median(part))
        for start in range(0, len(values), width)
        if (part := values[start : start + width])
    ]
