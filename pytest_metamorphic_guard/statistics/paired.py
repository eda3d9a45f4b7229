"""Two implementations on the same inputs: is one worse, by how much, and how many inputs tell.

A difference is always the candidate's pass rate minus the baseline's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.statistics.binomial import Interval, upper_tail
from pytest_metamorphic_guard.statistics.bisection import bisect

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "PairedCounts",
    "design_effect",
    "find_p_above",
    "find_p_below",
    "find_p_better",
    "find_p_worse",
    "find_score",
    "fit_regressions",
    "inputs_needed",
    "inputs_to_clear",
    "tango_interval",
]

_MOST_INPUTS = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedCounts:
    """How often each combination of the two results was seen.

    Attributes:
        both_pass: Held for both.
        regressions: Held for the baseline, violated by the candidate.
        improvements: Violated by the baseline, held for the candidate.
        both_fail: Violated by both.
    """

    both_pass: int = 0
    regressions: int = 0
    improvements: int = 0
    both_fail: int = 0

    def __post_init__(self) -> None:
        cells = (self.both_pass, self.regressions, self.improvements, self.both_fail)
        if min(cells) < 0:
            raise ValueError(f"counts cannot be negative, got {cells}")

    @property
    def total(self) -> int:
        """Number of pairs."""
        return self.both_pass + self.regressions + self.improvements + self.both_fail

    @property
    def baseline_passed(self) -> int:
        """Number of pairs in which the baseline's result holds."""
        return self.both_pass + self.regressions

    @property
    def candidate_passed(self) -> int:
        """Number of pairs in which the candidate's result holds."""
        return self.both_pass + self.improvements

    @property
    def difference(self) -> float:
        """Candidate's pass rate minus the baseline's; 0 without pairs."""
        return (self.improvements - self.regressions) / self.total if self.total else 0.0

    def __add__(self, other: PairedCounts) -> PairedCounts:
        return PairedCounts(
            both_pass=self.both_pass + other.both_pass,
            regressions=self.regressions + other.regressions,
            improvements=self.improvements + other.improvements,
            both_fail=self.both_fail + other.both_fail,
        )


def find_p_worse(counts: PairedCounts) -> float:
    """Return the exact one-sided p-value against "the candidate is not worse".

    Given the number of discordant pairs, each is a regression with probability 1/2 under the
    hypothesis.

    Source: McNemar, Psychometrika 12 (1947) 153-157, in its exact conditional form.
    """
    return upper_tail(counts.regressions, counts.regressions + counts.improvements, 0.5)


def find_p_better(counts: PairedCounts) -> float:
    """Return the exact one-sided p-value against "the candidate is not better"."""
    return upper_tail(counts.improvements, counts.regressions + counts.improvements, 0.5)


def tango_interval(
    counts: PairedCounts, *, confidence: float = 0.95, effect: float = 1.0
) -> Interval:
    """Return the two-sided score interval of the difference; [-1, 1] without pairs.

    Unlike intervals around the estimate it keeps its width where no discordant pair was seen:
    with n pairs it is then ``z**2 / (n + z**2)`` to either side.

    Args:
        counts: The paired results.
        confidence: Coverage; each side errs with half of the rest.
        effect: The design effect by which every count is divided, at least 1.

    Source: Tango, Statistics in Medicine 17 (1998) 891-908, equations 4 to 8.
    """
    if not counts.total:
        return Interval(-1.0, 1.0)
    z = _quantile((1.0 + confidence) / 2.0)
    return _find_limits(
        counts.improvements / effect, counts.regressions / effect, counts.total / effect, z
    )


def find_p_below(counts: PairedCounts, threshold: float, *, effect: float = 1.0) -> float:
    """Return the one-sided p-value against "the difference is at least ``threshold``".

    At most alpha exactly where Tango's interval of confidence ``1 - 2 * alpha`` lies below it; 1
    without pairs.

    Source: Tango, Statistics in Medicine 17 (1998) 891-908, equation 4.
    """
    if not counts.total:
        return 1.0
    score = find_score(
        threshold,
        counts.improvements / effect,
        counts.regressions / effect,
        counts.total / effect,
    )
    return NormalDist().cdf(score)


def find_p_above(counts: PairedCounts, threshold: float) -> float:
    """Return the one-sided p-value against "the difference is at most ``threshold``"."""
    if not counts.total:
        return 1.0
    score = find_score(threshold, counts.improvements, counts.regressions, counts.total)
    return NormalDist().cdf(-score)


