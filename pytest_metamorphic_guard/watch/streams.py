"""Feeds the records of a run to its monitors, in a fixed order, and reports what they concluded.

The same records give the same report to the byte, in whatever order and by however many processes
they were made.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.monitoring import MonitorContext
from pytest_metamorphic_guard.statistics.multiple import holm
from pytest_metamorphic_guard.watch.alerts import ALERT_KEYS, Alert, MonitorReport, WatchReport
from pytest_metamorphic_guard.watch.once import show_once

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_metamorphic_guard.contracts.measurements import Measurement
    from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord
    from pytest_metamorphic_guard.watch.hosting.handles import MonitorHandle
    from pytest_metamorphic_guard.watch.hosting.results import FoundAlert, MonitorResult, Severity

__all__ = ["ALERT_ALPHA", "Stream", "make_context", "sort_records", "watch", "watch_all"]

# Probability that a run in which nothing changed shows any statistical alert.
ALERT_ALPHA = 0.01
_KINDS = {"source": 0, "followup": 1}


@dataclass(frozen=True, slots=True)
class Stream:
    """What some monitors are shown.

    Attributes:
        monitors: Handles, not started yet.
        records: The records, in any order.
        context: What the monitors are told at their start.
        fed: ``(id, record)`` pairs that only the monitor with that id is shown, after the others.
    """

    monitors: Sequence[MonitorHandle]
    records: Iterable[MonitorRecord]
    context: MonitorContext
    fed: Sequence[tuple[str, MonitorRecord]] = ()


def watch(
    monitors: Sequence[MonitorHandle],
    records: Iterable[MonitorRecord],
    context: MonitorContext,
    *,
    partial: bool = False,
    fed: Sequence[tuple[str, MonitorRecord]] = (),
) -> WatchReport:
    """Show every record to every monitor once, and return what they concluded.

    Args:
        monitors: Handles, not started yet.
        records: The run's records, in any order.
        context: What the monitors are told at their start.
        partial: Whether records are missing, because the run was cut short.
        fed: ``(id, record)`` pairs that only the monitor with that id is shown, after the others.
    """
    (report,) = watch_all([Stream(monitors, records, context, fed)], partial=partial)
    return report


def watch_all(streams: Sequence[Stream], *, partial: bool = False) -> list[WatchReport]:
    """Show each stream to its own monitors, and return what those concluded, in the same order.

    The handles are closed. An alert that does not survive the correction for all tests of all
    streams is kept as information, with a note.

    Args:
        streams: The streams.
        partial: Whether records are missing, because the run was cut short.
    """
    found = [_show(stream) for stream in streams]
    correction = _Correction(
        [
            p_value
            for stream, (results, _) in zip(streams, found, strict=True)
            for monitor in stream.monitors
            for p_value in _list_p_values(results[monitor.id])
        ]
    )
    return [
        WatchReport(
            task=stream.context.task,
            records=count,
            tests=correction.tests,
            partial=partial,
            monitors=tuple(_report(m, results[m.id], correction) for m in stream.monitors),
        )
        for stream, (results, count) in zip(streams, found, strict=True)
    ]


def make_context(
    tasks: Iterable[str],
    records: Iterable[MonitorRecord],
    measurements: Iterable[Measurement] = (),
) -> MonitorContext:
    """Return what monitors are told before they are shown these records.

    Args:
        tasks: Names of the tasks.
        records: The records.
        measurements: What was measured, which knows the direction of metrics.
    """
    cases = {(record.relation, record.case_index) for record in records}
    lower = {
        f"{measurement.title}::{rows.name}"
        for measurement in measurements
        for rows in measurement.metrics
        if not rows.higher_is_better
    }
    return MonitorContext(", ".join(sorted(tasks)), len(cases), tuple(sorted(lower)))


def _show(stream: Stream) -> tuple[dict[str, MonitorResult], int]:
    """Return each monitor's result, and how many records there were."""
    ordered = sort_records(show_once(stream.records))
    results: dict[str, MonitorResult] = {}
    # Ours go first: a stranger's monitor could change the values that all of them are shown.
    for handle in sorted(stream.monitors, key=lambda monitor: not monitor.is_ours):
        try:
            handle.start(stream.context)
            for record in ordered:
                handle.record(record)
            for monitor, record in stream.fed:
                if monitor == handle.id:
                    handle.record(record)
            results[handle.id] = handle.finalize()
        finally:
            handle.close()
    return results, len(ordered) + len(stream.fed)


