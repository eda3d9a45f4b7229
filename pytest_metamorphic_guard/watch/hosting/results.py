"""Reads what `finalize` returned: keeps what is well-formed, says what is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from pytest_metamorphic_guard.watch.hosting.faults import explain_exception, shorten
from pytest_metamorphic_guard.watch.hosting.plain import Plainer

__all__ = [
    "SEVERITIES",
    "FoundAlert",
    "MonitorResult",
    "Severity",
    "explain_no_dict",
    "read_result",
]

Severity = Literal["info", "warning", "error"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
_SYNONYMS: dict[str, Severity] = {"warn": "warning", "critical": "error"}
_MOST_ALERTS = 1000
_MOST_MESSAGE = 500
_WIDTH = 78


@dataclass(frozen=True, slots=True)
class FoundAlert:
    """One alert of a monitor.

    Attributes:
        type: What kind of alert.
        severity: How bad; an alert that does not say counts as an error.
        message: One sentence.
        p_value: Of the statistical test behind it, or None.
        fields: Every key of the alert, as JSON values.
    """

    type: str
    severity: Severity
    message: str
    p_value: float | None
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorResult:
    """What a monitor concluded.

    Attributes:
        type: The kind of monitor it says it is, or None.
        summary: Its figures, JSON values only.
        line: One line for the terminal, at most 78 columns.
        alerts: Its alerts.
        p_values: Of every statistical test it made, also of those that led to no alert.
        no_data: Why it had nothing to measure, or None.
        answered: Whether it concluded at all, in a form that could be read: alerts that it may have
            raised are not lost.
    """

    type: str | None = None
    summary: dict[str, Any] = field(default_factory=dict)
    line: str = ""
    alerts: tuple[FoundAlert, ...] = ()
    p_values: tuple[float, ...] = ()
    no_data: str | None = None
    answered: bool = True


def read_result(value: object, line: object = None) -> tuple[MonitorResult, list[str]]:
    """Read the return value of `finalize`, and of `describe` where the monitor has it.

    Returns:
        What could be kept, and one sentence per fault.
    """
    if not isinstance(value, Mapping):
        return MonitorResult(answered=False), [explain_no_dict(type(value).__name__)]
    plainer = Plainer()
    try:
        plain = plainer.convert(value, "finalize()")
    except Exception as error:  # noqa: BLE001 - a stranger's mapping or repr
        fault = explain_exception("reading what finalize() returned", error)
        return MonitorResult(answered=False), [fault]
    if not isinstance(plain.get("id"), str):
        plainer.note("finalize() returned a dict without the key 'id'")
    summary = _read_summary(plain, plainer)
    result = MonitorResult(
        type=plain["type"] if isinstance(plain.get("type"), str) else None,
        summary=summary,
        line=_read_line(line, summary, plainer),
        alerts=tuple(_read_alerts(plain.get("alerts"), plainer)),
        p_values=tuple(_read_checks(plain.get("checks"), plainer)),
        no_data=shorten(plain["no_data"]) if isinstance(plain.get("no_data"), str) else None,
        answered=_has_readable_alerts(plain.get("alerts")),
    )
    return result, plainer.faults


def explain_no_dict(type_name: str) -> str:
    """Return what is wrong with a `finalize` that returned something of this type."""
    said = "None" if type_name == "NoneType" else f"a value of type {type_name}"
    return f"finalize() returned {said}, expected a dict"


def _read_summary(plain: dict[str, Any], plainer: Plainer) -> dict[str, Any]:
    if "summary" not in plain:
        # Some published monitors return their figures at the top level.
        return {k: v for k, v in plain.items() if k not in ("id", "type", "alerts", "checks")}
    if isinstance(plain["summary"], dict):
        return plain["summary"]
    plainer.note(f"summary is a {type(plain['summary']).__name__}, expected a dict")
    return {}


def _read_line(line: object, summary: dict[str, Any], plainer: Plainer) -> str:
    if isinstance(line, str) and line.strip():
        return shorten(line, _WIDTH)
    if line is not None:
        plainer.note(f"describe() returned a {type(line).__name__}, expected a text")
    return shorten(", ".join(_list_figures(summary, "")) or "no figures", _WIDTH)


def _list_figures(summary: dict[str, Any], prefix: str) -> list[str]:
    figures = []
    for name, value in summary.items():
        if isinstance(value, dict):
            figures += _list_figures(value, f"{prefix}{name}.")
        elif isinstance(value, float):
            figures.append(f"{prefix}{name}={value:.4g}")
        elif isinstance(value, int | str):
            figures.append(f"{prefix}{name}={value}")
    return figures


def _read_alerts(alerts: Any, plainer: Plainer) -> list[FoundAlert]:
    if alerts is None:
        return []
    if not isinstance(alerts, list):
        plainer.note(f"alerts is a {type(alerts).__name__}, expected a list of dicts")
        return []
    if len(alerts) > _MOST_ALERTS:
        plainer.note(f"{len(alerts)} alerts, only the first {_MOST_ALERTS} are kept")
    found = []
    for index, alert in enumerate(alerts[:_MOST_ALERTS]):
        if isinstance(alert, dict):
            found.append(_read_alert(alert, f"alerts[{index}]", plainer))
        else:
            plainer.note(f"alerts[{index}] is a {type(alert).__name__}, expected a dict")
    return found


def _has_readable_alerts(alerts: Any) -> bool:
    """Tell whether no alert was lost; the first thousand say enough of more."""
    return alerts is None or (
        isinstance(alerts, list) and all(isinstance(a, dict) for a in alerts[:_MOST_ALERTS])
    )


def _read_alert(alert: dict[str, Any], path: str, plainer: Plainer) -> FoundAlert:
    kind = alert.get("type")
    kind = shorten(kind, 80) if isinstance(kind, str) and kind else "alert"
    message = alert.get("message")
    if not isinstance(message, str) or not message.strip():
        if message is not None:
            plainer.note(f"{path}.message is a {type(message).__name__}, expected a text")
        named = ("type", "severity", "message", "monitor")
        figures = _list_figures({k: v for k, v in alert.items() if k not in named}, "")
        message = f"{kind}: {', '.join(figures)}" if figures else kind
    return FoundAlert(
        kind,
        _read_severity(alert.get("severity"), path, plainer),
        shorten(message, _MOST_MESSAGE),
        _read_p_value(alert.get("p_value"), path, plainer),
        alert,
    )


def _read_severity(value: Any, path: str, plainer: Plainer) -> Severity:
    if value is None:
        return "error"
    word = str(value).lower()
    for severity in SEVERITIES:
        if word == severity:
            return severity
    if word not in _SYNONYMS:
        plainer.note(f"{path}.severity is {value!r}, expected {', '.join(SEVERITIES)}")
    return _SYNONYMS.get(word, "error")


def _read_p_value(value: Any, path: str, plainer: Plainer) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        plainer.note(f"{path}.p_value is {value!r}, expected a number from 0 to 1")
        return None
    return float(value)


def _read_checks(checks: Any, plainer: Plainer) -> list[float]:
    if checks is None:
        return []
    if not isinstance(checks, list):
        plainer.note(f"checks is a {type(checks).__name__}, expected a list of dicts")
        return []
    found = []
    for index, check in enumerate(checks):
        value = check.get("p_value") if isinstance(check, dict) else None
        p_value = _read_p_value(value, f"checks[{index}]", plainer)
        if p_value is not None:
            found.append(p_value)
    return found
