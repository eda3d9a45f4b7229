"""How likely so great a loss is where the true difference is as small as is asked: summed exactly.

The score test of Tango takes its statistic for normal. With few discordant pairs, or many in one
direction alone, it is skewed, and a test at 5 % errs in up to 9 %, of 3 pairs in 14 %. Here the
statistic stays, and its chance is summed over all samples of the same size, at the rates that fit
best under the hypothesis. Such a test at 5 % errs in at most 5.2 % (benchmarks/exact_errors.py).

Source: Hsueh, Liu and Chen, Biometrics 57 (2001) 478-483, for paired samples; Storer and Kim,
Journal of the American Statistical Association 85 (1990) 146-155, for the rates that are put in.
"""

from __future__ import annotations

import math

from pytest_metamorphic_guard.statistics.binomial import upper_tail
from pytest_metamorphic_guard.statistics.paired import (
    PairedCounts,
    find_p_below,
    find_score,
    fit_regressions,
)

__all__ = ["find_p_lost"]

# Beyond it the normal approximation errs by less than it matters, and the sum takes long.
_MOST_PAIRS = 2_000
_DEVIATIONS = 8.0
_ALMOST = 1e-9


def find_p_lost(counts: PairedCounts, threshold: float) -> float:
    """Return the one-sided p-value against "the difference is at least ``threshold``".

    Never smaller than `find_p_below`'s, so that Tango's interval lies below the threshold wherever
    this rejects; equal to it beyond 2000 pairs; 1 without pairs.
    """
    approximate = find_p_below(counts, threshold)
    total = counts.total
    if not 0 < total <= _MOST_PAIRS or not -1.0 < threshold < 1.0:
        return approximate
    return max(approximate, _sum_samples(counts, threshold))


def _sum_samples(counts: PairedCounts, threshold: float) -> float:
    total = counts.total
    observed = find_score(threshold, counts.improvements, counts.regressions, total) + _ALMOST
    regressing = fit_regressions(threshold, counts.improvements, counts.regressions, total)
    improving = max(0.0, regressing + threshold)
    share = min(1.0, regressing / (1.0 - improving)) if improving < 1.0 else 0.0
    spread = _DEVIATIONS * (math.sqrt(total * improving) + 1.0) if improving else 0.0
    first = max(0, math.floor(total * improving - spread))
    last = min(total, math.ceil(total * improving + spread))
    p_value, regressed = 0.0, 0
    for improved in range(first, last + 1):
        # The more inputs improve, the more must regress to look as bad.
        while (
            improved + regressed <= total
            and find_score(threshold, improved, regressed, total) > observed
        ):
            regressed += 1
        if improved + regressed > total:
            break
        chance = _find_chance(improved, total, improving)
        p_value += chance * upper_tail(regressed, total - improved, share)
    return min(1.0, p_value)


def _find_chance(hits: int, trials: int, rate: float) -> float:
    """Return the binomial probability of so many hits."""
    if rate <= 0.0 or rate >= 1.0:
        return float(hits == trials * (rate >= 1.0))
    logarithm = math.lgamma(trials + 1) - math.lgamma(hits + 1) - math.lgamma(trials - hits + 1)
    return math.exp(logarithm + hits * math.log(rate) + (trials - hits) * math.log1p(-rate))
