"""What the terminal and the Markdown summary show alike: cells of tables, and one line of text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pytest_metamorphic_guard.contracts.texts import clean_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.gate.decision import Decision, TaskDecision
    from pytest_metamorphic_guard.gate.rows import MetricRow, RelationRow

__all__ = [
    "MonitorLine",
    "Tone",
    "clean",
    "count_pairs",
    "find_tone",
    "format_metric",
    "format_rate",
    "format_row",
    "name_interval",
    "sum_up",
]

Tone = Literal["good", "bad", "warn", "dim", "bold"]

_CONTROL = re.compile(r"(?:\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x1f\x7f-\x9f\s])+")
_TONES: dict[str, Tone] = {
    "adopt": "good",
    "reject": "bad",
    "inconclusive": "warn",
    "passed": "good",
    "failed": "bad",
    "warned": "warn",
    "ok": "good",
    "improved": "good",
    "regressed": "bad",
    "violated": "bad",
    "worse": "bad",
    "too low": "bad",
}


@dataclass(frozen=True, slots=True)
class MonitorLine:
    """One monitor in one line.

    Attributes:
        monitor: Its identifier.
        status: What its synthetic item concluded.
        text: What it measured, or what it raised an alert about.
    """

    monitor: str
    status: Literal["passed", "warned", "failed", "undecided"]
    text: str


def find_tone(word: str) -> Tone:
    """Return how a verdict, an outcome or a status is to be coloured."""
    return _TONES.get(word, "warn")


def clean(text: str) -> str:
    """Return text as one line without control characters, which a stranger's text may hold."""
    return clean_line(_CONTROL.sub(" ", text).strip())


def format_rate(passed: int, ran: int) -> str:
    """Return a pass rate; 100 % is written only where all passed, 0 % only where none did."""
    if not ran:
        return "-"
    percent = 100.0 * passed / ran
    shown = f"{percent:.1f}"
    if shown == "100.0" and passed < ran:
        shown = ">99.9"
    elif shown == "0.0" and passed:
        shown = "<0.1"
    return f"{shown.removesuffix('.0')} %"


def format_row(row: RelationRow) -> tuple[str, ...]:
    """Return the cells of one relation: rates, regressions, improvements, interval, verdict."""
    rate = format_rate(row.passed, row.ran)
    if row.pairs is None:
        return ("-", rate, "-", "-", "-", row.verdict)
    pairs = row.pairs
    interval = "-"
    if row.interval is not None:
        interval = f"{100 * row.interval.lower:+.1f} to {100 * row.interval.upper:+.1f}"
    return (
        format_rate(pairs.baseline_passed, pairs.total),
        rate,
        str(pairs.regressions),
        str(pairs.improvements),
        interval,
        row.verdict,
    )


def format_metric(row: MetricRow) -> tuple[str, ...]:
    """Return the cells of one metric: both roles, the mean paired difference, its interval."""
    interval = "-"
    if row.mean_interval is not None:
        lower, upper = row.mean_interval.lower, row.mean_interval.upper
        interval = f"{lower:+.3g} to {upper:+.3g}"
    return (
        *("-" if value is None else f"{value:.4g}" for value in (row.baseline, row.candidate)),
        "-" if row.mean_difference is None else f"{row.mean_difference:+.3g}",
        interval,
        _judge_metric(row),
    )


def name_interval(rows: Sequence[MetricRow]) -> str:
    """Return the title of the intervals of means: with their confidence, where it is one."""
    found = {row.confidence for row in rows}
    return f"{100 * found.pop():g} % interval" if len(found) == 1 else "its interval"


def _judge_metric(row: MetricRow) -> str:
    """Say whether the interval of the mean difference excludes zero; it decides nothing."""
    interval = row.mean_interval
    if interval is None:
        return "-"
    if not row.changed:
        return "no change"
    lower, upper = interval.lower, interval.upper
    if not row.higher_is_better:
        lower, upper = -upper, -lower
    if lower > 0:
        return "better"
    return "worse" if upper < 0 else "unclear"


def sum_up(task: TaskDecision) -> str:
    """Return one line about how many inputs a task ran and what was asked of it."""
    skipped = f", {task.skipped} skipped" if task.skipped else ""
    stopped = f", decided after {task.stopped}" if task.stopped is not None else ""
    against = f" against {task.baseline}" if task.baseline is not None else ""
    inputs = f"{task.ran} of {task.planned} inputs{skipped}{stopped}"
    return clean(f"{task.task}{against}: {inputs}; {task.policy}")


def count_pairs(decision: Decision) -> tuple[str, ...]:
    """Return a candidate's cells: passed, regressions and improvements over all of its tasks."""
    rate = format_rate(sum(t.passed for t in decision.tasks), sum(t.ran for t in decision.tasks))
    paired = [task for task in decision.tasks if task.pairs is not None]
    if not paired:
        return (rate, "-", "-")
    # The bound also counts inputs on which a relation regressed while another fails for both.
    regressed = sum(task.bound.observed for task in paired if task.bound is not None)
    improved = sum(task.pairs.improvements for task in paired if task.pairs is not None)
    return (rate, str(regressed), str(improved))
