"""The decision on one screen of a terminal: relations, monitors, the outcome and its reason."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from pytest_metamorphic_guard.contracts.texts import clean_line
from pytest_metamorphic_guard.gate.other_answers import is_about_answers
from pytest_metamorphic_guard.report.tables import (
    MonitorLine,
    Tone,
    clean,
    count_pairs,
    find_tone,
    format_metric,
    format_row,
    name_interval,
    sum_up,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_metamorphic_guard.gate.decision import Decision, TaskDecision
    from pytest_metamorphic_guard.gate.ranking import Ranking

__all__ = ["Screen", "leave_plain", "render_summary"]

_T = TypeVar("_T")

_CELLS = (8, 8, 5, 5, 16)
_METRIC_CELLS = (10, 10, 11, 20)
_CANDIDATE_CELLS = (9, 10, 10, 8)
_NAME_LEAST = 12
_VERDICT = 13
_REASON_LINES = 4
_FEWEST_ROWS = 3
_MOST_MONITORS = 5
_MOST_METRICS = 4
_MOST_EXPLAINED = 3
_MONITOR_NAME = 20
_FINE = frozenset({"ok", "improved", "passed"})


def leave_plain(text: str, tone: Tone) -> str:  # noqa: ARG001 - the signature of a style
    """Return the text as it is: the style of a terminal without colour."""
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What is written to.

    Attributes:
        width: Columns, at least 60.
        height: Lines; rows that say nothing new give way first.
        quiet: Only the outcome and its reason.
        style: Colours a piece of a line; it gets the text, already padded, and its tone.
    """

    width: int = 80
    height: int = 24
    quiet: bool = False
    style: Callable[[str, Tone], str] = leave_plain


@dataclass(frozen=True, slots=True)
class _Line:
    """A line, cut so that its middle piece can be coloured."""

    before: str
    toned: str = ""
    tone: Tone = "dim"
    after: str = ""

    def paint(self, style: Callable[[str, Tone], str]) -> str:
        middle = style(self.toned, self.tone) if self.toned else ""
        # Wrapping may have brought to the front what a CI service takes for a command.
        return f"{clean_line(self.before)}{middle}{self.after}".rstrip()


def render_summary(
    ranking: Ranking, monitors: Sequence[MonitorLine] = (), screen: Screen | None = None
) -> list[str]:
    """Return the lines of the summary; one candidate is a ranking of one."""
    screen = screen or Screen()
    conclusion = _conclude(ranking, screen.width)
    lines = conclusion
    if ranking.decisions and not screen.quiet:
        watched = _list_monitors(monitors, screen.width)
        candidates = _list_candidates(ranking, screen.width)
        metrics = _list_metrics(ranking.decisions[0], screen.width)
        room = screen.height - sum(map(len, (conclusion, watched, candidates, metrics)))
        tables = _list_tasks(ranking.decisions[0], screen.width, room)
        lines = [*candidates, *tables, *metrics, *watched, *conclusion]
    return [line.paint(screen.style) for line in lines]


def _conclude(ranking: Ranking, width: int) -> list[_Line]:
    head = ranking.outcome.value.upper() + ":"
    first, *rest = _wrap(f"{head} {clean(ranking.reason)}", width, _REASON_LINES)
    lines = [_Line("", head, find_tone(ranking.outcome.value), first[len(head) :])]
    lines += [_Line(line) for line in rest]
    remedy = ranking.decisions[0].remedy if ranking.decisions else None
    if remedy:
        lines += [_Line(line) for line in _wrap(f"to settle it: {clean(remedy)}", width, 3)]
    for said in _list_warnings(ranking):
        lines += [_Line("", line, "warn") for line in _wrap(said, width, _REASON_LINES)]
    return lines


def _list_warnings(ranking: Ranking) -> list[str]:
    """Return what who adopts should know, although it decided nothing."""
    return [
        f"warning: {clean(f'{task.task}: {note}')}"
        for decision in ranking.decisions[:1]
        if decision.adopt
        for task in decision.tasks
        for note in task.notes
        if is_about_answers(note)
    ]


def _list_candidates(ranking: Ranking, width: int) -> list[_Line]:
    """Return the table of several candidates; nothing for one."""
    if len(ranking.decisions) == 1:
        return []
    name_width = width - sum(_CANDIDATE_CELLS) - 2 - len("inconclusive")
    titles = _align(("passed", "regressed", "improved", "alerts"), _CANDIDATE_CELLS)
    lines = [_Line(f"{'candidate':{name_width}}{titles}  outcome")]
    for decision in ranking.decisions:
        alerts = sum(alert.severity != "info" for alert in decision.alerts)
        cells = _align((*count_pairs(decision), str(alerts)), _CANDIDATE_CELLS)
        name = _shorten(clean(decision.candidate), name_width - 1)
        outcome = decision.outcome.value
        lines.append(_Line(f"{name:{name_width}}{cells}  ", outcome, find_tone(outcome)))
    lines += _explain_outcomes(ranking.decisions[1:], width)
    first = clean(ranking.decisions[0].candidate)
    lines.append(_Line(_shorten(f"relations of {first}:", width)))
    return lines


