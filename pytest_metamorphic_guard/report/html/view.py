"""What the page shows, read from a report: plain values with defaults where a key is missing.

A report may be an older one, or one that somebody has changed, so nothing here trusts its shape
beyond what its schema says, and every text is cleaned again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.texts import clean, clean_line, cut
from pytest_metamorphic_guard.report.html.charts import draw_interval, draw_rates
from pytest_metamorphic_guard.report.html.marking import mark
from pytest_metamorphic_guard.report.html.monitor_view import view_monitor
from pytest_metamorphic_guard.report.html.past_view import list_known, view_history, view_since
from pytest_metamorphic_guard.report.html.strength_view import list_accepted, view_strengths
from pytest_metamorphic_guard.report.html.why_view import view_why
from pytest_metamorphic_guard.statistics.binomial import clopper_pearson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["view_report"]

_MOST_VIOLATIONS = 500
_MOST_ROWS = 500
# Characters of one value, and of one value of each of all violations together.
_MOST_TEXT = 2_000
_LEAST_TEXT = 300
_ALL_TEXTS = 200_000
_WORDS = {
    "adopt": "Adopt",
    "reject": "Reject",
    "inconclusive": "Inconclusive",
}


def view_report(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the template asks for."""
    report = _clean(report)
    gate = report.get("gate") or {}
    decisions = gate.get("decisions") or []
    violations = report.get("violations") or []
    return {
        "outcome": gate.get("outcome") or _name_undecided(report),
        "word": _WORDS.get(gate.get("outcome", ""), "No decision"),
        "title": _name_run(report),
        "reason": gate.get("reason") or _say_undecided(report),
        "remedy": decisions[0].get("remedy") if decisions else None,
        "why": view_why(report),
        "facts": _list_facts(report, decisions),
        "ranking": [_rank(decision) for decision in decisions] if len(decisions) > 1 else [],
        "decisions": [_view_decision(decision) for decision in decisions],
        "items": [] if decisions else (report.get("items") or [])[:_MOST_ROWS],
        "violations": _view_violations(violations[:_MOST_VIOLATIONS]),
        "more_violations": max(0, len(violations) - _MOST_VIOLATIONS),
        "differences": (report.get("differences") or [])[:_MOST_ROWS],
        "monitors": [view_monitor(monitor) for monitor in report.get("monitors") or []],
        "strengths": view_strengths(report),
        "accepted": list_accepted(report),
        "tests": [test for test in report.get("tests") or [] if test.get("outcome") != "passed"],
        "known": list_known(report),
        "since": view_since(report),
        "history": view_history(report),
        "implementations": report.get("implementations") or [],
        "executors": report.get("executors") or [],
        "environment": _list_pairs(report.get("environment") or {}),
        "options": _list_pairs(report.get("options") or {}),
        "seed": report.get("seed"),
        "seed_source": report.get("seed_source", "given"),
        "started": (report.get("times") or {}).get("started_at", ""),
        "tool": " ".join(str(part) for part in (report.get("tool") or {}).values()),
    }


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_clean(part) for part in value]
    if isinstance(value, dict):
        return {clean_line(str(key)): _clean(part) for key, part in value.items()}
    return value


def _name_run(report: Mapping[str, Any]) -> str:
    names: dict[str, list[str]] = {"candidate": [], "baseline": []}
    for implementation in report.get("implementations") or []:
        names.setdefault(implementation["role"], []).append(implementation["specification"])
    adopted = (report.get("gate") or {}).get("adopt")
    candidates = [adopted] if adopted else names["candidate"]
    shown = ", ".join(candidates[:3]) or "no candidate"
    if len(candidates) > 3:  # noqa: PLR2004 - as many as a title holds
        shown = f"{shown} and {len(candidates) - 3} more"
    return f"{shown} in place of {names['baseline'][0]}" if names["baseline"] else shown


def _name_undecided(report: Mapping[str, Any]) -> str:
    return "reject" if _count_failed(report) else "none"


def _say_undecided(report: Mapping[str, Any]) -> str:
    if report.get("partial"):
        return "The run was cut short, so nothing was decided."
    failed, total = _count_failed(report), len(report.get("items") or [])
    holds = f"{total - failed} of {total} relations hold"
    return f"{holds}. No decision was asked for: --mg-gate decides."


def _count_failed(report: Mapping[str, Any]) -> int:
    return sum(item.get("outcome") in {"failed", "error"} for item in report.get("items") or [])


