"""The tables of a decision: one row per relation, one per metric."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pytest_metamorphic_guard.gate.findings import Conclusion
from pytest_metamorphic_guard.gate.policies import Strict
from pytest_metamorphic_guard.gate.thresholds import judge_pass_rate

# Read at run time: records are rebuilt from plain data by their annotations.
from pytest_metamorphic_guard.statistics.binomial import Interval, median_rank
from pytest_metamorphic_guard.statistics.effective import find_p_regressed
from pytest_metamorphic_guard.statistics.means import find_mean_interval
from pytest_metamorphic_guard.statistics.paired import PairedCounts, tango_interval

if TYPE_CHECKING:
    from pytest_metamorphic_guard.gate.evidence import MetricEvidence, RelationEvidence
    from pytest_metamorphic_guard.gate.policies import Policy
    from pytest_metamorphic_guard.gate.tally import RelationTally

__all__ = [
    "MetricRow",
    "RelationRow",
    "RowVerdict",
    "build_metric_row",
    "build_relation_row",
    "find_p_worse_of",
]

RowVerdict = Literal[
    "ok",
    "improved",
    "shared",
    "within noise",
    "worse",
    "regressed",
    "violated",
    "not repeated",
    "tolerated",
    "too low",
    "unsettled",
    "never applied",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationRow:
    """One relation, property or law.

    Attributes:
        relation: Its name.
        kind: ``"relation"``, ``"property"``, ``"law"`` or ``"agreement"``.
        ran: Inputs on which the candidate was checked.
        passed: Those on which it held.
        pairs: Results of both roles; None without a baseline.
        skipped: Inputs to which it did not apply.
        interval: Tango's interval of the difference; None without pairs.
        p_worse: Exact one-sided p-value against "not worse"; None without pairs.
        p_adjusted: The same after Holm, over all relations of the decision.
        min_pass_rate: The threshold that holds for it, if any.
        verdict: What the row says, in a word or two.
    """

    relation: str
    kind: str
    ran: int
    passed: int
    pairs: PairedCounts | None
    skipped: int
    interval: Interval | None
    p_worse: float | None
    p_adjusted: float | None
    min_pass_rate: float | None
    verdict: RowVerdict

    @property
    def baseline_rate(self) -> float | None:
        """Share of the inputs on which it held for the baseline."""
        if self.pairs is None or not self.pairs.total:
            return None
        return self.pairs.baseline_passed / self.pairs.total

    @property
    def candidate_rate(self) -> float | None:
        """Share of the inputs on which it held for the candidate."""
        return self.passed / self.ran if self.ran else None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRow:
    """One number taken from the outputs.

    Attributes:
        metric: Its name.
        kind: ``"mean"`` or ``"sum"``.
        higher_is_better: Direction of improvement.
        baseline: Aggregate of the baseline's values; None without one.
        candidate: Aggregate of the candidate's values; None without one.
        pairs: Inputs with a finite value of both roles.
        mean_difference: Mean of candidate minus baseline over these; None without pairs.
        median_interval: Interval of the median difference, whatever its distribution; None where
            there are too few pairs, six at 95 %.
        mean_interval: Interval of the mean difference; None with fewer than two pairs.
        changed: Inputs on which the two values differ.
        confidence: Of both intervals.
    """

    metric: str
    kind: str
    higher_is_better: bool
    baseline: float | None
    candidate: float | None
    pairs: int
    mean_difference: float | None
    median_interval: Interval | None
    mean_interval: Interval | None = None
    changed: int = 0
    confidence: float = 0.95


def build_relation_row(  # noqa: PLR0913 - the facts of one row
    relation: RelationEvidence,
    tally: RelationTally,
    *,
    policy: Policy,
    minimum: float | None,
    p_adjusted: float | None,
    p_missed: float | None = None,
) -> RelationRow:
    """Return the row of one relation.

    Args:
        relation: What the task declares.
        tally: How often it held.
        policy: What the task is judged by.
        minimum: The pass rate asked of it, if any.
        p_adjusted: Against "not worse", corrected for their number; None without a baseline.
        p_missed: Against "the minimum is reached", corrected likewise; None without a minimum.
    """
    pairs = tally.pairs if p_adjusted is not None else None
    interval = None
    if pairs and pairs.total:
        interval = tango_interval(
            pairs, confidence=1.0 - 2.0 * policy.alpha, effect=tally.clustering.effect
        )
    return RelationRow(
        relation=relation.name,
        kind=relation.kind,
        ran=tally.candidate_ran,
        passed=tally.candidate_passed,
        pairs=pairs,
        skipped=relation.skipped,
        interval=interval,
        p_worse=None if pairs is None else find_p_worse_of(tally),
        p_adjusted=p_adjusted,
        min_pass_rate=minimum,
        verdict=_find_verdict(tally, policy, minimum, p_adjusted, p_missed),
    )


def find_p_worse_of(tally: RelationTally) -> float:
    """Return the one-sided p-value against "this relation is not worse", exact without groups."""
    pairs = tally.pairs
    return find_p_regressed(pairs.regressions, pairs.improvements, tally.clustering)


def build_metric_row(metric: MetricEvidence) -> MetricRow:
    """Return the row of one metric; values that are not finite are left out."""
    pairs = [
        (baseline if _is_finite(baseline) else None, candidate if _is_finite(candidate) else None)
        for baseline, candidate in metric.pairs
    ]
    differences = sorted(
        candidate - baseline
        for baseline, candidate in pairs
        if baseline is not None and candidate is not None
    )
    rank = median_rank(len(differences), metric.alpha / 2)
    both = [(a, b) for a, b in pairs if a is not None and b is not None]
    return MetricRow(
        metric=metric.name,
        kind=metric.kind,
        higher_is_better=metric.higher_is_better,
        baseline=_aggregate([value for value, _ in pairs if value is not None], metric.kind),
        candidate=_aggregate([value for _, value in pairs if value is not None], metric.kind),
        pairs=len(differences),
        mean_difference=_aggregate(differences, "mean"),
        median_interval=Interval(differences[rank - 1], differences[-rank]) if rank else None,
        mean_interval=find_mean_interval(both, confidence=1.0 - metric.alpha),
        changed=sum(1 for difference in differences if difference),
        confidence=1.0 - metric.alpha,
    )


def _find_verdict(
    tally: RelationTally,
    policy: Policy,
    minimum: float | None,
    p_adjusted: float | None,
    p_missed: float | None,
) -> RowVerdict:
    if not tally.candidate_ran:
        return "never applied"
    below = None if minimum is None else _find_shortfall(tally, minimum, policy, p_missed)
    if below is not None:
        return below
    if p_adjusted is not None:
        return _compare_roles(tally, tally.pairs, policy, p_adjusted)
    return "ok" if tally.candidate_passed == tally.candidate_ran else _blame_candidate(tally)


def _find_shortfall(
    tally: RelationTally, minimum: float, policy: Policy, p_missed: float | None
) -> RowVerdict | None:
    finding = judge_pass_rate(
        tally.name,
        tally.candidate_passed,
        tally.candidate_ran,
        minimum,
        alpha=policy.alpha,
        p_missed=p_missed,
        clustering=tally.clustering,
    )
    match finding.conclusion:
        case Conclusion.ADOPT:
            return None
        case Conclusion.REJECT:
            return "too low"
        case Conclusion.INCONCLUSIVE:
            return "unsettled"


def _blame_candidate(tally: RelationTally) -> RowVerdict:
    if tally.confirmed:
        return "violated"
    return "not repeated" if tally.unconfirmed else "tolerated"


def _compare_roles(
    tally: RelationTally, pairs: PairedCounts, policy: Policy, p_adjusted: float
) -> RowVerdict:
    if pairs.regressions:
        if isinstance(policy, Strict):
            return "regressed" if tally.confirmed else "not repeated"
        return "worse" if p_adjusted <= policy.alpha else "within noise"
    if pairs.improvements:
        return "improved"
    return "shared" if pairs.both_fail else "ok"


def _is_finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _aggregate(values: list[float], kind: str) -> float | None:
    if not values:
        return None
    total = math.fsum(values)
    return total if kind == "sum" else total / len(values)
