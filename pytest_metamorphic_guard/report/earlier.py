"""What a report says that a later one is compared with, whoever wrote it: nothing is trusted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_metamorphic_guard.contracts.texts import clean_line, clean_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Earlier", "PastMonitor", "PastSample", "read_earlier"]

_OUTCOMES = ("adopt", "reject", "inconclusive")
_LONGEST = 200
_MOST = 100_000


class PastSample(NamedTuple):
    """How a sample came out: what tells it from others, and a sign for every input."""

    sha256: str
    held: str


class PastMonitor(NamedTuple):
    """What a monitor concluded: its status, its line, and the messages of its alerts by type."""

    status: str
    line: str
    alerts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A report, as far as it is compared.

    Attributes:
        started_at: When its run began.
        outcome: What was decided; None where nothing was.
        candidates: The candidates.
        violations: The violated inputs, by what was violated.
        held: What ran and was not violated.
        samples: How samples came out, by what was checked.
        rates: On how many inputs it held for the candidate, and how many ran, by the same.
        monitors: What monitors concluded.
        alerts: Number of alerts that are no mere information.
    """

    started_at: str
    outcome: str | None
    candidates: tuple[str, ...]
    violations: Mapping[str, str]
    held: frozenset[str]
    samples: Mapping[str, PastSample]
    rates: Mapping[str, tuple[int, int]]
    monitors: Mapping[str, PastMonitor]
    alerts: int


def read_earlier(document: object) -> Earlier:
    """Read a report.

    Raises:
        ValueError: It is none, or of a later kind; the message goes on after its name.
    """
    version = document.get("report_version") if isinstance(document, dict) else None
    is_report = isinstance(document, dict) and isinstance(version, str)
    if not is_report:
        raise ValueError("is no report written by --mg-report")
    assert isinstance(document, dict)  # it is a report
    assert isinstance(version, str)  # the same
    if version.partition(".")[0] != "1":
        raise ValueError(f"is a report of version {clean_name(version)}, and 1.x is read here")
    if "shard" in document:
        raise ValueError("is the report of one shard: merge all of them")
    try:
        return _read(document)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise ValueError("is a damaged report") from None


def _read(document: Mapping[str, Any]) -> Earlier:
    items = _list_dicts(document["items"])
    violated = _list_dicts(document["violations"])
    names = _name_nodes(str(one["node_id"]) for one in (*items, *violated))
    violations = {names[str(v["node_id"])]: _name_input(v["source_input"]) for v in violated}
    held = {names[str(one["node_id"])] for one in items if _has_held(one)} - set(violations)
    samples = {
        name: PastSample(_cut(one["sha256"]), str(one["held"]))
        for one in _list_dicts(document.get("samples", []))
        if (name := names.get(str(one["node_id"]))) is not None
    }
    gate = document.get("gate") or {}
    monitors = {
        _cut(one["monitor"]): PastMonitor(
            _cut(one["status"]),
            _cut(one.get("line", "")),
            {
                _cut(alert.get("type", "alert")): _cut(alert.get("message", ""))
                for alert in _list_dicts(one.get("alerts", []))
                if alert.get("severity") != "info"
            },
        )
        for one in _list_dicts(document.get("monitors", []))
    }
    outcome = gate.get("outcome")
    return Earlier(
        started_at=_cut((document.get("times") or {}).get("started_at", "")),
        outcome=outcome if outcome in _OUTCOMES else None,
        candidates=tuple(
            _cut(one["specification"])
            for one in _list_dicts(document.get("implementations", []))
            if one.get("role") == "candidate"
        ),
        violations=violations,
        held=frozenset(held),
        samples=samples,
        rates=_find_rates(samples, gate),
        monitors=monitors,
        alerts=sum(len(monitor.alerts) for monitor in monitors.values()),
    )


def _has_held(item: Mapping[str, Any]) -> bool:
    # What is excused by a file is skipped to pytest, and ran.
    return item["outcome"] == "passed" or (item["outcome"] == "skipped" and int(item["cases"]) > 0)


def _find_rates(
    samples: Mapping[str, PastSample], gate: Mapping[str, Any]
) -> dict[str, tuple[int, int]]:
    rates = {}
    for name, sample in samples.items():
        passed = sample.held.count("1")
        rates[name] = passed, passed + sample.held.count("0")
    decisions = _list_dicts(gate.get("decisions", []))
    # A report before 1.2 has no samples; of several candidates its rows have other names.
    if rates or len(decisions) != 1:
        return rates
    for task in _list_dicts(decisions[0]["tasks"]):
        for row in _list_dicts(task["relations"]):
            rates[_cut(f"{task['task']}::{row['relation']}")] = int(row["passed"]), int(row["ran"])
    return rates


def _name_nodes(nodes: Iterable[str]) -> dict[str, str]:
    """Name items by task and entry, and by their file as well where that is needed."""
    named = {}
    for node in dict.fromkeys(nodes):
        head, bracket, rest = node.partition("[")
        named[node] = "::".join(head.split("::")[-2:]) + bracket + rest
    often = Counter(named.values())
    return {node: _cut(name if often[name] == 1 else node) for node, name in named.items()}


def _list_dicts(value: object) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise TypeError("expected a list of objects")
    return value[:_MOST]


def _name_input(value: object) -> str:
    """Return an input as failure texts name it: of one source its arguments."""
    text = _cut(value)
    return text[1:-2] if text.startswith("((") and text.endswith("),)") else text


def _cut(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("expected a text")
    return clean_line(value, _LONGEST)
