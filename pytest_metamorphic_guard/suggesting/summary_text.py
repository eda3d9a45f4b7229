"""What the terminal shows of suggestions."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.suggesting.suggestion import write_percent

if TYPE_CHECKING:
    from pytest_metamorphic_guard.suggesting.suggestion import Found

__all__ = ["render_found"]

_MOST_SPARE = 8


def render_found(found: Found, width: int) -> list[str]:
    """Return the lines that say what was found, and how sure it is.

    Args:
        found: What was found.
        width: Most characters of a line.
    """
    said = f"{found.ground.function} of {found.specification}: inputs from {found.ground.said}"
    others = len(found.spare) + len(found.untried)
    counts = [f"{len(found.suggestions)} suggested", f"{others} hold too"]
    counts += [f"{count} {reason}" for reason, count in found.dropped.items()]
    lines = _wrap(said, width)
    lines += _wrap(f"{found.ideas} relations tried: {', '.join(counts)}", width)
    for note in found.notes:
        lines += _wrap(note, width)
    lines.append("")
    lines += _render_table(found, width)
    lines.append("")
    lines += _describe_mutants(found, width)
    if found.accepted:
        several = "these relations" if len(found.suggestions) > 1 else "this relation"
        lines += _wrap(f"{several} would also accept: {_name_accepted(found.accepted)}", width)
    adding = "and add nothing to these" if found.mutants else "on the sample"
    lines += _name_others(f"hold too, {adding}", found.spare, width)
    lines += _name_others("hold too, and did not run against changes", found.untried, width)
    lines += _wrap(f"found in {found.seconds:.0f} s", width)
    return lines


def _render_table(found: Found, width: int) -> list[str]:
    lines = ["  held  at most violate  by chance  notices  new  relation"]
    for one in found.suggestions:
        notices = f"{one.kills}/{found.mutants}" if found.mutants else "-"
        new = str(one.new) if found.mutants else "-"
        lines.append(
            f"{one.held:>6}{write_percent(one.most_violating):>17}{one.chance:>11.0%}"
            f"{notices:>9}{new:>5}  {one.idea.name}"[:width]
        )
    return lines


def _describe_mutants(found: Found, width: int) -> list[str]:
    if not found.mutants:
        return []
    lines = _wrap(
        f"together they notice {found.killed} of {found.mutants} small changes of "
        f"{found.ground.function}; {found.differing} of the others answer differently somewhere",
        width,
    )
    lines += [f"  {line}"[:width] for text in found.survivors for line in text.split("\n")]
    if found.differing:
        lines += _wrap(
            "what these relations miss, agreement=True in the Task finds where there is a baseline",
            width,
        )
    return lines


def _name_others(said: str, names: tuple[str, ...], width: int) -> list[str]:
    if not names:
        return []
    more = len(names) - _MOST_SPARE
    shown = ", ".join(names[:_MOST_SPARE]) + (f" and {more} more" if more > 0 else "")
    return _wrap(f"{said}: {shown}", width)


def _name_accepted(accepted: tuple[str, ...]) -> str:
    constants = [name for name in accepted if name.startswith("always ")]
    others = [name for name in accepted if name not in constants]
    more = ["other constants"] if len(constants) > 1 else []
    return ", ".join([*constants[:1], *more, *others])


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, subsequent_indent="  ", break_on_hyphens=False)
