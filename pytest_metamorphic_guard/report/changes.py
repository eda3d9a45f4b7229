"""Parts of two values that an expectation refused: each as a line, their number, the largest."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.report.text_differences import find_character, show_part
from pytest_metamorphic_guard.report.values import to_source
from pytest_metamorphic_guard.values.lookup import find_kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_metamorphic_guard.report.expected_parts import Refusal

__all__ = [
    "MOST_ASKED",
    "Change",
    "Total",
    "describe_change",
    "list_pairs",
    "shorten",
    "shorten_text",
    "write_changes",
]

# Of more parts than these nobody is asked.
MOST_ASKED = 30_000
_SHOWN = 3
_MOST_LEVELS = 12


@dataclass(frozen=True, slots=True)
class Change:
    """One part that was refused.

    Attributes:
        path: Where it is in both values.
        first: What the first value has there.
        second: What the second has.
    """

    path: str
    first: Any
    second: Any


@dataclass(frozen=True, slots=True)
class Total:
    """What refused parts are counted in.

    Attributes:
        words: As ``of 20 elements``.
        all_asked: Whether all parts were asked about: there may be more than were found.
        first: Whether the number stands first, even where it is one.
    """

    words: str
    all_asked: bool = True
    first: bool = False


def write_changes(changes: list[Change], total: Total, refusal: Refusal, width: int) -> list[str]:
    """Write the first of the refused parts, and of several how many there are and the largest.

    Args:
        changes: What was refused, in order.
        total: What they are counted in.
        refusal: Who refused.
        width: Columns of a line.
    """
    lines = [describe_change(change, refusal, width) for change in changes[:_SHOWN]]
    if changes and (len(changes) > _SHOWN or total.first or refusal.words != "differ"):
        least = "" if total.all_asked else "at least "
        counted = f"{least}{len(changes)} {total.words} {refusal.words}"
        lines.insert(0 if total.first else len(lines), counted)
    if len(changes) > 1:
        largest = _find_largest(changes)
        if largest is not None:
            head = "the largest: "
            lines.append(head + describe_change(largest, refusal, width - len(head)))
    return lines


def describe_change(change: Change, refusal: Refusal, width: int) -> str:
    """Say in one line what becomes of a part, or of the first refused part of it."""
    path, first, second = change.path, change.first, change.second
    head = f"{path} " if path else ""
    room = max(12, (width - len(head) - len(" becomes ")) // 2)
    texts = to_source(first), to_source(second)
    if max(map(len, texts)) > room:
        inner = _find_inner(first, second, refusal)
        if inner is not None and len(path) < width // 3:
            return describe_change(
                Change(path + inner.path, inner.first, inner.second), refusal, width
            )
        if isinstance(first, str) and isinstance(second, str):
            start = max(0, find_character(first, second) - 4)
            texts = show_part(first, start, room), show_part(second, start, room)
        elif _is_sequence(first, second) and len(first) != len(second):
            return f"{head}{len(first)} elements become {len(second)}"
    shown = [shorten_text(text, room) for text in texts]
    if shown[0] == shown[1] and texts[0] != texts[1]:
        # Both begin in the same way: what is shown begins shortly before they differ.
        start = max(0, find_character(*texts) - room // 2)
        shown = [shorten_text("..." * (start > 0) + text[start:], room) for text in texts]
    return f"{head}{shown[0]} becomes {shown[1]}"[:width]


def shorten(value: object, room: int) -> str:
    """Return a value as source of at most ``room`` characters, dots in the place of its end."""
    return shorten_text(to_source(value), room)


def shorten_text(text: str, room: int) -> str:
    """Return a text of at most ``room`` characters, dots in the place of its end."""
    return text if len(text) <= room else text[: room - 3] + "..."


def _find_largest(changes: list[Change]) -> Change | None:
    """Return the two numbers that are farthest from each other, at any depth."""
    found, size = None, -1.0
    asked = 0
    for change in changes:
        for leaf in _list_numbers(change, 0):
            asked += 1
            distance = _measure(leaf.first, leaf.second)
            if distance > size:
                found, size = leaf, distance
        if asked > MOST_ASKED:
            break
    return found


def _list_numbers(change: Change, level: int) -> Iterator[Change]:
    if _is_number(change.first) and _is_number(change.second):
        yield change
    elif level < _MOST_LEVELS:
        for part in _list_parts(change.first, change.second):
            yield from _list_numbers(
                Change(change.path + part.path, part.first, part.second), level + 1
            )


def _is_number(value: object) -> bool:
    return type(value).__name__ in ("int", "float", "complex", "Decimal", "Fraction")


def _measure(first: Any, second: Any) -> float:
    try:
        distance = float(abs(second - first))
    except (ArithmeticError, TypeError, ValueError):
        try:
            distance = abs(float(second) - float(first))
        except (ArithmeticError, TypeError, ValueError):
            return math.inf
    # nan is farther from a number than any other.
    same_nan = first != first and second != second  # noqa: PLR0124 - nan differs from itself
    return (-1.0 if same_nan or first == second else math.inf) if math.isnan(distance) else distance


def _find_inner(first: Any, second: Any, refusal: Refusal) -> Change | None:
    """Return the first part that is refused, if only parts are."""
    return next((p for p in _list_parts(first, second) if refusal.refuses(p.first, p.second)), None)


def _list_parts(first: Any, second: Any) -> Iterable[Change]:
    if _is_sequence(first, second) and len(first) == len(second):
        return (Change(f"[{i}]", a, b) for i, (a, b) in enumerate(zip(first, second, strict=True)))
    if isinstance(first, dict) and isinstance(second, dict) and first.keys() == second.keys():
        return (Change(f"[{shorten(key, 20)}]", a, second[key]) for key, a in first.items())
    return list_pairs(first, second)


def list_pairs(first: Any, second: Any) -> Iterable[Change]:
    """Return the parts that belong together of two values whose kind can tell."""
    kind, other = find_kind(type(first)), find_kind(type(second))
    if kind is None or kind.pair is None or other is None or other.pair is not kind.pair:
        return ()
    return (Change(*part) for part in kind.pair(first, second))


def _is_sequence(first: object, second: object) -> bool:
    return isinstance(first, list | tuple) and type(first) is type(second)
