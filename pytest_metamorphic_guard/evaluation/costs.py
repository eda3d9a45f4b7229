"""What monitors measured of a candidate's time and money, read from their summaries."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.gate.evidence import MeasureEvidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from pytest_metamorphic_guard.watch.alerts import WatchReport

__all__ = ["read_measures"]

# Monitors by name, with what they call the typical amount of one role.
_AMOUNTS = {"latency": "median_ms", "llm_cost": "mean", "resource_usage": "mean"}


def read_measures(reports: Iterable[WatchReport]) -> tuple[MeasureEvidence, ...]:
    """Return what breaks ties between candidates, in the order of the monitors."""
    found: dict[str, float] = {}
    for report in reports:
        for monitor in report.monitors:
            if monitor.name not in _AMOUNTS or monitor.unanswered is not None:
                continue
            value = next(_list_values(monitor.summary, _AMOUNTS[monitor.name]), None)
            if value is not None:
                found.setdefault(monitor.name, value)
    return tuple(MeasureEvidence(name, value) for name, value in found.items())


def _list_values(summary: Mapping[str, Any], amount: str) -> Iterator[float]:
    """Yield the ratio to the baseline, then the candidate's own amount, where there are such."""
    paired, own = summary.get("paired"), summary.get("candidate")
    costs = own.get("cost_usd") if isinstance(own, dict) else None
    for block, key in ((paired, "median_ratio"), (own, amount), (costs, amount)):
        value = block.get(key) if isinstance(block, dict) else None
        if isinstance(value, int | float) and math.isfinite(value):
            yield float(value)
