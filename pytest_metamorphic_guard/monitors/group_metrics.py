"""A task's metrics per group: does the candidate lose in a group, do groups drift apart?"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.monitors.base import make_alert, make_check
from pytest_metamorphic_guard.monitors.wording import format_amount
from pytest_metamorphic_guard.statistics.means import find_mean_interval, find_p_mean_below
from pytest_metamorphic_guard.statistics.multiple import holm
from pytest_metamorphic_guard.statistics.spreading import find_p_spreading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_metamorphic_guard.monitors.inputs import MetricPairs
    from pytest_metamorphic_guard.statistics.binomial import Interval

__all__ = ["WIDENING_METHOD", "GroupLoss", "GroupMetrics", "GroupSpread", "judge_metrics"]

METRIC_METHOD = "one-sided test of the mean paired difference, Holm over metrics and groups"
WIDENING_METHOD = "random swaps of the roles"

_Pairs = list[tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLoss:
    """One metric in one group, both roles.

    Attributes:
        metric: ``"task::metric"``.
        group: The group.
        baseline: Mean of the baseline's values.
        candidate: Mean of the candidate's values.
        loss: By how much the candidate's mean is worse, in the metric's own units; below 0 a gain.
        scale: What a tolerated share refers to: 1 for values from 0 to 1, else their usual size.
        interval: Of the mean difference, candidate minus baseline; None with fewer than two pairs.
        p_value: Against "not worse", corrected for all metrics and groups.
        n: Inputs.
    """

    metric: str
    group: str
    baseline: float
    candidate: float
    loss: float
    scale: float
    interval: Interval | None
    p_value: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSpread:
    """How far apart the groups are in one metric.

    Attributes:
        metric: ``"task::metric"``.
        baseline: The largest mean of a group minus the smallest one, for the baseline.
        candidate: The same for the candidate.
        scale: As in `GroupLoss`.
        p_value: Against "no wider for the candidate", corrected for the number of metrics.
        n: Inputs.
    """

    metric: str
    baseline: float
    candidate: float
    scale: float
    p_value: float
    n: int


class GroupMetrics:
    """Judges the metrics of each group.

    Args:
        groups: The metrics of the groups.
        lower_is_better: ``"task::metric"`` of every metric of which less is better.
        min_group: Groups with fewer inputs are not judged.
        confidence: Of intervals.
    """

    def __init__(
        self,
        groups: Mapping[str, MetricPairs],
        *,
        lower_is_better: tuple[str, ...],
        min_group: int,
        confidence: float,
    ) -> None:
        self._lower = lower_is_better
        self._confidence = confidence
        self._metrics: dict[str, dict[str, _Pairs]] = {}
        for group, metrics in sorted(groups.items()):
            for metric, pairs in metrics.list_pairs().items():
                if len(pairs) >= min_group:
                    self._metrics.setdefault(metric, {})[group] = pairs

    def find_losses(self) -> list[GroupLoss]:
        """Return every metric of every group."""
        found = [
            (metric, group, pairs)
            for metric, groups in self._metrics.items()
            for group, pairs in groups.items()
        ]
        p_values = holm(
            [find_p_mean_below(self._turn(metric, pairs)) for metric, _, pairs in found]
        )
        return [
            GroupLoss(
                metric=metric,
                group=group,
                baseline=fmean(baseline for baseline, _ in pairs),
                candidate=fmean(candidate for _, candidate in pairs),
                loss=-fmean(after - before for before, after in self._turn(metric, pairs)),
                scale=self._find_scale(metric),
                interval=find_mean_interval(pairs, confidence=self._confidence),
                p_value=p_value,
                n=len(pairs),
            )
            for (metric, group, pairs), p_value in zip(found, p_values, strict=True)
        ]

    def find_spreads(self) -> list[GroupSpread]:
        """Return every metric that several groups have."""
        found = {name: groups for name, groups in self._metrics.items() if len(groups) > 1}
        p_values = holm([find_p_spreading(list(groups.values())) for groups in found.values()])
        spreads = []
        for (metric, groups), p_value in zip(found.items(), p_values, strict=True):
            means = [
                [fmean(pair[role] for pair in pairs) for pairs in groups.values()]
                for role in (0, 1)
            ]
            spreads.append(
                GroupSpread(
                    metric=metric,
                    baseline=max(means[0]) - min(means[0]),
                    candidate=max(means[1]) - min(means[1]),
                    scale=self._find_scale(metric),
                    p_value=p_value,
                    n=sum(map(len, groups.values())),
                )
            )
        return spreads

    def summarise(self) -> dict[str, Any]:
        """Return means per metric and group."""
        return {
            metric: {
                group: {
                    "baseline": fmean(baseline for baseline, _ in pairs),
                    "candidate": fmean(candidate for _, candidate in pairs),
                    "n": len(pairs),
                }
                for group, pairs in groups.items()
            }
            for metric, groups in self._metrics.items()
        }

    def _turn(self, metric: str, pairs: _Pairs) -> _Pairs:
        """Return the pairs so that more is better."""
        return [(-a, -b) for a, b in pairs] if metric in self._lower else pairs

    def _find_scale(self, metric: str) -> float:
        values = [
            abs(value) for pairs in self._metrics[metric].values() for p in pairs for value in p
        ]
        return 1.0 if max(values) <= 1.0 else fmean(values)


def judge_metrics(
    metrics: GroupMetrics, *, alpha: float, max_gap: float
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return alerts on losses and on gaps that are wider than tolerated, and the tests made."""
    losses, spreads = metrics.find_losses(), metrics.find_spreads()
    alerts = [
        _make_loss(loss, alpha, max_gap)
        for loss in losses
        if loss.p_value <= alpha and loss.loss > max_gap * loss.scale
    ]
    alerts += [
        _make_spread(spread, alpha, max_gap)
        for spread in spreads
        if spread.p_value <= alpha and spread.candidate - spread.baseline > max_gap * spread.scale
    ]
    checks = []
    # As for groups, the smallest adjusted value stands for all.
    if losses:
        n = sum(loss.n for loss in losses)
        p_value = min(loss.p_value for loss in losses)
        checks.append(make_check("fairness_gap", p_value, n, METRIC_METHOD))
    if spreads:
        n = sum(spread.n for spread in spreads)
        p_value = min(spread.p_value for spread in spreads)
        checks.append(make_check("fairness_gap_widened", p_value, n, WIDENING_METHOD))
    return alerts, checks


