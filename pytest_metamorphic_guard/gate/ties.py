"""What tells apart candidates that a gate decided alike: metrics, then what they need."""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_metamorphic_guard.gate.decision import Decision
    from pytest_metamorphic_guard.gate.evidence import Evidence

__all__ = ["Standing", "find_breakers", "list_standings", "to_key"]

# Names with what was seen, the less the better; None where nothing was.
Standing = tuple[tuple[str, float | None], ...]

# Two processes of one code differ by more than a hundredth; metrics only by rounding errors.
_MEASURED_DIGITS = 2
_METRIC_DIGITS = 9


def list_standings(decisions: Sequence[Decision], evidence: Sequence[Evidence]) -> list[Standing]:
    """Return what breaks ties, by the same names in the same order for every candidate.

    Metrics come first, as the mean difference to the baseline in the direction of improvement; then
    the measures of the monitors in the order in which they were asked for.
    """
    found = [
        dict(_list_metrics(decision)) | {m.name: round(m.value, _MEASURED_DIGITS) for m in measures}
        for decision, measures in zip(decisions, (one.measures for one in evidence), strict=True)
    ]
    names = dict.fromkeys(name for one in found for name in one)
    return [tuple((name, one.get(name)) for name in names) for one in found]


def to_key(standing: Standing) -> tuple[tuple[bool, float], ...]:
    """Return what candidates are sorted by; who was not measured comes last."""
    return tuple((value is None, value or 0.0) for _, value in standing)


def find_breakers(standings: Iterable[tuple[object, Standing]]) -> list[str]:
    """Return by what ties were broken, in order.

    Args:
        standings: Ranked candidates: what they were ranked by before, and what breaks ties.
    """
    ranked = list(standings)
    broken: dict[str, None] = {}
    for (place, standing), (next_place, following) in itertools.pairwise(ranked):
        if place != next_place:
            continue
        for (name, value), (_, other) in zip(standing, following, strict=True):
            if value != other:
                broken[name] = None
                break
    return list(broken)


def _list_metrics(decision: Decision) -> Iterable[tuple[str, float]]:
    totals: dict[str, list[float]] = defaultdict(list)
    for task in decision.tasks:
        for row in task.metrics:
            seen = row.candidate if row.mean_difference is None else row.mean_difference
            if seen is not None:
                totals[row.metric].append(-seen if row.higher_is_better else seen)
    for name, values in totals.items():
        yield name, round(sum(values) / len(values), _METRIC_DIGITS)