def _list_facts(report: Mapping[str, Any], decisions: list[Any]) -> list[tuple[str, str]]:
    tasks = decisions[0].get("tasks", []) if decisions else []
    pairs = [task["pairs"] for task in tasks if task.get("pairs")]
    facts = [("inputs", f"{sum(task.get('ran', 0) for task in tasks):,}")] if tasks else []
    if pairs:
        facts.append(("regressions", f"{sum(pair['regressions'] for pair in pairs):,}"))
        facts.append(("improvements", f"{sum(pair['improvements'] for pair in pairs):,}"))
    facts.append(("violations shown", f"{len(report.get('violations') or []):,}"))
    seconds = (report.get("times") or {}).get("duration_s")
    if seconds is not None:
        facts.append(("duration", f"{seconds:,.1f} s"))
    return facts


def _rank(decision: Mapping[str, Any]) -> dict[str, Any]:
    tasks = decision.get("tasks", [])
    pairs = [task["pairs"] for task in tasks if task.get("pairs")]
    return {
        "candidate": decision["candidate"],
        "outcome": decision["outcome"],
        "reason": decision["reason"],
        "passed": sum(task.get("passed", 0) for task in tasks),
        "ran": sum(task.get("ran", 0) for task in tasks),
        "regressions": sum(pair["regressions"] for pair in pairs) if pairs else None,
    }


def _view_decision(decision: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "candidate": decision["candidate"],
        "outcome": decision["outcome"],
        "reason": decision["reason"],
        "remedy": decision.get("remedy"),
        "notes": decision.get("notes") or [],
        "alerts": decision.get("alerts") or [],
        "tasks": [_view_task(task) for task in decision.get("tasks", [])],
    }


def _view_task(task: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **task,
        "rows": [
            _view_row(row, task.get("confidence") or 0.95)
            for row in (task.get("relations") or [])[:_MOST_ROWS]
        ],
        "more_rows": max(0, len(task.get("relations") or []) - _MOST_ROWS),
        "metrics": task.get("metrics") or [],
        "notes": task.get("notes") or [],
        "percent": round(100 * (task.get("confidence") or 0.95), 1),
    }


def _view_row(row: Mapping[str, Any], confidence: float) -> dict[str, Any]:
    ran, passed, pairs = row.get("ran", 0), row.get("passed", 0), row.get("pairs")
    rates = {}
    if ran:
        rates["candidate"] = _find_rate(passed, ran, confidence)
    if pairs and sum(pairs.values()):
        held = pairs["both_pass"] + pairs["regressions"]
        rates["baseline"] = _find_rate(held, sum(pairs.values()), confidence)
    interval = row.get("interval")
    drawn = ""
    if interval and pairs and ran:
        seen = (pairs["improvements"] - pairs["regressions"]) / max(1, sum(pairs.values()))
        drawn = draw_interval(interval["lower"], interval["upper"], seen)
    return {
        **row,
        "rates": draw_rates(rates) if rates else "",
        "said": {role: f"{100 * rate[0]:.1f} %" for role, rate in rates.items()},
        "difference": drawn,
        "verdict": row.get("verdict", ""),
    }


def _find_rate(held: int, ran: int, confidence: float) -> tuple[float, float, float]:
    interval = clopper_pearson(held, ran, confidence=confidence)
    return held / ran, interval.lower, interval.upper


def _view_violations(violations: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    # Where there are many, nobody reads all of each, and the page stays small.
    most = max(_LEAST_TEXT, min(_MOST_TEXT, _ALL_TEXTS // max(1, len(violations))))
    return [_view_violation(violation, most) for violation in violations]


def _view_violation(violation: Mapping[str, Any], most: int) -> dict[str, Any]:
    shown = dict(violation.get("shown") or {})
    calls = [
        _view_call({key: cut(text, most) if isinstance(text, str) else text for key, text in pairs})
        for pairs in (call.items() for call in shown.get("calls") or [])
    ]
    for key in ("explanation", "sentence"):
        if isinstance(shown.get(key), str):
            shown[key] = cut(shown[key], most)
    return {
        **violation,
        "shown": shown,
        "calls": calls,
        "has_baseline": any(call["baseline"] is not None for call in calls),
        "is_regression": violation.get("regression") is True,
    }


def _view_call(call: Mapping[str, Any]) -> dict[str, Any]:
    before, after = call.get("baseline"), call["candidate"]
    if before is None:
        return {**call, "candidate": [(after, False)], "baseline": None, "same": True}
    left, right = mark(before, after)
    return {**call, "baseline": left, "candidate": right, "same": before == after}


def _list_pairs(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (
            key.replace("_", " "),
            ", ".join(map(str, value)) if isinstance(value, list) else str(value),
        )
        for key, value in values.items()
        if value not in (None, [], {}, "")
    ]
