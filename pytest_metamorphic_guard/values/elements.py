"""Elements of a column of polars as Python's own values, which have no nanoseconds."""

from __future__ import annotations

import re
from typing import Any, Final

from pytest_metamorphic_guard.values.frames import DecodeError, keep_builtins
from pytest_metamorphic_guard.values.records import LEFT_OUT, Opaque

__all__ = ["list_elements", "look_at_elements"]

keep_builtins(globals())

_FINE: Final = re.compile(r"'ns'|\bTime\b")
_UNSEEN: Final = Opaque("polars.Series", f"{LEFT_OUT}it has nanoseconds in lists or structs")


def list_elements(column: Any) -> list[Any]:
    """Return the elements.

    Raises:
        DecodeError: They have nanoseconds, which would be lost.
    """
    items: list[Any] = column.to_list()
    if _FINE.search(str(column.dtype)):
        import polars as pl

        if not pl.Series(column.name, items, dtype=column.dtype, strict=False).equals(column):
            raise DecodeError("nanoseconds in lists or structs")
    return items


def look_at_elements(column: Any) -> list[Any]:
    """Return what makes two columns the same: elements, or what nobody can compare."""
    try:
        return [list_elements(column)]
    except DecodeError:
        return [_UNSEEN]
