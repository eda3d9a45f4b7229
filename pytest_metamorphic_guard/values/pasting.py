"""Tables of pandas as Python source that makes an equal one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values.columns import name_kind

if TYPE_CHECKING:
    from collections.abc import Callable

    Write = Callable[[object], str]

__all__ = ["write_table"]

# Types that a list of their elements becomes by itself.
_NATURAL: Final = ("int64", "float64", "bool", "str")


def write_table(table: Any, write: Write) -> str:
    """Write a DataFrame, Series, index or array.

    Raises:
        TypeError: It has a column that cannot be written.
    """
    match name_kind(table):
        case "Array":
            column = _write_column(table, write)
            if column.startswith("pd.DatetimeIndex"):
                return f"{column}.array"
            return f"pd.Series({column}).array" if column.startswith(("[", "np.")) else column
        case "Index":
            return _write_index(table, write)
        case "Series":
            name = "" if table.name is None else f", name={write(table.name)}"
            column = _write_column(table.array, write)
            return f"pd.Series({column}{_write_rows(table, write)}{name})"
        case _:
            return _write_frame(table, write)


def _write_frame(table: Any, write: Write) -> str:
    labels = table.columns
    columns = [_write_column(table.iloc[:, at].array, write) for at in range(table.shape[1])]
    rows = _write_rows(table, write)
    if labels.is_unique and labels.nlevels == 1 and labels.name is None and len(labels):
        inner = ", ".join(
            f"{write(label)}: {column}" for label, column in zip(labels, columns, strict=True)
        )
        return f"pd.DataFrame({{{inner}}}{rows})"
    inner = ", ".join(f"{at}: {column}" for at, column in enumerate(columns))
    return f"pd.DataFrame({{{inner}}}{rows}).set_axis({_write_index(labels, write)}, axis=1)"


def _write_rows(table: Any, write: Write) -> str:
    index = table.index
    is_plain = type(index).__name__ == "RangeIndex" and (index.start, index.step) == (0, 1)
    if is_plain and index.name is None and (table.size or not len(index)):
        return ""
    return f", index={_write_index(index, write)}"


def _write_index(index: Any, write: Write) -> str:
    columns = [
        _write_column(index.get_level_values(at).array, write) for at in range(index.nlevels)
    ]
    if index.nlevels > 1:
        names = f", names={write(list(index.names))}" if any(index.names) else ""
        return f"pd.MultiIndex.from_arrays([{', '.join(columns)}]{names})"
    name = "" if index.name is None else f", name={write(index.name)}"
    return f"pd.Index({columns[0]}{name})"


def _write_column(array: Any, write: Write) -> str:
    import numpy as np
    import pandas as pd

    kind = array.dtype
    match kind:
        case pd.CategoricalDtype():
            categories = _write_column(array.categories.array, write)
            ordered = ", ordered=True" if array.ordered else ""
            codes = write(array.codes.tolist())
            return f"pd.Categorical.from_codes({codes}, {categories}{ordered})"
        case pd.PeriodDtype() | pd.ArrowDtype():
            is_period = isinstance(kind, pd.PeriodDtype)
            items = [None if item is pd.NaT or item is pd.NA else item for item in array.tolist()]
            items = [str(item) if is_period and item is not None else item for item in items]
            return f"pd.array({write(items)}, dtype={str(kind)!r})"
        case pd.IntervalDtype():
            bounds = [_write_column(part.array, write) for part in (array.left, array.right)]
            sides = f", closed={array.closed!r}"
            return f"pd.arrays.IntervalArray.from_arrays({', '.join(bounds)}{sides})"
        case pd.SparseDtype():
            dense = _write_column(pd.Series(np.asarray(array)).array, write)
            return f"pd.arrays.SparseArray({dense}, fill_value={write(array.fill_value)})"
        case pd.DatetimeTZDtype():
            moments = write(array.asi8.view(f"M8[{kind.unit}]"))
            return f"pd.DatetimeIndex({moments}).tz_localize('UTC').tz_convert({str(kind.tz)!r})"
        case _:
            return _write_plain(array, write)


def _write_plain(array: Any, write: Write) -> str:
    import numpy as np
    import pandas as pd

    kind = array.dtype
    if str(kind) in _NATURAL and len(array):
        return write(array.tolist())
    if isinstance(kind, np.dtype):
        return write(np.asarray(array))
    items = [None if item is pd.NA else item for item in array.tolist()]
    return f"pd.array({write(items)}, dtype={str(kind)!r})"
