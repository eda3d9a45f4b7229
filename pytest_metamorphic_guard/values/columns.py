"""Tables of pandas as the plain parts that travel, and tables made of such parts.

A column is ``[tag, data]``: the tag is empty for an array of numpy, and otherwise names the type
whose elements are in a list (``"object"``, ``"str"``, ``"Int64"``), or the time zone of an array of
nanoseconds and the like. An index is ``[names, columns]``, with several columns for a MultiIndex.
"""

from __future__ import annotations

import re
from typing import Any, Final

from pytest_metamorphic_guard.values.checks import require
from pytest_metamorphic_guard.values.frames import DecodeError, keep_builtins
from pytest_metamorphic_guard.values.moments import ZONE_KEY
from pytest_metamorphic_guard.values.records import Record

__all__ = ["name_kind", "put_together", "take_apart"]

keep_builtins(globals())

_MOST_COLUMNS: Final = 10_000
# Types of pandas' own whose elements travel as a list.
_LISTED: Final = frozenset(
    {"str", "string", "boolean", "Float32", "Float64"}
    | {f"{sign}{bits}" for sign in ("Int", "UInt") for bits in (8, 16, 32, 64)}
)
_WRAPPERS: Final = ("NumpyExtensionArray", "PandasArray")
_NAMES: Final = {
    "DataFrame": ("index", "columns", "values"),
    "Series": ("index", "name", "values"),
    "Index": ("index",),
}
_ELEMENTS: Final = frozenset({str, int, float, bool, type(None)})
# What pandas calls the type of times with a zone: an offset, or the key of a zone. It would take
# the rest behind "dateutil/" for the path of a file, and open that.
_ZONED_DTYPE: Final = re.compile(
    r"datetime64\[(s|ms|us|ns), "
    rf"(?!dateutil)((?:UTC)?[+-]\d\d:\d\d(?::\d\d)?|{ZONE_KEY.pattern})\]"
)


def name_kind(table: Any) -> str:
    """Return ``"DataFrame"``, ``"Series"`` or ``"Index"``."""
    name = type(table).__name__
    return name if name in ("DataFrame", "Series") else "Index"


def take_apart(table: Any) -> list[Any] | None:
    """Return the parts of a table: index, columns and values, as far as its kind has them.

    None if it has a column of a type that has no plain form, or too many columns.
    """
    kind = name_kind(table)
    parts: list[Any]
    if kind == "Index":
        parts = [_take_index(table)]
    elif kind == "Series":
        parts = [_take_index(table.index), table.name, _take_column(table.array)]
    else:
        if table.shape[1] > _MOST_COLUMNS:
            return None
        columns = [_take_column(table.iloc[:, number].array) for number in range(table.shape[1])]
        whole = None if any(column is None for column in columns) else columns
        parts = [_take_index(table.index), _take_index(table.columns), whole]
    # The name of a Series may be None.
    required = [part for number, part in enumerate(parts) if kind != "Series" or number != 1]
    return None if any(part is None for part in required) else parts


def put_together(kind: Any, parts: Any) -> object:
    """Return the DataFrame, Series or Index, or a record of its parts where there is no pandas."""
    if kind not in _NAMES or type(parts) is not list or len(parts) != len(_NAMES[kind]):
        raise DecodeError("no parts of a table")
    try:
        import pandas as pd
    except ImportError:
        return Record("table", kind, tuple(zip(_NAMES[kind], parts, strict=True)))
    index = _build_index(pd, parts[0])
    if kind == "Index":
        return index
    if kind == "Series":
        if parts[1].__hash__ is None:
            raise DecodeError("no name of a Series")
        return pd.Series(_build_column(pd, parts[2]), index=index, name=parts[1])
    columns, values = _build_index(pd, parts[1]), require(parts[2], list)
    if len(values) != len(columns) or len(values) > _MOST_COLUMNS:
        raise DecodeError("as many columns as their names belong to a table")
    made = {number: _build_column(pd, column) for number, column in enumerate(values)}
    frame = pd.DataFrame(made, index=index)
    frame.columns = columns
    return frame


def _build_index(pd: Any, parts: Any) -> Any:
    names, columns = require(parts, list)
    built = [_build_column(pd, column) for column in require(columns, list)]
    if not built or len(require(names, list)) != len(built):
        raise DecodeError("as many columns as names belong to an index")
    if len(built) == 1:
        return pd.Index(built[0], name=names[0])
    return pd.MultiIndex.from_arrays(built, names=names)


def _build_column(pd: Any, parts: Any) -> Any:
    import numpy as np

    tag, data = require(parts, list)
    if tag == "":
        if require(data, np.ndarray).ndim != 1 or data.dtype.kind not in "biufcmM":
            raise DecodeError("no array of a column")
        return data
    if tag == "object":
        made = np.empty(len(require(data, list)), object)
        for number, element in enumerate(data):  # a slice would take lists in it for dimensions
            made[number] = element
        return made
    if tag in _LISTED:
        if set(map(type, require(data, list))) - _ELEMENTS:
            raise DecodeError("no elements of a column")
        return pd.array(data, dtype=tag)
    zoned = _ZONED_DTYPE.fullmatch(require(tag, str))
    if zoned is None or require(data, np.ndarray).dtype != np.int64 or data.ndim != 1:
        raise DecodeError("no type of a column")
    unit, zone = zoned.groups()
    return pd.DatetimeIndex(data.view(f"M8[{unit}]")).tz_localize("UTC").tz_convert(zone)


def _take_index(index: Any) -> list[Any] | None:
    levels = [index.get_level_values(number) for number in range(index.nlevels)]
    columns = [_take_column(level.array) for level in levels]
    return None if any(column is None for column in columns) else [list(index.names), columns]


def _take_column(array: Any) -> list[Any] | None:
    import numpy as np
    import pandas as pd

    # An array of numpy comes wrapped; categories travel as what they stand for.
    if type(array).__name__ in _WRAPPERS or isinstance(array.dtype, pd.CategoricalDtype):
        array = np.asarray(array)
    kind = array.dtype
    if isinstance(kind, np.dtype):
        if kind.kind in "biufcmM":
            return ["", np.asarray(array)]
        return ["object", _list(array, pd)] if kind.kind == "O" else None
    if str(kind) in _LISTED:
        return [str(kind), _list(array, pd)]
    if isinstance(kind, pd.DatetimeTZDtype):
        return [str(kind), array.asi8]
    return None


def _list(array: Any, pd: Any) -> list[Any]:
    return [None if item is pd.NA else item for item in array.tolist()]
