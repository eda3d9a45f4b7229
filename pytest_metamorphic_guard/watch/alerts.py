"""What the monitors of a run concluded, as plain data that travels between processes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.watch.hosting.faults import MonitorFault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_metamorphic_guard.watch.hosting.results import Severity

__all__ = ["ABOUT_MONITORS", "ALERT_KEYS", "Alert", "MonitorReport", "WatchReport"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What a monitor wants a user to act on.

    Attributes:
        monitor: Id of the monitor.
        type: What kind of alert.
        severity: ``"info"``, ``"warning"`` or ``"error"``.
        message: One sentence.
        p_value: Of the test behind it, or None.
        adjusted_p: The same after correction over all tests of the run, or None.
        note: Why the severity is not the monitor's own, or None.
        fields: The alert's other keys, as JSON values.
    """

    monitor: str
    type: str
    severity: Severity
    message: str
    p_value: float | None = None
    adjusted_p: float | None = None
    note: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return one flat dict: the contract's fields and ours."""
        return {
            **self.fields,
            "type": self.type,
            "monitor": self.monitor,
            "severity": self.severity,
            "message": self.message,
            "p_value": self.p_value,
            "adjusted_p": self.adjusted_p,
            "note": self.note,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Alert:
        """Read what `to_dict` wrote."""
        named = {name: data[name] for name in ALERT_KEYS}
        return cls(**named, fields={k: v for k, v in data.items() if k not in ALERT_KEYS})


# What `watch` itself reports of a monitor that broke its contract, or had nothing to measure.
ABOUT_MONITORS = ("monitor_error", "no_data")
ALERT_KEYS = ("monitor", "type", "severity", "message", "p_value", "adjusted_p", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorReport:
    """What became of one monitor.

    Attributes:
        id: Its unique name.
        name: The plugin's name.
        type: The kind of monitor it says it is, or None.
        distribution: The distribution it comes from, or None.
        line: One line for the terminal, without the id.
        summary: Its figures.
        alerts: Its alerts, and one of type ``monitor_error`` per fault.
        faults: Its breaches of the contract.
        unanswered: Why it gave no answer although a decision needs one, as a sentence; else None.
    """

    id: str
    name: str
    type: str | None
    distribution: str | None
    line: str
    summary: Mapping[str, Any]
    alerts: tuple[Alert, ...]
    faults: tuple[MonitorFault, ...]
    unanswered: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the same as a dict of JSON values."""
        return {
            "id": self.id,
            "name": self.name,
            "type": self.type,
            "distribution": self.distribution,
            "line": self.line,
            "summary": dict(self.summary),
            "alerts": [alert.to_dict() for alert in self.alerts],
            "faults": [fault.to_dict() for fault in self.faults],
            "unanswered": self.unanswered,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> MonitorReport:
        """Read what `to_dict` wrote."""
        return cls(
            **{
                **data,
                "alerts": tuple(map(Alert.from_dict, data["alerts"])),
                "faults": tuple(map(MonitorFault.from_dict, data["faults"])),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchReport:
    """What all monitors of a run concluded.

    Attributes:
        task: The task, or the tasks joined by commas.
        records: Number of records they saw.
        tests: Number of statistical tests that the correction covers.
        partial: Whether records are missing, because the run was cut short.
        monitors: One report per monitor, in the order in which they were asked for.
    """

    task: str
    records: int
    tests: int
    partial: bool
    monitors: tuple[MonitorReport, ...]

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """Every alert of every monitor."""
        return tuple(alert for monitor in self.monitors for alert in monitor.alerts)

    @property
    def evidence(self) -> tuple[Alert, ...]:
        """Every alert that says something about the candidate, or that a decision may count.

        That a monitor gave no answer is no reason to reject anybody; see `unanswered`.
        """
        return tuple(
            alert
            for monitor in self.monitors
            for alert in monitor.alerts
            if monitor.unanswered is None or alert.type not in ABOUT_MONITORS
        )

    @property
    def unanswered(self) -> tuple[str, ...]:
        """One sentence per monitor that gave no answer although a decision needs one."""
        return tuple(m.unanswered for m in self.monitors if m.unanswered is not None)

    @property
    def faults(self) -> tuple[MonitorFault, ...]:
        """Every fault of every monitor."""
        return tuple(fault for monitor in self.monitors for fault in monitor.faults)

    def to_dict(self) -> dict[str, Any]:
        """Return the same as a dict of JSON values."""
        return {
            "task": self.task,
            "records": self.records,
            "tests": self.tests,
            "partial": self.partial,
            "monitors": [monitor.to_dict() for monitor in self.monitors],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> WatchReport:
        """Read what `to_dict` wrote."""
        return cls(**{**data, "monitors": tuple(map(MonitorReport.from_dict, data["monitors"]))})