def _explain_outcomes(decisions: Sequence[Decision], width: int) -> list[_Line]:
    """Say of candidates why they are not adopted, where their rows look as if they could be."""
    unclear = [
        decision
        for decision in decisions
        if not (decision.adopt or decision.alerts) and count_pairs(decision)[1] in ("0", "-")
    ]
    lines = []
    for decision in unclear[:_MOST_EXPLAINED]:
        whose, reason = clean(decision.candidate), clean(decision.reason)
        said = reason if reason.startswith(f"candidate {whose}: ") else f"{whose}: {reason}"
        lines += [_Line(line) for line in _wrap(said, width, 2)]
    if len(unclear) > _MOST_EXPLAINED:
        lines.append(_Line(f"... and {len(unclear) - _MOST_EXPLAINED} more (--mg-report has all)"))
    return lines


def _list_tasks(decision: Decision, width: int, room: int) -> list[_Line]:
    if not any(task.relations for task in decision.tasks):
        return []
    name_width = max(_NAME_LEAST, width - sum(_CELLS) - _VERDICT - 2)
    titles = _align(("baseline", "new", "-", "+", "difference"), _CELLS)
    lines = [_Line(f"{'relation':{name_width}}{titles}  verdict")]
    rows = [
        (task, _write_row(clean(row.relation), format_row(row), name_width))
        for task in decision.tasks
        for row in task.relations
    ]
    if len(rows) + len(decision.tasks) < room:
        for task in decision.tasks:
            lines.append(_Line(_shorten(sum_up(task), width)))
            lines += [line for owner, line in rows if owner is task]
        return lines
    # Where not everything fits, titles and what is fine give way.
    rows.sort(key=lambda row: row[1].toned in _FINE)
    kept = max(_FEWEST_ROWS, room - 2)
    lines += [line for _, line in rows[:kept]]
    hidden = [line for _, line in rows[kept:]]
    if hidden:
        lines.append(_Line(_say_hidden(hidden, decision.tasks)))
    return lines


def _list_metrics(decision: Decision, width: int) -> list[_Line]:
    rows = [row for task in decision.tasks for row in task.metrics]
    if not rows:
        return []
    name_width = max(_NAME_LEAST, width - sum(_METRIC_CELLS) - _VERDICT - 2)
    titles = _align(("baseline", "new", "mean diff.", name_interval(rows)), _METRIC_CELLS)
    lines = [_Line(f"{'metric':{name_width}}{titles}")]
    shown = _take(rows, _MOST_METRICS)
    lines += [
        _write_row(clean(row.metric), format_metric(row), name_width, _METRIC_CELLS)
        for row in shown
    ]
    if len(shown) < len(rows):
        lines.append(_Line(f"  ... and {len(rows) - len(shown)} more metrics"))
    return lines


def _write_row(
    name: str, cells: tuple[str, ...], name_width: int, sizes: Sequence[int] = _CELLS
) -> _Line:
    label = "  " + _shorten(name, name_width - 3)
    verdict = cells[-1]
    before = f"{label:{name_width}}{_align(cells[:-1], sizes)}  "
    return _Line(before, verdict, find_tone(verdict))


def _say_hidden(hidden: list[_Line], tasks: Sequence[TaskDecision]) -> str:
    fine = sum(line.toned in _FINE for line in hidden)
    among = f" of {len(tasks)} tasks" if len(tasks) > 1 else ""
    others = f" and {len(hidden) - fine} that are not" if fine < len(hidden) else ""
    return f"  ... and {fine} more{among} that are fine{others}"


def _list_monitors(monitors: Sequence[MonitorLine], width: int) -> list[_Line]:
    if not monitors:
        return []
    shown = _take(sorted(monitors, key=lambda line: line.status in _FINE), _MOST_MONITORS)
    name_width = min(_MONITOR_NAME, max(len(clean(line.monitor)) for line in shown))
    lines = [_Line("monitors")]
    for entry in shown:
        name = _shorten(clean(entry.monitor), name_width)
        status = f"{entry.status:6}"
        text = _shorten(clean(entry.text), width - name_width - len(status) - 6)
        lines.append(
            _Line(f"  {name:{name_width}}  ", status, find_tone(entry.status), f"  {text}")
        )
    if len(monitors) > len(shown):
        lines.append(_Line(f"  ... and {len(monitors) - len(shown)} more monitors"))
    return lines


def _take(entries: Sequence[_T], most: int) -> Sequence[_T]:
    """Return all entries if they are few, else leave a line to say how many more there are."""
    return entries if len(entries) <= most else entries[: most - 1]


def _align(cells: Sequence[str], sizes: Sequence[int]) -> str:
    return "".join(f"{cell:>{size}}" for cell, size in zip(cells, sizes, strict=True))


def _wrap(text: str, width: int, most: int) -> list[str]:
    # An option such as --mg-n stays in one piece, to be copied.
    return textwrap.wrap(
        text,
        width,
        subsequent_indent="  ",
        max_lines=most,
        placeholder=" ...",
        break_on_hyphens=False,
    ) or [""]


def _shorten(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(0, width - 3)] + "..."
