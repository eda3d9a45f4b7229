"""What changed since an earlier report, and the last runs, as lines of a terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.texts import clean_line
from pytest_metamorphic_guard.gate.phrases import count, points

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.report.run_in_brief import PastRun
    from pytest_metamorphic_guard.report.since import MonitorChange, RateChange, Since

__all__ = ["describe_changes", "describe_history", "list_changes"]

_MOST = 20
_MOST_RUNS = 10
_INDENT = 13


def list_changes(since: Since) -> list[tuple[str, str]]:
    """Return what changed as a word and a text each: none where nothing did."""
    found = []
    if since.before != since.now:
        found.append(("decision", f"{since.before or 'none'}, now {since.now or 'none'}"))
    for word, changes in (("new", since.new), ("gone", since.gone), ("unknown", since.unknown)):
        for one in changes:
            note = f" ({one.note})" if one.note else ""
            said = {
                "new": f"{one.entry} is violated for {one.input}{note}",
                "gone": f"{one.entry} holds; it was violated for {one.input}",
                "unknown": f"{one.entry} was violated, and did not run to its end",
            }
            found.append((word, said[word]))
    if since.unchanged:
        names = ", ".join(one.entry for one in since.unchanged)
        found.append(("unchanged", f"{count(len(since.unchanged), 'violation')}: {names}"))
    found += [("rate", _say_rate(rate)) for rate in since.rates if rate.changed]
    found += [("monitor", _say_monitor(one)) for one in since.monitors if one.changed]
    return found


def describe_changes(since: Since, width: int) -> list[str]:
    """Return the lines of the terminal."""
    when = since.started_at[:16].replace("T", " ")
    head = f"since {since.file}" + (f" of {when}" if when else "")
    found = list_changes(since)
    if not any(word != "unchanged" for word, _ in found):
        found.insert(0, ("", "nothing changed"))
    lines = [clean_line(f"{head}:")]
    for word, text in found[:_MOST]:
        lines += textwrap.wrap(
            clean_line(text),
            width,
            initial_indent=f"  {word:<{_INDENT - 2}}",
            subsequent_indent=" " * _INDENT,
            break_on_hyphens=False,
        )
    if len(found) > _MOST:
        lines.append(f"  ... and {len(found) - _MOST} more, in the report")
    return lines


def describe_history(runs: Sequence[PastRun], folder: str, width: int) -> list[str]:
    """Return one line per run, oldest first."""
    lines = [clean_line(f"last runs ({folder}):")]
    for run in runs[-_MOST_RUNS:]:
        when = run.started_at[:16].replace("T", " ")
        rate = f"{100 * run.passed / run.ran:6.2f} % of {run.ran:,}" if run.ran else "no rate"
        alerts = f", {count(run.alerts, 'alert')}" if run.alerts else ""
        line = (
            f"  {when}  {run.outcome or 'no decision':12} {rate}, "
            f"{count(run.violations, 'violation')}{alerts}, {', '.join(run.candidates)}"
        )
        line = clean_line(line)
        lines.append(line if len(line) <= width else line[: width - 3] + "...")
    return lines


def _say_rate(rate: RateChange) -> str:
    then = _say_share(rate.passed_before, rate.ran_before)
    now = _say_share(rate.passed, rate.ran)
    said = f"{rate.entry} holds on {now}, then {then}"
    if rate.pairs is None or rate.interval is None:
        return f"{said}; other inputs"
    lower, upper = points(rate.interval.lower), points(rate.interval.upper)
    return (
        f"{said}; on the same inputs {rate.pairs.regressions} worse and "
        f"{rate.pairs.improvements} better, {points(rate.pairs.difference)} points "
        f"({lower} to {upper} at 95 %)"
    )


def _say_share(passed: int, ran: int) -> str:
    return f"{passed} of {ran} ({100 * passed / ran:.3g} %)" if ran else "no input"


def _say_monitor(change: MonitorChange) -> str:
    if not change.before or not change.now:
        there = f"only now: {change.now}" if change.now else "not in this run"
        return f"{change.monitor} {there}"
    said = f"{change.monitor} {change.now}"
    if change.before != change.now:
        said += f", then {change.before}"
    said += "".join(f"; new: {message}" for message in change.new)
    return said + "".join(f"; gone: {message}" for message in change.gone)
