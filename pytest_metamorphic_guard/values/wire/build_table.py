"""How the reader rebuilds tables of pandas; as for `build`, a stranger wrote the parts."""

from __future__ import annotations

from typing import Any

from pytest_metamorphic_guard.values import frames as form
from pytest_metamorphic_guard.values.frames import DecodeError
from pytest_metamorphic_guard.values.pandas import LISTED, MOST_COLUMNS
from pytest_metamorphic_guard.values.records import Record

__all__ = ["build_table"]

_NAMES = {
    "DataFrame": ("index", "columns", "values"),
    "Series": ("index", "name", "values"),
    "Index": ("index",),
}
_ELEMENTS = frozenset({str, int, float, bool, type(None)})


def build_table(kind: Any, parts: Any) -> object:
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
    columns, values = _build_index(pd, parts[1]), _require(parts[2], list)
    if len(values) != len(columns) or len(values) > MOST_COLUMNS:
        raise DecodeError("as many columns as their names belong to a table")
    made = {number: _build_column(pd, column) for number, column in enumerate(values)}
    frame = pd.DataFrame(made, index=index)
    frame.columns = columns
    return frame


def _build_index(pd: Any, parts: Any) -> Any:
    names, columns = _require(parts, list)
    built = [_build_column(pd, column) for column in _require(columns, list)]
    if not built or len(_require(names, list)) != len(built):
        raise DecodeError("as many columns as names belong to an index")
    if len(built) == 1:
        return pd.Index(built[0], name=names[0])
    return pd.MultiIndex.from_arrays(built, names=names)


def _build_column(pd: Any, parts: Any) -> Any:
    import numpy as np

    tag, data = _require(parts, list)
    if tag == "":
        if _require(data, np.ndarray).ndim != 1 or data.dtype.kind not in "biufcmM":
            raise DecodeError("no array of a column")
        return data
    if tag == "object":
        made = np.empty(len(_require(data, list)), object)
        for number, element in enumerate(data):  # a slice would take lists in it for dimensions
            made[number] = element
        return made
    if tag in LISTED:
        if set(map(type, _require(data, list))) - _ELEMENTS:
            raise DecodeError("no elements of a column")
        return pd.array(data, dtype=tag)
    zoned = form.ZONED_DTYPE.fullmatch(_require(tag, str))
    if zoned is None or _require(data, np.ndarray).dtype != np.int64 or data.ndim != 1:
        raise DecodeError("no type of a column")
    unit, zone = zoned.groups()
    return pd.DatetimeIndex(data.view(f"M8[{unit}]")).tz_localize("UTC").tz_convert(zone)


def _require(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise DecodeError(f"{type(value).__name__} where a {kind.__name__} belongs")
    return value
