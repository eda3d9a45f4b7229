"""What the page shows of a monitor: its line, its alerts, and charts of figures that it knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.report.html.charts import draw_bars, draw_distributions

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["view_monitor"]

_ROLES = ("baseline", "candidate")
_MOST_BARS = 60


def view_monitor(monitor: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the template asks for of one monitor; a stranger's has no charts."""
    summary = monitor.get("summary") or {}
    return {
        "monitor": monitor.get("monitor", ""),
        "status": monitor.get("status", ""),
        "line": monitor.get("line", ""),
        "alerts": [
            {"severity": alert.get("severity", ""), "message": alert.get("message", "")}
            for alert in monitor.get("alerts") or []
            if isinstance(alert, dict)
        ],
        "distribution": draw_distributions(_read_quantiles(summary), "milliseconds"),
        "bars": _list_bars(summary)[:_MOST_BARS],
    }


def _read_quantiles(summary: Mapping[str, Any]) -> dict[str, list[float]]:
    found = {}
    for role in _ROLES:
        own = summary.get(role)
        values = own.get("quantiles_ms") if isinstance(own, dict) else None
        if isinstance(values, list) and all(_is_number(value) for value in values):
            found[role] = values
    return found


def _list_bars(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return rows of a name, and a bar and a figure per role."""
    groups = summary.get("groups")
    if isinstance(groups, dict):
        rates = {
            name: {role: group.get(f"{role}_rate") for role in _ROLES}
            for name, group in groups.items()
            if isinstance(group, dict)
        }
        return [_make_bar(name, values, 1.0, percent=True) for name, values in rates.items()]
    own = [summary.get(role) for role in _ROLES]
    if not all(isinstance(one, dict) for one in own):
        return []
    return [*_list_costs(summary), *_list_error_types(summary)]


def _list_costs(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for name in ("cost_usd", "tokens_prompt", "tokens_completion"):
        values = {}
        for role in _ROLES:
            own = summary[role].get(name)
            if isinstance(own, dict) and _is_number(own.get("total")) and own.get("count"):
                values[role] = own["total"]
        if values:
            rows.append(_make_bar(name.replace("_", " "), values, max(values.values())))
    return rows


def _list_error_types(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    counts = {role: summary[role].get("by_type") for role in _ROLES}
    if not all(isinstance(one, dict) for one in counts.values()):
        return []
    names = sorted({name for one in counts.values() for name in one})
    most = max((n for one in counts.values() for n in one.values() if _is_number(n)), default=1)
    return [
        _make_bar(name, {role: counts[role].get(name, 0) for role in _ROLES}, most)
        for name in names
    ]


def _make_bar(
    name: str, values: Mapping[str, Any], most: float, *, percent: bool = False
) -> dict[str, Any]:
    plain = {role: value for role, value in values.items() if _is_number(value)}
    said = {
        role: f"{100 * value:.1f} %" if percent else f"{value:,.6g}"
        for role, value in plain.items()
    }
    return {"name": name, "svg": draw_bars(plain, most), "said": said}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
