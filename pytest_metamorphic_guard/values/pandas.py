"""Tables of pandas as plain parts: for what compares them, and for what sends them.

A column is ``[tag, data]``: the tag is empty for an array of numpy, and otherwise names the type
whose elements are in a list (``"object"``, ``"str"``, ``"Int64"``), or the time zone of an array of
nanoseconds and the like. An index is ``[names, columns]``, with several columns for a MultiIndex.
"""

from __future__ import annotations

import builtins
import sys
from typing import Any, Final

__all__ = [
    "LISTED",
    "MOST_COLUMNS",
    "find_kind",
    "is_time",
    "list_rows",
    "read_elements",
    "take_apart",
]

# A candidate that patches builtins must not reach what looks at its results.
globals()["__builtins__"] = dict(vars(builtins))

MOST_COLUMNS: Final = 10_000
# Types of pandas' own whose elements travel as a list.
LISTED: Final = frozenset(
    {"str", "string", "boolean", "Float32", "Float64"}
    | {f"{sign}{bits}" for sign in ("Int", "UInt") for bits in (8, 16, 32, 64)}
)
_WRAPPERS: Final = ("NumpyExtensionArray", "PandasArray")


def find_kind(kind: type) -> str:
    """Return ``"DataFrame"``, ``"Series"`` or ``"Index"``, or an empty text for any other type."""
    pandas = sys.modules.get("pandas")
    if pandas is None:
        return ""
    for name in ("DataFrame", "Series"):
        if kind is getattr(pandas, name, None):
            return name
    index = getattr(pandas, "Index", None)
    return "Index" if isinstance(index, type) and issubclass(kind, index) else ""


def take_apart(table: Any) -> list[Any] | None:
    """Return the parts of a table: index, columns and values, as far as its kind has them.

    None if it has a column of a type that has no plain form, or too many columns.
    """
    kind = find_kind(type(table))
    parts: list[Any]
    if kind == "Index":
        parts = [_take_index(table)]
    elif kind == "Series":
        parts = [_take_index(table.index), table.name, _take_column(table.array)]
    else:
        if table.shape[1] > MOST_COLUMNS:
            return None
        columns = [_take_column(table.iloc[:, number].array) for number in range(table.shape[1])]
        whole = None if any(column is None for column in columns) else columns
        parts = [_take_index(table.index), _take_index(table.columns), whole]
    # The name of a Series may be None.
    required = [part for number, part in enumerate(parts) if kind != "Series" or number != 1]
    return None if any(part is None for part in required) else parts


def is_time(kind: type) -> bool:
    """Tell whether a type is that of pandas' single or missing times, and no subclass of it."""
    pandas = sys.modules.get("pandas")
    if kind.__name__ in ("NaTType", "NAType"):
        return kind in (type(getattr(pandas, "NaT", None)), type(getattr(pandas, "NA", None)))
    return kind.__name__ in ("Timestamp", "Timedelta") and (
        getattr(pandas, kind.__name__, None) is kind
    )


def list_rows(table: Any) -> list[Any]:
    """Return what a table is made of: the elements of an index, and otherwise rows.

    A row of a DataFrame has pairs of column and element. Its label is part of it, unless the labels
    are whole numbers without a name, which only count.
    """
    kind = find_kind(type(table))
    if kind == "Index":
        return list(table.tolist())
    rows = table.to_numpy(dtype=object).tolist()
    if kind == "DataFrame":
        names = table.columns.tolist()
        rows = [tuple(zip(names, row, strict=True)) for row in rows]
    labels = table.index
    if labels.nlevels == 1 and labels.name is None and labels.dtype.kind in "iu":
        return list(rows)
    return list(zip(labels.tolist(), rows, strict=True))


def read_elements(table: Any, *, zones: bool = False) -> list[Any] | None:
    """Return what makes two tables the same: names and elements, without the types of columns.

    Moments in time zones are instants; where ``zones`` is true, their zones belong to them.

    None where `take_apart` returns that.
    """
    parts = take_apart(table)
    if parts is None:
        return None
    index, *rest = parts
    match find_kind(type(table)):
        case "Index":
            return _read_index(index, zones=zones)
        case "Series":
            return [*_read_index(index, zones=zones), rest[0], _read_column(rest[1], zones=zones)]
        case _:
            axes = [part for axis in (index, rest[0]) for part in _read_index(axis, zones=zones)]
            return [*axes, [_read_column(column, zones=zones) for column in rest[1]]]


def _read_index(parts: list[Any], *, zones: bool) -> list[Any]:
    names, columns = parts
    return [names, [_read_column(column, zones=zones) for column in columns]]


def _read_column(column: list[Any], *, zones: bool) -> Any:
    tag, data = column
    if not tag.startswith("datetime64["):
        return data
    # The numbers alone would be equal to a column of whole numbers, and depend on the unit.
    unit, zone = tag[len("datetime64[") : -1].split(", ", 1)
    return ("moments", zone if zones else "", data.view(f"M8[{unit}]"))


def _take_index(index: Any) -> list[Any] | None:
    levels = [index.get_level_values(number) for number in range(index.nlevels)]
    columns = [_take_column(level.array) for level in levels]
    return None if any(column is None for column in columns) else [list(index.names), columns]


def _take_column(array: Any) -> list[Any] | None:
    import numpy as np

    pandas = sys.modules["pandas"]
    # An array of numpy comes wrapped; categories travel as what they stand for.
    if type(array).__name__ in _WRAPPERS or isinstance(array.dtype, pandas.CategoricalDtype):
        array = np.asarray(array)
    kind = array.dtype
    if isinstance(kind, np.dtype):
        if kind.kind in "biufcmM":
            return ["", np.asarray(array)]
        return ["object", _list(array, pandas)] if kind.kind == "O" else None
    if str(kind) in LISTED:
        return [str(kind), _list(array, pandas)]
    if isinstance(kind, pandas.DatetimeTZDtype):
        return [str(kind), array.asi8]
    return None


def _list(array: Any, pandas: Any) -> list[Any]:
    return [None if item is pandas.NA else item for item in array.tolist()]
