"""Where two long values differ, for values that are not read at a glance."""

from __future__ import annotations

import difflib
import heapq
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.deciding import Undecidable
from pytest_metamorphic_guard.contracts.values import Record
from pytest_metamorphic_guard.report.values import to_source

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["describe_difference"]

_LONG_TEXT = 60
_SHOWN = 3
_MANY_MEMBERS = 10
_DIFFERENT_LINES = 200
_NEAR = 100_000
_MOST_CELLS = 100_000


def describe_difference(  # noqa: PLR0911 - one answer per kind of value
    first: object, second: object, width: int
) -> list[str]:
    """Say in lines of at most ``width`` characters where two long values differ."""
    if type(first).__name__ == type(second).__name__ == "ndarray":
        return _describe_arrays(first, second, width)
    if not _differ(first, second):
        return []
    if isinstance(first, str) and isinstance(second, str):
        return _describe_texts(first, second, width)
    if isinstance(first, set | frozenset) and isinstance(second, set | frozenset):
        return _describe_sets(first, second, width)
    if len(to_source(first)) + len(to_source(second)) < 2 * _LONG_TEXT:
        return []
    if isinstance(first, list | tuple) and type(first) is type(second):
        return _describe_sequences(first, second, width)
    if isinstance(first, dict) and isinstance(second, dict):
        return _describe_mappings(first, second, width)
    if type(first) is Record and type(second) is Record:
        return [_describe_change("", first, second, width)]
    return []


def _describe_texts(first: str, second: str, width: int) -> list[str]:
    same = _find_character(first, second)
    begin = 1 + max(first.rfind(end, 0, same) for end in "\n\r") if same else 0
    # Only what is near the first difference: a long text has millions of lines.
    left, right = (text[begin : begin + _NEAR].splitlines() for text in (first, second))
    several = any(end in text for text in (first, second) for end in "\n\r")
    if several and left != right:
        before = first[:begin]
        count = len(before.splitlines()) if begin <= _NEAR else before.count("\n")
        return _describe_lines(left, right, count, width)
    if max(len(first), len(second)) < _LONG_TEXT:
        return []
    index = _find_character(first, second)
    start = max(0, index - 20)
    room = max(10, width - 24)
    return [
        f"at character {index}: {_window(first, start, room)}"[:width],
        f"{'becomes':>{len(f'at character {index}:')}} {_window(second, start, room)}"[:width],
    ]


def _find_character(first: str, second: str) -> int:
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _window(text: str, start: int, room: int) -> str:
    """Return the repr of a part of a text that takes at most ``room`` characters."""
    part = text[start : start + room]
    while len(repr(part)) > room and part:
        part = part[: -max(1, (len(repr(part)) - room) // 10)]
    return repr(part)


def _describe_lines(left: list[str], right: list[str], before: int, width: int) -> list[str]:
    same = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), None)
    same = min(len(left), len(right)) if same is None else same
    # Comparing is quadratic; what is shown is near the first difference.
    left, right = left[same : same + _DIFFERENT_LINES], right[same : same + _DIFFERENT_LINES]
    lines = [f"at line {before + same + 1}:"]
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    shown = 0
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        shown += 1
        if shown == _SHOWN:
            return [*lines, "..."]
        lines += _show_lines("-", left[start:end], width)
        lines += _show_lines("+", right[new_start:new_end], width)
    return lines


def _show_lines(sign: str, lines: list[str], width: int) -> list[str]:
    shown = [f"{sign} {line}"[:width] for line in lines[:2]]
    further = len(lines) - len(shown)
    return [*shown, f"{sign} ... {further} more"] if further else shown


def _describe_sequences(first: Any, second: Any, width: int) -> list[str]:
    lines = [] if len(first) == len(second) else [f"{len(first)} elements become {len(second)}"]
    differing = [
        index for index, (a, b) in enumerate(zip(first, second, strict=False)) if _differ(a, b)
    ]
    lines += [
        _describe_change(f"[{index}]", first[index], second[index], width)
        for index in differing[:_SHOWN]
    ]
    if len(differing) > _SHOWN:
        lines.append(f"{len(differing)} elements differ")
    return lines


def _describe_mappings(first: Any, second: Any, width: int) -> list[str]:
    gone = [key for key in first if key not in second]
    new = [key for key in second if key not in first]
    changed = [key for key in first if key in second and _differ(first[key], second[key])]
    lines = []
    for word, keys in (("gone", gone), ("new", new)):
        lines += [f"key {_shorten(key, width - 12)} is {word}" for key in keys[:2]]
        if len(keys) > 2:  # noqa: PLR2004 - as many as are shown
            lines.append(f"{len(keys)} keys are {word}")
    lines += [
        _describe_change(f"[{_shorten(key, width // 3)}]", first[key], second[key], width)
        for key in changed[:_SHOWN]
    ]
    if len(changed) > _SHOWN:
        lines.append(f"{len(changed)} values differ")
    return lines


