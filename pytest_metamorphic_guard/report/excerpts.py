"""The start of a large value, which stands for it wherever it is shown."""

from __future__ import annotations

import itertools
import math
from collections import deque
from typing import Any, Final

from pytest_metamorphic_guard.values.lookup import find_kind
from pytest_metamorphic_guard.values.records import Record
from pytest_metamorphic_guard.values.sizes import measure

__all__ = ["LARGE", "take_excerpt"]

# Up to so many bytes a value is shown as it is.
LARGE: Final = 200_000
_MOST_PARTS: Final = 1_000
_MOST_CHARACTERS: Final = 4_000
_MOST_LEVELS: Final = 12
# The local executor sends nothing deeper than 200.
_DEEPEST: Final = 205
_HOLDERS: Final = frozenset({list, tuple, dict, set, frozenset})
_MOST_CELLS: Final = 20_000


class _Left:
    """Stands for what was left out; its text is no Python source."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def take_excerpt(value: object) -> object:
    """Return the value itself where it is small, and otherwise something that shows its start."""
    if type(getattr(value, "shape", None)) is tuple and _is_long(value):
        kind = find_kind(type(value))
        is_counted = kind is not None and kind.count_elements is not None
        text = type(value).__name__ if is_counted else repr(value)
        return _Left(" ".join(text[:_MOST_CHARACTERS].split()))
    if measure(value, LARGE) <= LARGE and not _is_deep(value):
        return value
    return _Cutter().cut(value, 0)


def _is_deep(value: Any) -> bool:
    """Tell whether lists in lists go deeper than whoever writes them step by step can follow."""
    level = [value]
    for _ in range(_DEEPEST):
        holders = [one for one in level if type(one) in _HOLDERS]
        parts = (part for one in holders for part in (one.values() if type(one) is dict else one))
        # Each once, or one that holds another twice at every level would take for ever.
        level = list({id(part): part for part in parts if type(part) in _HOLDERS}.values())
        if not level:
            return False
    return True


def _is_long(value: Any) -> bool:
    cells = sum(math.prod(value.shape[:axes]) for axes in range(1, len(value.shape) + 1))
    return bool(cells > _MOST_CELLS)


class _Cutter:
    """Cuts one value; all of its parts share what may be shown."""

    def __init__(self) -> None:
        self._parts = _MOST_PARTS
        self._characters = _MOST_CHARACTERS

    def cut(self, value: Any, level: int) -> Any:  # noqa: PLR0911 - one answer per kind
        self._parts -= 1
        if isinstance(value, str | bytes | bytearray):
            return self._cut_text(value)
        if level >= _MOST_LEVELS:
            return _Left("...")
        if isinstance(value, dict):
            return self._cut_dict(value, level)
        if type(value) is Record:
            fields = [(name, self.cut(part, level + 1)) for name, part in self._take(value.fields)]
            return Record(value.kind, value.type_name, tuple(fields))
        if isinstance(value, list | tuple | set | frozenset | deque):
            parts = [self.cut(part, level + 1) for part in self._take(value)]
            if len(parts) < len(value):
                parts.append(_Left(f"... {len(value) - len(parts):,} more"))
            # A set has no order, and what was left out comes last.
            return tuple(parts) if type(value) is tuple else parts
        if measure(value, LARGE) > LARGE:
            return _Left(" ".join(repr(value)[:_MOST_CHARACTERS].split()))
        return value

    def _take(self, parts: Any) -> list[Any]:
        return list(itertools.islice(parts, max(1, self._parts)))

    def _cut_text(self, value: Any) -> Any:
        room = max(20, self._characters)
        self._characters -= len(value)
        if len(value) <= room:
            return value
        return _Left(f"{value[:room]!r}... {len(value) - room:,} more")

    def _cut_dict(self, value: dict[Any, Any], level: int) -> dict[Any, Any]:
        shown = {
            _Left(repr(self.cut(key, level + 1))): self.cut(value[key], level + 1)
            for key in self._take(value)
        }
        if len(shown) < len(value):
            shown[_Left("...")] = _Left(f"{len(value) - len(shown):,} more")
        return shown
