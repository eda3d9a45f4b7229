"""What entries notice of small changes, as lines of the summary, and what accepts anything."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.texts import clean_line
from pytest_metamorphic_guard.contracts.titles import name_task
from pytest_metamorphic_guard.gate.phrases import count

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_metamorphic_guard.contracts.strengths import Accepted, Strength, TriedMutant
    from pytest_metamorphic_guard.report.tables import Tone

__all__ = [
    "describe_accepted",
    "describe_share",
    "describe_survivor",
    "list_survivors",
    "render",
    "render_basis",
]

_CELLS = (9, 17, 7)
_KEPT = "\N{NO-BREAK SPACE}"
_MOST_DIFFERING = 10
_MOST_SAME = 3


def describe_share(strength: Strength) -> str:
    """Return in a sentence what share of the changes was noticed."""
    if strength.share is None:
        found = f"none of {count(len(strength.mutants), 'small change')} changes an output"
        return found if strength.mutants else "no small change was tried"
    return (
        f"these relations notice {strength.share:.0%} of {count(strength.counted, 'small change')} "
        f"({strength.lower:.0%} to {strength.upper:.0%})"
    ).replace("%", " %")


def describe_accepted(accepted: Sequence[Accepted]) -> list[str]:
    """Return one line for each task whose entries an answer that does nothing satisfies."""
    return [
        clean_line(f"warning: {name_task(one.task, one.where)}: {one.said}") for one in accepted
    ]


def list_survivors(strength: Strength) -> list[TriedMutant]:
    """Return what nothing noticed, in the order in which to look at it.

    What differs from the original on most inputs comes first; what does the same, last.
    """
    survivors = [one for one in strength.mutants if one.status != "killed"]
    return sorted(survivors, key=lambda one: (one.status == "same", -(one.differs or 0)))


def describe_survivor(one: TriedMutant, strength: Strength) -> str:
    """Return what a survivor does, such as that it differs on an input and nothing noticed."""
    where = f"{strength.file}:{one.line}"
    if one.differs is None:
        return f"{where} changed, and nothing noticed"
    if one.differs == 0:
        return f"{where} the same on all {strength.inputs} inputs"
    return (
        f"{where} differs from the original on {one.example}, and nothing noticed "
        f"({one.said}; {one.differs} of {strength.inputs} inputs)"
    )


def render(
    strength: Strength, width: int, style: Callable[[str, Tone], str], *, shows_all: bool = False
) -> list[str]:
    """Return the table of a task, and what survived.

    Args:
        strength: What was measured.
        width: Columns.
        style: Colours a piece of a line by its tone.
        shows_all: Every survivor is shown, and not only those to look at first.
    """
    title = f"strength of {name_task(strength.task, strength.where)}: {describe_share(strength)}"
    lines = _wrap(title, width, "  ")
    lines[0] = style(lines[0], "bold")
    lines += _wrap(_describe_run(strength), width, "  ", first="  ")
    lines += _list_entries(strength, width)
    for said in strength.left_out:
        lines += _wrap(said, width, "    ", first="  ")
    survivors = list_survivors(strength)
    differing = [one for one in survivors if one.status == "survived"]
    same = [one for one in survivors if one.status == "same"]
    if differing:
        lines.append(style("  not noticed, what differs on most inputs first:", "warn"))
        lines += _list_some(differing, strength, width, None if shows_all else _MOST_DIFFERING)
    if same:
        lines.append("  set apart, for nobody has seen them make a difference:")
        lines += _list_some(same, strength, width, None if shows_all else _MOST_SAME)
    return [*lines, f"  measured in {strength.duration_s:.0f} s"]


def render_basis(
    strengths: Sequence[Strength],
    accepted: Sequence[Accepted],
    width: int,
    style: Callable[[str, Tone], str],
) -> list[str]:
    """Return what a decision rests on: how much its relations notice, and what they accept."""
    lines = []
    for one in strengths:
        task = f"{name_task(one.task, one.where)}: " if len(strengths) > 1 else ""
        lines += _wrap(f"{task}{describe_share(one)}", width, "  ")
    for said in describe_accepted(accepted):
        lines += [style(line, "warn") for line in _wrap(said, width, "  ")]
    return lines


def _describe_run(strength: Strength) -> str:
    tried, possible = len(strength.mutants), strength.possible
    drawn = f"{tried} of {possible} possible changes" if tried < possible else f"{tried} changes"
    ways = [one.how for one in strength.mutants if one.how is not None]
    run = f"seed {strength.seed}, {count(strength.inputs, 'input')}"
    parts = [f"{drawn} of {strength.implementation} ({run}): {len(ways)} noticed"]
    others = [
        f"{ways.count(way)} by {said} alone"
        for way, said in (("exception", "an exception"), ("limit", "a limit"))
        if way in ways
    ]
    if ways:
        parts.append(", ".join([f"{ways.count('relation')} by what an entry says", *others]))
    if strength.equal:
        parts.append(f"{strength.equal} more compile to the same")
    return "; ".join(parts)


def _list_entries(strength: Strength, width: int) -> list[str]:
    if not strength.entries:
        return []
    name_width = min(
        max(len(clean_line(one.entry)) for one in strength.entries) + 4,
        width - sum(_CELLS),
    )
    titles = _align(("notices", "by what it says", "alone"))
    lines = [f"{'  entry':{name_width}}{titles}"]
    for one in strength.entries:
        name = clean_line(one.entry)
        name = name if len(name) <= name_width - 3 else f"{name[: name_width - 6]}..."
        cells = _align((str(one.kills), str(one.relation), str(one.alone)))
        lines.append(f"  {name:{name_width - 2}}{cells}")
    return lines


def _list_some(
    survivors: Sequence[TriedMutant], strength: Strength, width: int, most: int | None
) -> list[str]:
    lines = []
    for one in survivors[:most]:
        lines += _wrap(describe_survivor(one, strength), width, "    ", first="  ")
        lines += [_cut(f"      {line}", width) for line in one.diff.split("\n")]
    if most is not None and len(survivors) > most:
        lines.append(f"  ... and {len(survivors) - most} more: -v shows all")
    return lines


def _align(cells: Sequence[str]) -> str:
    return "".join(f"{cell:>{size}}" for cell, size in zip(cells, _CELLS, strict=True))


def _wrap(text: str, width: int, indent: str, *, first: str = "") -> list[str]:
    # A figure and what it is in percent of stay in one line.
    wrapped = textwrap.wrap(
        clean_line(text).replace(" %", f"{_KEPT}%"),
        width,
        initial_indent=first,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )
    return [line.replace(_KEPT, " ") for line in wrapped] or [""]


def _cut(text: str, width: int) -> str:
    line = clean_line(text)
    return line if len(line) <= width else f"{line[: width - 3]}..."
