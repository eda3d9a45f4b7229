"""Tables of pandas as the plain parts that travel, and tables made of such parts.

A column is ``[tag, data]``: the tag is empty for an array of numpy, and otherwise names the type
whose elements are in a list (``"object"``, ``"str"``, ``"Int64"``), the time zone of an array of
nanoseconds and the like, or a type of several parts (``"category"``, ``"period"``, ``"interval"``,
``"sparse"``, ``"arrow"``). An index is ``[names, columns]``, with several for a MultiIndex.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values.checks import require
from pytest_metamorphic_guard.values.frames import DecodeError, keep_builtins
from pytest_metamorphic_guard.values.moments import ZONE_KEY
from pytest_metamorphic_guard.values.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PERIOD", "name_kind", "put_together", "take_apart"]

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
    "Array": ("values",),
}
PERIOD: Final = re.compile(r"\d{0,4}[A-Za-z]{1,4}(-[A-Z]{3})?")
_CLOSED: Final = ("left", "right", "both", "neither")
_ELEMENTS: Final = frozenset({str, int, float, bool, type(None)})
# What pandas calls the type of times with a zone: an offset, or the key of a zone. It would take
# the rest behind "dateutil/" for the path of a file, and open that.
_ZONED_DTYPE: Final = re.compile(
    r"datetime64\[(s|ms|us|ns), "
    rf"(?!dateutil)((?:UTC)?[+-]\d\d:\d\d(?::\d\d)?|{ZONE_KEY.pattern})\]"
)


def name_kind(table: Any) -> str:
    """Return ``"DataFrame"``, ``"Series"``, ``"Index"`` or ``"Array"``."""
    name = type(table).__name__
    if name.endswith("Array") or name == "Categorical":
        return "Array"
    return name if name in ("DataFrame", "Series") else "Index"


def take_apart(table: Any, *, plain: bool = False) -> list[Any] | None:
    """Return the parts of a table: index, columns and values, as far as its kind has them.

    None if it has a column of a type that has no plain form, or too many columns.

    Args:
        table: A DataFrame, Series, index or array.
        plain: Whether the type of a column does not matter, such as that of categories.
    """
    kind = name_kind(table)
    parts: list[Any]
    if kind == "Array":
        parts = [_take_column(table, plain=plain)]
    elif kind == "Index":
        parts = [_take_index(table, plain=plain)]
    elif kind == "Series":
        column = _take_column(table.array, plain=plain)
        parts = [_take_index(table.index, plain=plain), table.name, column]
    else:
        if table.shape[1] > _MOST_COLUMNS:
            return None
        columns = [
            _take_column(table.iloc[:, number].array, plain=plain)
            for number in range(table.shape[1])
        ]
        whole = None if any(column is None for column in columns) else columns
        axes = [_take_index(axis, plain=plain) for axis in (table.index, table.columns)]
        parts = [*axes, whole]
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
    if kind == "Array":
        return pd.Series(_build_column(pd, parts[0])).array
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
    if require(tag, str) in _BUILT:
        return _BUILT[tag](pd, *require(data, list))
    zoned = _ZONED_DTYPE.fullmatch(tag)
    if zoned is None or require(data, np.ndarray).dtype != np.int64 or data.ndim != 1:
        raise DecodeError("no type of a column")
    unit, zone = zoned.groups()
    return pd.DatetimeIndex(data.view(f"M8[{unit}]")).tz_localize("UTC").tz_convert(zone)


def _build_category(pd: Any, codes: Any, categories: Any, ordered: Any) -> Any:
    # pandas checks the codes against the categories, and that these are different ones.
    kept = _build_index(pd, [[None], [categories]])
    return pd.Categorical.from_codes(_require_numbers(codes), kept, ordered=require(ordered, bool))


def _build_period(pd: Any, frequency: Any, ordinals: Any) -> Any:
    if not PERIOD.fullmatch(require(frequency, str)):
        raise DecodeError("no frequency of periods")
    dtype = pd.PeriodDtype(frequency)
    return pd.arrays.PeriodArray(_require_numbers(ordinals).astype("i8"), dtype=dtype)


def _build_interval(pd: Any, closed: Any, left: Any, right: Any) -> Any:
    if closed not in _CLOSED:
        raise DecodeError("no closed side of intervals")
    bounds = [_build_index(pd, [[None], [part]]) for part in (left, right)]
    return pd.arrays.IntervalArray.from_arrays(*bounds, closed=closed)


def _build_sparse(pd: Any, dense: Any, fill: Any) -> Any:
    # As long as it says: a sparse array of a billion nothings is none that anybody compares.
    return pd.arrays.SparseArray(_build_column(pd, dense), fill_value=fill)


def _build_arrow(pd: Any, chunks: Any) -> Any:
    if not hasattr(type(chunks), "combine_chunks"):
        raise DecodeError("no array of Arrow")
    return pd.arrays.ArrowExtensionArray(chunks)


def _require_numbers(data: Any) -> Any:
    import numpy as np

    if require(data, np.ndarray).ndim != 1 or data.dtype.kind != "i":
        raise DecodeError("no whole numbers of a column")
    return data


_BUILT: Final[dict[str, Callable[..., Any]]] = {
    "arrow": _build_arrow,
    "category": _build_category,
    "interval": _build_interval,
    "period": _build_period,
    "sparse": _build_sparse,
}


def _take_index(index: Any, *, plain: bool) -> list[Any] | None:
    levels = [index.get_level_values(number) for number in range(index.nlevels)]
    columns = [_take_column(level.array, plain=plain) for level in levels]
    return None if any(column is None for column in columns) else [list(index.names), columns]


def _take_column(array: Any, *, plain: bool) -> list[Any] | None:
    import numpy as np
    import pandas as pd

    parts = _take_parts(array, pd, plain=plain)
    if parts is not array:
        return parts  # type: ignore[no-any-return]
    # An array of numpy comes wrapped.
    if type(array).__name__ in _WRAPPERS:
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


def _take_parts(  # noqa: PLR0911 - one answer per type
    array: Any, pd: Any, *, plain: bool
) -> Any:
    """Return the column of an array whose type has several parts, or any other array itself."""
    import numpy as np

    match array.dtype:
        case pd.CategoricalDtype() | pd.SparseDtype() if plain:
            return _take_column(pd.Series(np.asarray(array)).array, plain=True)
        case pd.ArrowDtype() if plain:
            return ["object", _list(array, pd)]
        case pd.CategoricalDtype():
            categories = _take_column(array.categories.array, plain=False)
            return categories and ["category", [array.codes, categories, bool(array.ordered)]]
        case pd.PeriodDtype():
            return ["period", [array.freqstr, array.asi8]]
        case pd.IntervalDtype():
            bounds = [_take_column(part.array, plain=plain) for part in (array.left, array.right)]
            return ["interval", [array.closed, *bounds]] if all(bounds) else None
        case pd.SparseDtype():
            dense = _take_column(pd.Series(np.asarray(array)).array, plain=False)
            return dense and ["sparse", [dense, array.fill_value]]
        case pd.ArrowDtype():
            return ["arrow", [array.__arrow_array__()]]
        case _:
            return array


def _list(array: Any, pd: Any) -> list[Any]:
    return [None if item is pd.NA else item for item in array.tolist()]
