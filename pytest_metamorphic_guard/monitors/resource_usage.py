"""Does the candidate use more CPU time, memory, or another resource that the executor reports?"""

from __future__ import annotations

from collections.abc import Mapping
from math import fsum
from typing import TYPE_CHECKING, Any, ClassVar

from pytest_metamorphic_guard.monitors.base import (
    ROLES,
    BuiltinMonitor,
    Conclusion,
    OptionCheck,
    make_alert,
    make_check,
)
from pytest_metamorphic_guard.monitors.both_roles import Pairing, join_measured
from pytest_metamorphic_guard.monitors.ratios import (
    MARGIN,
    METHOD,
    Measurements,
    RatioComparison,
    compare_ratios,
    count_orders,
    describe_ratio,
)
from pytest_metamorphic_guard.monitors.reading import read_number
from pytest_metamorphic_guard.monitors.wording import format_ratio

if TYPE_CHECKING:
    from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord

__all__ = ["ResourceUsageMonitor"]

# A microsecond and a byte in MiB; what is smaller cannot be told from zero.
_FLOORS = {"ms": 0.001, "MB": 1e-6}
_NS_PER_MS = 1_000_000
# What a program takes of its own, an interpreter say, whatever it computes.
_OF_THE_PROCESS = frozenset({"cpu_ms", "peak_memory_mb"})


class ResourceUsageMonitor(BuiltinMonitor):
    """Compares one resource case by case; warns when the candidate needs more.

    The value is read from the payload: ``resource_usage[metric]``, else ``metric`` itself.

    Args:
        metric: ``cpu_ms``, ``peak_memory_mb``, or a further key of the executor's payload.
        alert_ratio: Growth that is tolerated.
        min_ratio: Growth from which on a warning is given; by default 0.05 more than
            ``alert_ratio``.
        alpha: Probability of a false warning.
    """

    kind: ClassVar[str] = "resource_usage"

    def __init__(
        self,
        *,
        metric: str = "cpu_ms",
        alert_ratio: float = 1.10,
        min_ratio: float | None = None,
        alpha: float = 0.01,
    ) -> None:
        check = OptionCheck()
        self.metric = str(metric)
        self.alert_ratio = check.number("alert_ratio", alert_ratio, least=1)
        self.min_ratio = (
            self.alert_ratio + MARGIN
            if min_ratio is None
            else check.number("min_ratio", min_ratio, least=1)
        )
        self.alpha = check.level("alpha", alpha)
        check.refuse()
        self.unit = _guess_unit(self.metric)
        self._pairing: Pairing[float | None] = Pairing()
        self._measured = Measurements(floor=_FLOORS.get(self.unit, 1e-9))

    def record(self, record: MonitorRecord) -> None:
        """Keep the resource that a successful call needed."""
        if record.role not in self._measured.values:
            return
        value = self._read(record) if record.success else None
        if value is not None and value < 0:
            value = None
        if value is not None:
            self._measured.values[record.role].append(value)
        pair = join_measured(self._pairing, record, value)
        if pair is not None:
            self._measured.pairs.append(pair)

    def conclude(self) -> Conclusion:
        """Return what both roles needed, their ratio, and an alert if it grew."""
        measured = self._measured
        apart = None
        if self.metric in _OF_THE_PROCESS:
            apart = self._pairing.explain_apart(self.metric)
        if apart is not None:
            measured.pairs.clear()
        means = measured.means()
        comparison = compare_ratios(measured.log_ratios(), alpha=self.alpha)
        summary = {
            **{role: {"count": len(measured.values[role]), "mean": means[role]} for role in ROLES},
            "paired": {**comparison.to_dict(), "interleaved": count_orders(measured.pairs)},
            "total_ratio": self._find_total_ratio(),
            "metric": self.metric,
        }
        return Conclusion(
            summary=summary,
            line=apart
            or describe_ratio(
                measured.medians(), comparison, self.unit, self.metric, name=self.kind
            ),
            alerts=tuple(self._judge(comparison, means)),
            checks=(make_check("resource_regression", comparison.p_value, comparison.n, METHOD),)
            if comparison.n
            else (),
            no_data=apart
            or (
                None
                if measured.values["candidate"]
                else f"no payload of the candidate carries {self.metric}"
            ),
        )

    def _judge(
        self, comparison: RatioComparison, means: Mapping[str, float | None]
    ) -> list[dict[str, Any]]:
        if (comparison.lower or 0) <= 1 or comparison.ratio <= self.min_ratio:
            return []
        return [
            make_alert(
                "resource_regression",
                "warning",
                f"candidate needs {format_ratio(comparison.ratio)} the {self.metric} at the "
                f"median ({comparison.words()})",
                n=comparison.n,
                method=METHOD,
                p_value=comparison.p_value,
                alpha=self.alpha,
                ci=comparison.interval,
                metric=self.metric,
                baseline_mean=means["baseline"],
                candidate_mean=means["candidate"],
                ratio=comparison.ratio,
                threshold=self.alert_ratio,
            )
        ]

    def _read(self, record: MonitorRecord) -> float | None:
        if self.metric == "cpu_ms" and record.cpu_ns is not None:
            cpu_ns = read_number(record.cpu_ns)
            return None if cpu_ns is None else cpu_ns / _NS_PER_MS
        usage = record.result.get("resource_usage")
        if isinstance(usage, Mapping) and self.metric in usage:
            return read_number(usage[self.metric])
        return read_number(record.result.get(self.metric))

    def _find_total_ratio(self) -> float | None:
        totals: dict[str, Any] = {
            "baseline": fsum(pair.baseline for pair in self._measured.pairs),
            "candidate": fsum(pair.candidate for pair in self._measured.pairs),
        }
        return totals["candidate"] / totals["baseline"] if totals["baseline"] else None


def _guess_unit(metric: str) -> str:
    if metric.endswith("_ms"):
        return "ms"
    return "MB" if metric.endswith("_mb") else metric
