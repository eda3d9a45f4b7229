"""From what items measured to what the gate reads."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.gate.evidence import (
    AlertEvidence,
    CheckResult,
    Evidence,
    InputResult,
    MetricEvidence,
    RelationEvidence,
    TaskEvidence,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_metamorphic_guard.gate.rules import FailOnAlert
    from pytest_metamorphic_guard.measurements import Measurement
    from pytest_metamorphic_guard.watch_report import Alert

__all__ = ["build_evidence", "split_alerts"]


def build_evidence(
    measurements: Iterable[Measurement], alerts: Sequence[Alert] = ()
) -> list[Evidence]:
    """Return what is known about each candidate, in the order in which candidates were given."""
    by_position: dict[int, list[Measurement]] = defaultdict(list)
    for measurement in measurements:
        if not measurement.soft:
            by_position[measurement.position].append(measurement)
    return [
        Evidence(
            candidate=", ".join(dict.fromkeys(m.candidate for m in group)),
            tasks=tuple(_build_task(members) for members in _group_by_task(group)),
            # Monitors watch the whole run; with several candidates an alert is about none alone.
            alerts=tuple(map(_to_evidence, alerts)),
        )
        for _, group in sorted(by_position.items())
    ]


def split_alerts(
    alerts: Iterable[Alert], fail_on_alert: FailOnAlert
) -> tuple[list[str], list[str]]:
    """Return the messages that fail a run, and those that warn."""
    blocking = {"error": ("error",), "warning": ("error", "warning"), "never": ()}[fail_on_alert]
    failing = [alert.message for alert in alerts if alert.severity in blocking]
    warning = [a.message for a in alerts if a.severity not in ("info", *blocking)]
    return failing, warning


def _to_evidence(alert: Alert) -> AlertEvidence:
    return AlertEvidence(
        monitor=alert.monitor, kind=alert.type, severity=alert.severity, message=alert.message
    )


def _group_by_task(group: list[Measurement]) -> list[list[Measurement]]:
    tasks: dict[str, list[Measurement]] = defaultdict(list)
    for measurement in group:
        tasks[measurement.task].append(measurement)
    return [tasks[name] for name in sorted(tasks)]


def _build_task(members: list[Measurement]) -> TaskEvidence:
    checks: dict[int, list[CheckResult]] = defaultdict(list)
    clusters: dict[int, str | None] = {}
    for measurement in members:
        for case in measurement.cases:
            clusters[case.index] = case.group
            checks[case.index].append(
                CheckResult(measurement.entry, case.candidate, case.baseline, case.confirmed)
            )
    planned = max(measurement.planned for measurement in members)
    return TaskEvidence(
        task=members[0].task,
        planned=planned,
        relations=tuple(
            RelationEvidence(
                name=measurement.entry,
                kind=measurement.kind,
                skipped=measurement.skipped,
                min_pass_rate=measurement.min_pass_rate,
            )
            for measurement in members
        ),
        results=tuple(
            InputResult(index, tuple(checks[index]), clusters[index]) for index in sorted(checks)
        ),
        baseline=members[0].baseline,
        skipped=planned - len(checks),
        metrics=_build_metrics(members),
    )


def _build_metrics(members: list[Measurement]) -> tuple[MetricEvidence, ...]:
    return tuple(
        MetricEvidence(
            name=rows.name,
            kind=rows.kind,
            higher_is_better=rows.higher_is_better,
            pairs=rows.pairs,
        )
        for measurement in members
        for rows in measurement.metrics
    )
