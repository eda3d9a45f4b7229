"""Values as text: short, within a width, and where possible as Python source."""

from __future__ import annotations

import contextlib
import difflib
import math
import pprint
from typing import Any

from pytest_metamorphic_guard.contracts.outcomes import Outcome, Returned

__all__ = ["describe_difference", "format_outcome", "format_value", "to_source"]

_LONG_TEXT = 60


def format_value(value: object, width: int, max_lines: int) -> list[str]:
    """Write a value as lines of at most ``width`` characters; the middle of a long one is left out.

    Args:
        value: Any value; a ``repr`` that raises is said, not raised.
        width: Characters a line may have.
        max_lines: Lines there may be, at least 3.
    """
    text = to_source(value)
    if len(text) <= width and "\n" not in text:
        return [text]
    if isinstance(value, dict | list | tuple | set | frozenset):
        with contextlib.suppress(Exception):  # a stranger's repr; the text above stands
            text = pprint.pformat(value, width=max(width, 20), compact=True, sort_dicts=False)
    lines = [piece for line in text.splitlines() for piece in _cut(line, width)]
    if len(lines) <= max_lines:
        return lines
    head = (max_lines - 1 + 1) // 2
    tail = max_lines - 1 - head
    left_out = len(lines) - head - tail
    return [*lines[:head], f"... {left_out} lines left out ...", *(lines[-tail:] if tail else [])]


def format_outcome(outcome: Outcome, width: int, max_lines: int) -> list[str]:
    """Write what a call concluded: its value, or what happened instead."""
    if isinstance(outcome, Returned):
        return format_value(outcome.value, width, max_lines)
    return _cut(outcome.error.splitlines()[0] if outcome.error else outcome.error_type, width)


def to_source(value: object) -> str:
    """Write a value as Python source where its ``repr`` is source, ``nan`` and ``inf`` included."""
    kind = type(value)
    if kind is float:
        return repr(value) if math.isfinite(value) else f"float('{value}')"  # type: ignore[arg-type]
    if kind in (list, tuple, set, frozenset, dict) and value:
        return _container_to_source(value)
    if kind.__module__ == "numpy" and kind.__name__ == "ndarray":
        return "np." + " ".join(_repr(value).split())
    return _repr(value)


def describe_difference(first: object, second: object, width: int) -> list[str]:
    """Say where two long values differ; nothing for values that are read at a glance."""
    if isinstance(first, str) and isinstance(second, str):
        return _describe_texts(first, second, width)
    if isinstance(first, list | tuple) and type(first) is type(second):
        return _describe_sequences(first, second, width)
    if isinstance(first, dict) and isinstance(second, dict):
        return _describe_mappings(first, second, width)
    if isinstance(first, set | frozenset) and isinstance(second, set | frozenset):
        return _describe_sets(first, second, width)
    if type(first).__name__ == type(second).__name__ == "ndarray":
        return _describe_arrays(first, second, width)
    return []


def _container_to_source(value: Any) -> str:
    if isinstance(value, dict):
        inner = ", ".join(f"{to_source(key)}: {to_source(item)}" for key, item in value.items())
        return "{" + inner + "}"
    inner = ", ".join(to_source(item) for item in value)
    match value:
        case list():
            return f"[{inner}]"
        case tuple():
            return f"({inner},)" if len(value) == 1 else f"({inner})"
        case set():
            return "{" + inner + "}"
        case _:
            return "frozenset({" + inner + "})"


def _repr(value: object) -> str:
    try:
        return repr(value)
    except Exception as error:  # noqa: BLE001 - a stranger's repr may do anything
        return f"<{type(value).__name__} whose repr raises {type(error).__name__}>"


def _cut(line: str, width: int) -> list[str]:
    return [line[start : start + width] for start in range(0, len(line), width)] or [""]


def _describe_texts(first: str, second: str, width: int) -> list[str]:
    if max(len(first), len(second)) < _LONG_TEXT and "\n" not in first + second:
        return []
    if "\n" in first or "\n" in second:
        changed = difflib.unified_diff(first.splitlines(), second.splitlines(), lineterm="", n=1)
        return [line[:width] for line in list(changed)[2:10]]
    index = next(
        (i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b),
        min(len(first), len(second)),
    )
    start = max(0, index - 20)
    room = max(10, width // 2 - 20)
    return [
        f"at character {index}: {first[start : start + room]!r}"[:width],
        f"         becomes {second[start : start + room]!r}"[:width],
    ]


def _describe_sequences(first: Any, second: Any, width: int) -> list[str]:
    if len(to_source(first)) + len(to_source(second)) < 2 * _LONG_TEXT:
        return []
    lines = [] if len(first) == len(second) else [f"{len(first)} elements become {len(second)}"]
    differing = [
        index for index, (a, b) in enumerate(zip(first, second, strict=False)) if _differ(a, b)
    ]
    lines += [
        f"[{index}] {_short(first[index], width)} becomes {_short(second[index], width)}"
        for index in differing[:3]
    ]
    if len(differing) > 3:  # noqa: PLR2004 - as many as are shown
        lines.append(f"{len(differing)} elements differ")
    return lines


def _describe_mappings(first: Any, second: Any, width: int) -> list[str]:
    if len(to_source(first)) + len(to_source(second)) < 2 * _LONG_TEXT:
        return []
    gone = [key for key in first if key not in second]
    new = [key for key in second if key not in first]
    changed = [key for key in first if key in second and _differ(first[key], second[key])]
    lines = [f"key {_short(key, width)} is gone" for key in gone[:2]]
    lines += [f"key {_short(key, width)} is new" for key in new[:2]]
    lines += [
        f"[{to_source(key)}] {_short(first[key], width)} becomes {_short(second[key], width)}"[
            :width
        ]
        for key in changed[:3]
    ]
    return lines


def _describe_sets(first: Any, second: Any, width: int) -> list[str]:
    lines = []
    for word, members in (("gone", first - second), ("new", second - first)):
        if members and len(first) + len(second) > 10:  # noqa: PLR2004 - read at a glance
            lines.append(f"{word}: {', '.join(sorted(map(to_source, members)))}"[:width])
    return lines


def _describe_arrays(first: Any, second: Any, width: int) -> list[str]:
    if first.shape != second.shape:
        return [f"shape {first.shape} becomes {second.shape}"]
    differing = [
        index
        for index, (a, b) in enumerate(
            zip(first.ravel().tolist(), second.ravel().tolist(), strict=True)
        )
        if _differ(a, b)
    ]
    lines = [f"{len(differing)} of {first.size} elements differ"]
    if differing:
        position = differing[0]
        a, b = first.ravel()[position].item(), second.ravel()[position].item()
        lines.append(f"first at flat index {position}: {a!r} becomes {b!r}"[:width])
    return lines


def _differ(first: Any, second: Any) -> bool:
    try:
        same = bool(first == second) or (first != first and second != second)  # noqa: PLR0124 - nan
    except Exception:  # noqa: BLE001 - arrays and strangers' classes refuse to be a truth value
        return to_source(first) != to_source(second)
    return not same


def _short(value: object, width: int) -> str:
    text = to_source(value)
    room = max(12, width // 2 - 14)
    return text if len(text) <= room else text[: room - 3] + "..."