def design_effect(clusters: Sequence[PairedCounts]) -> float:
    """Return by how much results within a cluster repeat each other: 1 when independent.

    A cluster is what belongs together: the relations of one input, the turns of one conversation.
    The effect is the variance of the mean difference estimated from clusters, divided by the one
    that independent results would have. Where no difference varies, nothing can be estimated, and
    a cluster counts as one observation.

    Source: Kish, Survey Sampling (1965), section 5.4, with the ratio estimator of section 6.3.
    """
    filled = [cluster for cluster in clusters if cluster.total]
    total = sum(cluster.total for cluster in filled)
    if not filled:
        return 1.0
    net = [cluster.improvements - cluster.regressions for cluster in filled]
    discordant = sum(cluster.improvements + cluster.regressions for cluster in filled)
    mean = sum(net) / total
    squares = discordant - total * mean * mean
    if len(filled) < 2 or squares <= 0.0:  # noqa: PLR2004 - a variance needs two clusters
        return total / len(filled)
    independent = squares / (total - 1) / total
    spread = sum(
        (value - cluster.total * mean) ** 2 for value, cluster in zip(net, filled, strict=True)
    )
    observed = spread * len(filled) / (len(filled) - 1) / total**2
    return max(1.0, observed / independent)


def inputs_needed(margin: float, *, alpha: float = 0.05) -> int:
    """Return the fewest pairs that show non-inferiority when none of them is discordant.

    149 for a margin of 0.02 and 59 for 0.05, at alpha 0.05: as many as a candidate that loses the
    whole margin survives with a probability of alpha at most, and enough for Tango's interval.
    """
    if not 0.0 < margin < 1.0:
        raise ValueError(f"margin must lie between 0 and 1, got {margin!r}")
    exact = math.ceil(math.log(alpha) / math.log1p(-margin))
    return max(exact, _clear_without_discordance(margin, alpha))


def inputs_to_clear(
    threshold: float, counts: PairedCounts, *, alpha: float = 0.05, effect: float = 1.0
) -> int | None:
    """Return how many pairs like these put the interval on one side of ``threshold``.

    An estimate: it assumes that further pairs fall into the cells at the rates seen so far. None
    says that no number of pairs up to ten million would do. Of the interval alone, without the
    exact test.
    """
    total = counts.total
    if not total:
        return _clear_without_discordance(-threshold, alpha) if -1.0 < threshold < 0.0 else None
    improved, regressed = counts.improvements / effect, counts.regressions / effect
    score = find_score(threshold, improved, regressed, total / effect)
    # With the rates fixed, the score grows with the root of the number of pairs.
    needed = total * (_quantile(1.0 - alpha) / score) ** 2 if score else math.inf
    return math.floor(needed) + 1 if needed < _MOST_INPUTS else None


def _clear_without_discordance(margin: float, alpha: float) -> int:
    """Return the fewest pairs of which none is discordant whose interval keeps the margin."""
    square = _quantile(1.0 - alpha) ** 2
    return math.floor(square * (1.0 / margin - 1.0)) + 1


def _quantile(probability: float) -> float:
    return NormalDist().inv_cdf(probability)


def _find_limits(improved: float, regressed: float, total: float, z: float) -> Interval:
    estimate = (improved - regressed) / total

    def score(difference: float) -> float:
        return find_score(difference, improved, regressed, total)

    return Interval(
        -1.0 if estimate <= -1.0 else bisect(lambda d: score(d) > z, -1.0, estimate),
        1.0 if estimate >= 1.0 else bisect(lambda d: score(d) > -z, estimate, 1.0),
    )


def find_score(difference: float, improved: float, regressed: float, total: float) -> float:
    """Return the score statistic of "the true difference is ``difference``"; it falls with it."""
    restricted = fit_regressions(difference, improved, regressed, total)
    variance = total * (2.0 * restricted + difference * (1.0 - difference))
    distance = improved - regressed - total * difference
    if variance <= 0.0:
        return math.copysign(math.inf, distance) if distance else 0.0
    return distance / math.sqrt(variance)


def fit_regressions(difference: float, improved: float, regressed: float, total: float) -> float:
    """Return the probability of a regression that fits best where ``difference`` is the true one.

    Source: Tango, Statistics in Medicine 17 (1998) 891-908, equation 6.
    """
    a = 2.0 * total
    b = -improved - regressed + (2.0 * total - improved + regressed) * difference
    c = -regressed * difference * (1.0 - difference)
    return (math.sqrt(max(0.0, b * b - 4.0 * a * c)) - b) / (2.0 * a)