def _describe_sets(first: Any, second: Any, width: int) -> list[str]:
    if len(first) + len(second) <= _MANY_MEMBERS:
        return []
    lines = []
    for word, members in (("gone", first - second), ("new", second - first)):
        if members:
            texts = heapq.nsmallest(
                width, map(to_source, members), key=lambda text: (len(text), text)
            )
            lines.append(_shorten_text(f"{word}: {', '.join(texts)}", width))
    return lines


def _describe_arrays(first: Any, second: Any, width: int) -> list[str]:
    if first.shape != second.shape:
        return [f"shape {first.shape} becomes {second.shape}"]
    lines = [] if first.dtype == second.dtype else [f"dtype {first.dtype} becomes {second.dtype}"]
    differing, count = _find_cell(first, second)
    if differing is not None and first.size > _MANY_MEMBERS:
        lines.append(f"{count} of {first.size} elements differ")
        position = differing
        index: list[int] = []
        for length in reversed(first.shape):
            index.insert(0, position % length)
            position //= length
        path = f"[{', '.join(map(str, index))}]"
        pair = (first[tuple(index)].tolist(), second[tuple(index)].tolist())
        lines.append(_describe_change(path, *pair, width))
    return lines


def _find_cell(first: Any, second: Any) -> tuple[int | None, int]:
    """Return where two arrays of one shape differ first, row by row, and in how many cells."""
    try:
        missing = (first != first) & (second != second)  # noqa: PLR0124 - nan differs from itself
        cells = (~((first == second) | missing)).ravel()
    except Exception:  # noqa: BLE001 - types that numpy does not compare
        left, right = first.ravel()[:_MOST_CELLS].tolist(), second.ravel()[:_MOST_CELLS].tolist()
        found = [i for i, (a, b) in enumerate(zip(left, right, strict=True)) if _differ(a, b)]
        return (found[0], len(found)) if found else (None, 0)
    return (int(cells.argmax()), int(cells.sum())) if cells.size and cells.any() else (None, 0)


def _describe_change(path: str, first: Any, second: Any, width: int) -> str:
    head = f"{path} " if path else ""
    room = max(12, (width - len(head) - len(" becomes ")) // 2)
    texts = to_source(first), to_source(second)
    if max(map(len, texts)) > room:
        inner = _find_inner(first, second)
        if inner is not None and len(path) < width // 3:
            return _describe_change(path + inner[0], inner[1], inner[2], width)
        if isinstance(first, str) and isinstance(second, str):
            start = max(0, _find_character(first, second) - 4)
            texts = _window(first, start, room), _window(second, start, room)
        elif _is_sequence(first, second) and len(first) != len(second):
            return f"{head}{len(first)} elements become {len(second)}"
    shown = [_shorten_text(text, room) for text in texts]
    if shown[0] == shown[1]:
        # Both begin in the same way: what is shown begins shortly before they differ.
        start = max(0, _find_character(*texts) - room // 2)
        shown = [_shorten_text("..." * (start > 0) + text[start:], room) for text in texts]
    return f"{head}{shown[0]} becomes {shown[1]}"[:width]


def _find_inner(first: Any, second: Any) -> tuple[str, Any, Any] | None:
    """Return the path and the values of the first part that differs, if only parts do."""
    pairs: Iterable[tuple[str, Any, Any]] = ()
    if _is_sequence(first, second) and len(first) == len(second):
        pairs = ((f"[{i}]", a, b) for i, (a, b) in enumerate(zip(first, second, strict=True)))
    elif isinstance(first, dict) and isinstance(second, dict) and first.keys() == second.keys():
        pairs = ((f"[{_shorten(key, 20)}]", value, second[key]) for key, value in first.items())
    elif (
        type(first) is Record and type(second) is Record and len(first.fields) == len(second.fields)
    ):
        pairs = (
            (f".{name}", a, b)
            for (name, a), (_, b) in zip(first.fields, second.fields, strict=True)
        )
    return next((pair for pair in pairs if _differ(pair[1], pair[2])), None)


def _is_sequence(first: object, second: object) -> bool:
    return isinstance(first, list | tuple) and type(first) is type(second)


def _differ(first: Any, second: Any) -> bool:
    try:
        same = bool(first == second) or (first != first and second != second)  # noqa: PLR0124 - nan
    except (Exception, Undecidable):  # noqa: BLE001 - arrays and strangers refuse to be a truth value
        return to_source(first) != to_source(second)
    return not same


def _shorten(value: object, room: int) -> str:
    return _shorten_text(to_source(value), room)


def _shorten_text(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 3] + "..."
