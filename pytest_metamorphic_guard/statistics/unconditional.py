"""How likely so great a loss is where the true difference is as small as is asked: summed exactly.

The score test of Tango takes its statistic for normal. With few discordant pairs, or many in one
direction alone, it is skewed, and a test at 5 % errs in up to 9 %, of 3 pairs in 14 %. Here the
statistic stays, and its chance is summed over all samples of the same size, at the rates that fit
best under the hypothesis. Such a test at 5 % errs in at most 5.5 %, whatever the number of pairs
(benchmarks/exact_errors.py --every).

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
from pytest_metamorphic_guard.statistics.student import find_beta

__all__ = ["find_p_lost"]

# Beyond it the normal approximation errs by less than it matters, and the sum takes long.
_MOST_PAIRS = 2_000
_DEVIATIONS = 8.0
_ALMOST = 1e-9


def find_p_lost(counts: PairedCounts, threshold: float, *, effect: float = 1.0) -> float:
    """Return the one-sided p-value against "the difference is at least ``threshold``".

    Never smaller than `find_p_below`'s, so that Tango's interval lies below the threshold wherever
    this rejects; equal to it beyond 2000 pairs; 1 without pairs.

    Args:
        counts: The paired results.
        threshold: The difference of pass rates.
        effect: The design effect by which every count is divided, at least 1. Counts are fractions
            then, and their chances are incomplete beta functions, which lie between those of the
            whole numbers on either side.
    """
    approximate = find_p_below(counts, threshold, effect=effect)
    if not 0.0 < counts.total / effect <= _MOST_PAIRS or not -1.0 < threshold < 1.0:
        return approximate
    return max(approximate, _sum_samples(counts, threshold, effect))


def _sum_samples(counts: PairedCounts, threshold: float, effect: float) -> float:
    total = counts.total / effect
    seen = counts.improvements / effect, counts.regressions / effect
    observed = find_score(threshold, *seen, total) + _ALMOST
    regressing = fit_regressions(threshold, *seen, total)
    improving = max(0.0, regressing + threshold)
    share = min(1.0, regressing / (1.0 - improving)) if improving < 1.0 else 0.0
    spread = _DEVIATIONS * (math.sqrt(total * improving) + 1.0) if improving else 0.0
    first = max(0, math.floor(total * improving - spread))
    last = min(math.floor(total), math.ceil(total * improving + spread))
    p_value, regressed = 0.0, 0
    until = _find_tail(first, total, improving)
    for improved in range(first, last + 1):
        # The more inputs improve, the more must regress to look as bad.
        while (
            improved + regressed / effect <= total
            and find_score(threshold, improved, regressed / effect, total) > observed
        ):
            regressed += 1
        if improved + regressed / effect > total:
            break
        beyond = _find_tail(improved + 1, total, improving)
        p_value += (until - beyond) * _find_tail(regressed / effect, total - improved, share)
        until = beyond
    return min(1.0, p_value)


def _find_tail(hits: float, trials: float, rate: float) -> float:
    """Return the probability of at least so many hits, for fractions of them as well."""
    if float(hits).is_integer() and float(trials).is_integer():
        return upper_tail(int(hits), int(trials), rate)
    if hits <= 0.0:
        return 1.0
    return find_beta(rate, hits, trials - hits + 1.0) if hits <= trials else 0.0
