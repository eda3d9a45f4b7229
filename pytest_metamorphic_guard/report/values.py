"""Values as text: short, within a width, and where possible as Python source."""

from __future__ import annotations

import contextlib
import dataclasses
import enum
import math
import pprint
import textwrap
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.outcomes import Outcome, Returned
from pytest_metamorphic_guard.contracts.texts import clean
from pytest_metamorphic_guard.report.excerpts import take_excerpt
from pytest_metamorphic_guard.report.page import wrap_source
from pytest_metamorphic_guard.values.lookup import find_kind

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["format_outcome", "format_value", "to_source"]


def format_value(value: object, width: int, max_lines: int) -> list[str]:
    """Write a value as lines of at most ``width`` characters; the middle of a long one is left out.

    Lines break between elements and words, so that what is whole can be copied: a long text becomes
    several in parentheses. Of a table at least five rows are shown.

    Args:
        value: Any value; a ``repr`` that raises is said, not raised.
        width: Characters a line may have.
        max_lines: Lines there may be, at least 3.
    """
    kind = find_kind(type(value))
    if kind is not None and kind.show is not None:
        return _show(kind.show, value, width)
    value = take_excerpt(value)
    text = _to_source(value)
    if len(text) <= width and "\n" not in text:
        return [text]
    lines = _wrap(value, text, width)
    if len(lines) <= max_lines:
        return lines
    head = (max_lines - 1 + 1) // 2
    tail = max_lines - 1 - head
    left_out = len(lines) - head - tail
    return [*lines[:head], f"... {left_out} lines left out ...", *(lines[-tail:] if tail else [])]


def _wrap(value: object, text: str, width: int) -> list[str]:
    if isinstance(value, dict | list | tuple | set | frozenset):
        with contextlib.suppress(Exception):  # a stranger's repr; the text stands
            printer = _Printer(width=max(width, 20), compact=True, sort_dicts=False)
            lines = printer.pformat(value).splitlines()
            if max(map(len, lines)) <= width:
                return lines
    if isinstance(value, str | bytes):
        text = f"({text})"
    elif (kind := find_kind(type(value))) is not None and kind.to_source is not None:
        return textwrap.wrap(text, width, break_on_hyphens=False)
    return [
        piece
        for line in text.splitlines()
        for whole in wrap_source(line, width)
        for piece in _cut(whole, width)
    ]


class _Printer(pprint.PrettyPrinter):
    """Writes values of kinds that distributions add as these say, inside of containers too."""

    def format(self, *asked: Any) -> tuple[str, bool, bool]:
        kind = find_kind(type(asked[0]))
        if kind is None or not kind.tag or kind.to_source is None:
            return super().format(*asked)
        return _to_source(asked[0]), True, False


def _show(show: Callable[[Any, int], list[str]], value: object, width: int) -> list[str]:
    try:
        lines = clean("\n".join(show(value, width))).splitlines()
    except Exception as error:  # noqa: BLE001 - a stranger's elements
        return [f"<{type(value).__name__} whose repr raises {type(error).__name__}>"[:width]]
    return [line.rstrip()[:width] for line in lines]


def format_outcome(outcome: Outcome, width: int, max_lines: int) -> list[str]:
    """Write what a call concluded: its value, or what happened instead."""
    if isinstance(outcome, Returned):
        return format_value(outcome.value, width, max_lines)
    said = outcome.error.splitlines()[0] if outcome.error else outcome.error_type
    return textwrap.wrap(said, width, break_on_hyphens=False) or [""]


def to_source(value: object) -> str:
    """Write a value as Python source where its ``repr`` is source, ``nan`` and ``inf`` included.

    Of a large value the start is written, which is no source.
    """
    return _to_source(take_excerpt(value))


def _to_source(value: object) -> str:
    kind = type(value)
    if kind is float:
        return repr(value) if math.isfinite(value) else f"float('{value}')"  # type: ignore[arg-type]
    if kind in (list, tuple, set, frozenset, dict) and value:
        return _container_to_source(value)
    known = find_kind(kind)
    if known is not None and known.to_source is not None:
        try:
            return known.to_source(value, _to_source)
        except Exception:  # noqa: BLE001 - a stranger's elements, or a kind of a stranger's
            return _repr(value)
    return _object_to_source(value, _repr(value))


def _object_to_source(value: object, text: str) -> str:
    """Write an object as the call or the name that makes it, where its ``repr`` almost is that."""
    kind = type(value)
    if isinstance(value, enum.Enum):
        is_named = text.startswith("<") and value.name in type(value).__members__
        return f"{kind.__qualname__}.{value.name}" if is_named else text
    if dataclasses.is_dataclass(value):
        name, fields = kind.__qualname__, [f.name for f in dataclasses.fields(value) if f.repr]
    elif isinstance(value, tuple) and hasattr(value, "_fields"):
        name, fields = kind.__name__, list(value._fields)
    else:
        return text
    try:
        parts = {field: getattr(value, field) for field in fields}
        # A repr of their own says what its author wants.
        if text != f"{name}({', '.join(f'{key}={part!r}' for key, part in parts.items())})":
            return text
        return f"{name}({', '.join(f'{key}={_to_source(part)}' for key, part in parts.items())})"
    except Exception:  # noqa: BLE001 - a stranger's attributes and their reprs
        return text


def _container_to_source(value: Any) -> str:
    if isinstance(value, dict):
        inner = ", ".join(f"{_to_source(key)}: {_to_source(item)}" for key, item in value.items())
        return "{" + inner + "}"
    inner = ", ".join(_to_source(item) for item in value)
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
        return clean(repr(value))
    except Exception as error:  # noqa: BLE001 - a stranger's repr may do anything
        return f"<{type(value).__name__} whose repr raises {type(error).__name__}>"


def _cut(line: str, width: int) -> list[str]:
    return [line[start : start + width] for start in range(0, len(line), width)] or [""]
