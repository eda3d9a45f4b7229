"""Where two texts differ."""

from __future__ import annotations

import difflib

__all__ = ["describe_texts", "find_character", "show_part"]

_LONG_TEXT = 60
_SHOWN = 3
_DIFFERENT_LINES = 200
_NEAR = 100_000


def describe_texts(first: str, second: str, width: int) -> list[str]:
    """Say in lines of at most ``width`` characters where two long texts differ."""
    same = find_character(first, second)
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
    index = find_character(first, second)
    start = max(0, index - 20)
    room = max(10, width - 24)
    return [
        f"at character {index}: {show_part(first, start, room)}"[:width],
        f"{'becomes':>{len(f'at character {index}:')}} {show_part(second, start, room)}"[:width],
    ]


def find_character(first: str, second: str) -> int:
    """Return the index of the first character in which two texts differ, or where one ends."""
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def show_part(text: str, start: int, room: int) -> str:
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