def _make_loss(loss: GroupLoss, alpha: float, max_gap: float) -> dict[str, Any]:
    return make_alert(
        "fairness_gap",
        "error",
        f"in group {loss.group!r} {loss.metric} is {format_amount(loss.candidate)} for the "
        f"candidate, {format_amount(loss.baseline)} for the baseline (n={loss.n})",
        n=loss.n,
        method=METRIC_METHOD,
        p_value=loss.p_value,
        alpha=alpha,
        ci=loss.interval,
        group=loss.group,
        metric=loss.metric,
        gap=loss.loss,
        threshold=max_gap * loss.scale,
    )


def _make_spread(spread: GroupSpread, alpha: float, max_gap: float) -> dict[str, Any]:
    return make_alert(
        "fairness_gap_widened",
        "error",
        f"the gap between the groups in {spread.metric} is {format_amount(spread.candidate)} "
        f"for the candidate, {format_amount(spread.baseline)} for the baseline (n={spread.n})",
        n=spread.n,
        method=WIDENING_METHOD,
        p_value=spread.p_value,
        alpha=alpha,
        metric=spread.metric,
        gap=spread.candidate,
        baseline_gap=spread.baseline,
        widening=spread.candidate - spread.baseline,
        threshold=max_gap * spread.scale,
    )
