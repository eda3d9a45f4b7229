"""Exact binomial tails, and the bounds on a rate that follow from them.

Sums start from a logarithm and run away from the mode, so they neither underflow nor lose digits;
a million trials take milliseconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from pytest_metamorphic_guard.statistics.bisection import bisect

__all__ = [
    "Interval",
    "clopper_pearson",
    "lower_bound",
    "lower_tail",
    "median_rank",
    "trials_needed",
    "upper_bound",
    "upper_tail",
]

_NEGLIGIBLE = 1e-18


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval of estimates, both ends included."""

    lower: float
    upper: float


def lower_tail(successes: int, trials: int, probability: float) -> float:
    """Return P(X <= successes) for X ~ Binomial(trials, probability)."""
    _check_probability(probability)
    if successes < 0:
        return 0.0
    if successes >= trials:
        return 1.0
    if successes > trials * probability:
        return 1.0 - upper_tail(successes + 1, trials, probability)
    return _sum_outward(successes, trials, probability, 1.0 - probability)


def upper_tail(successes: int, trials: int, probability: float) -> float:
    """Return P(X >= successes) for X ~ Binomial(trials, probability)."""
    _check_probability(probability)
    if successes <= 0:
        return 1.0
    if successes > trials:
        return 0.0
    if successes <= trials * probability:
        return 1.0 - lower_tail(successes - 1, trials, probability)
    return _sum_outward(trials - successes, trials, 1.0 - probability, probability)


def upper_bound(successes: int, trials: int, *, confidence: float = 0.95) -> float:
    """Return the exact one-sided upper bound of a rate; 1 without trials.

    With no success in n trials it is ``1 - (1 - confidence) ** (1 / n)``.

    Source: Clopper and Pearson, Biometrika 26 (1934) 404-413.
    """
    _check_counts(successes, trials, confidence)
    if successes == trials:
        return 1.0
    alpha = 1.0 - confidence
    if successes == 0:
        return -math.expm1(math.log(alpha) / trials)
    return bisect(lambda p: lower_tail(successes, trials, p) > alpha, successes / trials, 1.0)


def lower_bound(successes: int, trials: int, *, confidence: float = 0.95) -> float:
    """Return the exact one-sided lower bound of a rate; 0 without trials.

    Source: Clopper and Pearson, Biometrika 26 (1934) 404-413.
    """
    _check_counts(successes, trials, confidence)
    if successes == 0:
        return 0.0
    alpha = 1.0 - confidence
    if successes == trials:
        return math.exp(math.log(alpha) / trials)
    return bisect(lambda p: upper_tail(successes, trials, p) < alpha, 0.0, successes / trials)


def clopper_pearson(successes: int, trials: int, *, confidence: float = 0.95) -> Interval:
    """Return the exact two-sided interval of a rate; [0, 1] without trials.

    Source: Clopper and Pearson, Biometrika 26 (1934) 404-413.
    """
    one_sided = (1.0 + confidence) / 2.0
    return Interval(
        lower_bound(successes, trials, confidence=one_sided),
        upper_bound(successes, trials, confidence=one_sided),
    )


def trials_needed(rate: float, *, failures: int = 0, confidence: float = 0.95) -> int:
    """Return the fewest trials in which so many failures bound the failure rate by ``rate``."""
    if not 0.0 < rate < 1.0:
        raise ValueError(f"rate must lie between 0 and 1, got {rate!r}")
    enough = failures + 1
    while upper_bound(failures, enough, confidence=confidence) > rate:
        enough *= 2
    too_few = enough // 2
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        if middle > failures and upper_bound(failures, middle, confidence=confidence) <= rate:
            enough = middle
        else:
            too_few = middle
    return enough


def median_rank(count: int, alpha: float) -> int:
    """Return the largest k for which the k-th smallest of ``count`` values bounds the median.

    The k-th smallest value (k counts from 1) lies above the true median with probability at most
    ``alpha``, whatever the distribution. 0 says that there are too few values for any bound.

    Source: the sign test's interval; Conover, Practical Nonparametric Statistics, section 3.2.
    """
    rank = 0
    while rank < count and lower_tail(rank, count, 0.5) <= alpha:
        rank += 1
    return rank


def _sum_outward(successes: int, trials: int, probability: float, complement: float) -> float:
    """Sum the mass at and below ``successes``, which lies at or below the mean."""
    if probability == 0.0:
        return 1.0
    if complement == 0.0:
        return 0.0
    start = (
        math.lgamma(trials + 1)
        - math.lgamma(successes + 1)
        - math.lgamma(trials - successes + 1)
        + successes * math.log(probability)
        + (trials - successes) * math.log(complement)
    )
    odds = complement / probability
    term = total = 1.0
    for k in range(successes, 0, -1):
        term *= odds * k / (trials - k + 1)
        total += term
        if term < _NEGLIGIBLE * total:
            break
    return min(1.0, math.exp(start + math.log(total)))


def _check_probability(probability: float) -> None:
    if not 0.0 <= probability <= 1.0:
        raise ValueError(f"probability must lie in [0, 1], got {probability!r}")


def _check_counts(successes: int, trials: int, confidence: float) -> None:
    if not 0 <= successes <= trials:
        raise ValueError(f"expected 0 <= successes <= trials, got {successes} of {trials}")
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence!r}")
