"""Rates and discordant pairs of observations that repeat each other, as if of fewer ones.

Counts are divided by a design effect, and where that effect was estimated from few groups, normal
quantiles give way to Student's. With an effect of 1 all of it is exact.

Source: Korn and Graubard, Survey Methodology 24 (1998) 193-201.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.statistics.binomial import lower_tail, upper_bound, upper_tail
from pytest_metamorphic_guard.statistics.bisection import bisect
from pytest_metamorphic_guard.statistics.paired import PairedCounts, design_effect, find_p_below
from pytest_metamorphic_guard.statistics.student import (
    find_beta,
    find_student_quantile,
    soften,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "INDEPENDENT",
    "Clustering",
    "bound_rate",
    "find_clustering",
    "find_p_loss",
    "find_p_rate_above",
    "find_p_rate_below",
    "find_p_regressed",
]

# Below it even Student's quantiles trust the estimated variance too much; see simulate_gate.py.
_FEWEST_CLUSTERS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustering:
    """How far observations repeat each other.

    Attributes:
        effect: The design effect, at least 1: so many observations say as much as one alone.
        clusters: Number of groups, as if they were of equal size; None where nothing is grouped.
        estimated: Whether the effect was estimated from how groups differ, not assumed.
    """

    effect: float = 1.0
    clusters: float | None = None
    estimated: bool = False

    @property
    def freedom(self) -> float | None:
        """Degrees of freedom of the estimated variance; None where none was estimated."""
        return None if self.clusters is None or not self.estimated else self.clusters - 1.0

    @property
    def is_too_coarse(self) -> bool:
        """Whether there are too few groups to tell chance from anything else."""
        # The sizes are whole numbers, so that five equal groups give exactly five.
        return self.clusters is not None and self.clusters < _FEWEST_CLUSTERS

    def widen(self, alpha: float) -> float:
        """Return the effect by which counts are to be divided at a one-sided level of ``alpha``."""
        if self.freedom is None or self.freedom <= 0.0:
            return self.effect
        normal = NormalDist().inv_cdf(1.0 - alpha)
        return self.effect * (find_student_quantile(1.0 - alpha, self.freedom) / normal) ** 2


INDEPENDENT = Clustering()


def find_clustering(
    groups: Sequence[PairedCounts], *, grouped: bool = True, overlap: int = 1
) -> Clustering:
    """Return how far the differences of grouped pairs repeat each other.

    Args:
        groups: The pairs of each group.
        grouped: Whether some group has more than one input.
        overlap: Number of pairs in which one input takes part at most. The variance of their mean
            is at most so many times that of independent pairs.
    """
    if not grouped:
        return Clustering(effect=float(overlap))
    sizes = [group.total for group in groups if group.total]
    total = sum(sizes)
    if not total:
        return Clustering(effect=float(overlap), clusters=0.0)
    clusters = total * total / sum(size * size for size in sizes)
    net = sum(group.improvements - group.regressions for group in groups)
    discordant = sum(group.improvements + group.regressions for group in groups)
    # Where no result differs from the others nothing can be estimated, and a group counts once.
    varies = len(sizes) > 1 and discordant * total > net * net
    effect = design_effect(groups) if varies else total / clusters
    return Clustering(effect=max(1.0, effect) * overlap, clusters=clusters, estimated=varies)


def find_p_loss(
    counts: PairedCounts, threshold: float, clustering: Clustering = INDEPENDENT
) -> float:
    """Return the one-sided p-value against "the difference is at least ``threshold``"."""
    if clustering.is_too_coarse:
        return 1.0
    return soften(
        find_p_below(counts, threshold, effect=clustering.effect), _find_freedom(clustering)
    )


def find_p_regressed(regressed: int, improved: int, clustering: Clustering = INDEPENDENT) -> float:
    """Return the one-sided p-value against "a discordant pair is as often either"."""
    return find_p_rate_above(regressed, regressed + improved, 0.5, clustering)


def find_p_rate_above(
    hits: int, trials: int, rate: float, clustering: Clustering = INDEPENDENT
) -> float:
    """Return the one-sided p-value against "the true rate is at most ``rate``"."""
    if clustering.effect <= 1.0 and _find_freedom(clustering) is None:
        return upper_tail(hits, trials, rate)
    if not hits or clustering.is_too_coarse:
        return 1.0
    effect = clustering.effect
    tail = find_beta(rate, hits / effect, (trials - hits) / effect + 1.0)
    return soften(tail, _find_freedom(clustering))


def find_p_rate_below(
    hits: int, trials: int, rate: float, clustering: Clustering = INDEPENDENT
) -> float:
    """Return the one-sided p-value against "the true rate is at least ``rate``"."""
    if clustering.effect <= 1.0 and _find_freedom(clustering) is None:
        return lower_tail(hits, trials, rate)
    return find_p_rate_above(trials - hits, trials, 1.0 - rate, clustering)


def bound_rate(
    hits: int, trials: int, *, confidence: float, clustering: Clustering = INDEPENDENT
) -> float:
    """Return the one-sided upper bound of a rate; 1 without trials."""
    freedom = _find_freedom(clustering)
    if clustering.effect <= 1.0 and freedom is None:
        return upper_bound(hits, trials, confidence=confidence)
    if hits == trials or (clustering.is_too_coarse and clustering.estimated):
        return 1.0
    alpha = 1.0 - confidence
    if freedom is not None:
        alpha = 1.0 - NormalDist().cdf(find_student_quantile(confidence, freedom))
    hit, missed = hits / clustering.effect, (trials - hits) / clustering.effect
    return bisect(lambda p: find_beta(1.0 - p, missed, hit + 1.0) > alpha, hits / trials, 1.0)


def _find_freedom(clustering: Clustering) -> float | None:
    freedom = clustering.freedom
    return freedom if freedom is None or freedom > 0.0 else None
