"""Rates and discordant pairs of observations that repeat each other, as if of fewer ones.

A group of inputs counts as one observation, with the mean of its inputs for its result. How far the
inputs of a group really repeat each other cannot be told from the sample: where a whole group fails
together, and rarely, most samples have no such group, and every estimate from them is too small.
Counts are divided by the size of a group, which makes them fractions; binomial tails then become
incomplete beta functions. With groups of one all of it is exact.

Source: Kish, Survey Sampling (1965), section 5.4, for the effective number of unequal groups; Korn
and Graubard, Survey Methodology 24 (1998) 193-201, for bounds on fractional counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.statistics.binomial import lower_tail, upper_bound, upper_tail
from pytest_metamorphic_guard.statistics.bisection import bisect
from pytest_metamorphic_guard.statistics.student import find_beta
from pytest_metamorphic_guard.statistics.unconditional import find_p_lost

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.statistics.paired import PairedCounts

__all__ = [
    "INDEPENDENT",
    "Clustering",
    "bound_rate",
    "find_clustering",
    "find_p_gain",
    "find_p_loss",
    "find_p_rate_above",
    "find_p_rate_below",
    "find_p_regressed",
]

# With fewer groups a score test trusts its normal approximation too much; see simulate_clusters.py.
_FEWEST_CLUSTERS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustering:
    """How far observations repeat each other.

    Attributes:
        effect: The design effect, at least 1: so many observations say as much as one alone.
        clusters: Number of groups, as if they were of equal size; None where nothing is grouped.
    """

    effect: float = 1.0
    clusters: float | None = None

    @property
    def is_too_coarse(self) -> bool:
        """Whether there are too few groups to tell chance from anything else."""
        return self.clusters is not None and self.clusters < _FEWEST_CLUSTERS


INDEPENDENT = Clustering()


def find_clustering(sizes: Sequence[int], *, grouped: bool = True, overlap: int = 1) -> Clustering:
    """Return how far the results of grouped inputs may repeat each other.

    Args:
        sizes: Number of inputs in each group.
        grouped: Whether some group has more than one input.
        overlap: Number of cases in which one input takes part at most. The variance of their mean
            is at most so many times that of independent cases.
    """
    total = sum(sizes)
    if not grouped or not total:
        return Clustering(effect=float(overlap))
    clusters = total * total / sum(size * size for size in sizes)
    return Clustering(effect=total / clusters * overlap, clusters=clusters)


def find_p_loss(
    counts: PairedCounts, threshold: float, clustering: Clustering = INDEPENDENT
) -> float:
    """Return the one-sided p-value against "the difference is at least ``threshold``".

    Summed over all samples of the same size, of fractional counts where observations repeat.
    """
    if clustering.is_too_coarse:
        return 1.0
    return find_p_lost(counts, threshold, effect=clustering.effect)


def find_p_gain(
    counts: PairedCounts, threshold: float, clustering: Clustering = INDEPENDENT
) -> float:
    """Return the one-sided p-value against "the difference is at most ``threshold``"."""
    # Seen from the other side a gain is a loss.
    turned = replace(counts, regressions=counts.improvements, improvements=counts.regressions)
    return find_p_loss(turned, -threshold, clustering)


def find_p_regressed(regressed: int, improved: int, clustering: Clustering = INDEPENDENT) -> float:
    """Return the one-sided p-value against "a discordant pair is as often either"."""
    return find_p_rate_above(regressed, regressed + improved, 0.5, clustering)


def find_p_rate_above(
    hits: int, trials: int, rate: float, clustering: Clustering = INDEPENDENT
) -> float:
    """Return the one-sided p-value against "the true rate is at most ``rate``"."""
    if clustering.effect <= 1.0:
        return upper_tail(hits, trials, rate)
    if not hits or clustering.is_too_coarse:
        return 1.0
    effect = clustering.effect
    return find_beta(rate, hits / effect, (trials - hits) / effect + 1.0)


def find_p_rate_below(
    hits: int, trials: int, rate: float, clustering: Clustering = INDEPENDENT
) -> float:
    """Return the one-sided p-value against "the true rate is at least ``rate``"."""
    if clustering.effect <= 1.0:
        return lower_tail(hits, trials, rate)
    return find_p_rate_above(trials - hits, trials, 1.0 - rate, clustering)


def bound_rate(
    hits: int, trials: int, *, confidence: float, clustering: Clustering = INDEPENDENT
) -> float:
    """Return the one-sided upper bound of a rate; 1 without trials."""
    if clustering.effect <= 1.0:
        return upper_bound(hits, trials, confidence=confidence)
    if hits == trials:
        return 1.0
    alpha = 1.0 - confidence
    hit, missed = hits / clustering.effect, (trials - hits) / clustering.effect
    return bisect(lambda p: find_beta(1.0 - p, missed, hit + 1.0) > alpha, hits / trials, 1.0)