def sort_records(records: Iterable[MonitorRecord]) -> list[MonitorRecord]:
    """Return the records by relation, case, kind and repetition.

    Within one call the roles stay as they came, because their order was drawn at random.
    """
    kinds: dict[str, tuple[int, str, int]] = {}

    def find_place(record: MonitorRecord) -> tuple[str, int, tuple[int, str, int], int]:
        kind = record.kind
        if kind not in kinds:
            kinds[kind] = _rank_kind(kind)
        return (record.relation or "", record.case_index, kinds[kind], record.repeat)

    return sorted(records, key=find_place)


def _rank_kind(kind: str) -> tuple[int, str, int]:
    """Sources come before follow-ups, and a tenth call after a second one."""
    word = kind.rstrip("0123456789")
    return (_KINDS.get(word, len(_KINDS)), word, int(kind[len(word) :] or 1))


def _list_p_values(result: MonitorResult) -> list[float]:
    """Return the monitor's share of the family: its tests, and alerts whose test it did not list.

    Tests without an alert belong to it. A correction over alerts alone would correct nothing: one
    false alert of nine monitors would stand there as the only test.
    """
    p_values = list(result.p_values)
    return p_values + [
        alert.p_value
        for alert in result.alerts
        if alert.p_value is not None and alert.p_value not in p_values
    ]


class _Correction:
    def __init__(self, family: Sequence[float]) -> None:
        self.tests = len(family)
        # Equal p-values have equal adjusted ones, so that the value itself is the key.
        self.adjusted = dict(zip(family, holm(family), strict=True))


def _report(handle: MonitorHandle, result: MonitorResult, correction: _Correction) -> MonitorReport:
    alerts = [_judge(handle, alert, correction) for alert in result.alerts]
    own: Severity = "error" if handle.required else "warning"
    alerts += [
        Alert(monitor=handle.id, type="monitor_error", severity=own, message=str(fault))
        for fault in handle.faults
    ]
    if handle.required and result.no_data and not handle.faults:
        message = f"monitor {handle.id!r} is required and had nothing to measure: {result.no_data}"
        alerts.append(Alert(monitor=handle.id, type="no_data", severity="error", message=message))
    return MonitorReport(
        id=handle.id,
        name=handle.identity.name,
        type=result.type,
        distribution=handle.identity.distribution,
        line=result.line,
        summary=result.summary,
        alerts=tuple(alerts),
        faults=handle.faults,
        unanswered=_find_unanswered(handle, result),
    )


def _find_unanswered(handle: MonitorHandle, result: MonitorResult) -> str | None:
    """Return why a decision has to do without the monitor's answer, unless it may."""
    if handle.required is False:
        return None
    if not result.answered:
        return str(handle.faults[0]) if handle.faults else f"monitor {handle.id!r}: no result"
    if result.no_data is not None:
        return f"monitor {handle.id!r}: nothing to measure: {result.no_data}"
    return None


def _judge(handle: MonitorHandle, found: FoundAlert, correction: _Correction) -> Alert:
    alert = Alert(
        monitor=handle.id,
        type=found.type,
        severity=handle.severity or found.severity,
        message=found.message,
        p_value=found.p_value,
        fields={key: found.fields[key] for key in found.fields if key not in ALERT_KEYS},
    )
    if found.p_value is None:
        return alert
    adjusted_p = correction.adjusted[found.p_value]
    alert = replace(alert, adjusted_p=adjusted_p)
    if adjusted_p <= ALERT_ALPHA or alert.severity == "info":
        return alert
    note = (
        f"chance among the {correction.tests} tests of this run explains it "
        f"(adjusted p {adjusted_p:.2g}, limit {ALERT_ALPHA:g})"
    )
    return replace(alert, severity="info", note=note)
