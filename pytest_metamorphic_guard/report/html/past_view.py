"""What the page shows of known violations, of what changed, and of the last runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.gate.plain import from_plain
from pytest_metamorphic_guard.report.html.charts import draw_history
from pytest_metamorphic_guard.report.run_in_brief import PastRun
from pytest_metamorphic_guard.report.since import Since
from pytest_metamorphic_guard.report.since_lines import list_changes

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["list_known", "view_history", "view_since"]

_MOST_ROWS = 500
_SAID = {
    "occurred": "occurred",
    "gone": "no longer occurs",
    "unmet": "not met",
    "expired": "expired",
}


def list_known(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the known violations that have something to say."""
    return [
        {
            "title": f"{one['task']}: {one['relation']}",
            "candidate": one.get("candidate") or "any",
            "status": _SAID[one["status"]],
            "css": "bad" if one["status"] == "expired" else "unsure",
            "covers": one.get("input") or one.get("condition") or "",
            "violated": f"{one['violated']} of {one['inputs']}",
            "reason": one["reason"],
            "ticket": one["ticket"],
            "expires": one["expires"],
        }
        for one in (report.get("known") or [])[:_MOST_ROWS]
        if one["status"] in _SAID
    ]


def view_since(report: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what changed since an earlier report; None where the run was not compared."""
    if not report.get("since"):
        return None
    since = from_plain(Since, report["since"])
    rows = list_changes(since)
    return {
        "file": since.file,
        "when": since.started_at[:16].replace("T", " "),
        "rows": rows[:_MOST_ROWS],
        "more": max(0, len(rows) - _MOST_ROWS),
    }


def view_history(report: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the last runs, the newest first, with their picture; None without any."""
    runs = [from_plain(PastRun, one) for one in (report.get("history") or [])[-_MOST_ROWS:]]
    if not runs:
        return None
    rates = [one.passed / one.ran if one.ran > 0 else None for one in runs]
    return {
        "chart": draw_history(rates, [one.violations for one in runs]),
        "rows": [
            {
                "when": one.started_at[:16].replace("T", " "),
                "outcome": one.outcome or "no decision",
                "candidates": ", ".join(one.candidates),
                "rate": "" if rate is None else f"{100 * rate:.2f} %",
                "violations": one.violations,
                "alerts": one.alerts,
            }
            for one, rate in reversed(list(zip(runs, rates, strict=True)))
        ],
    }
