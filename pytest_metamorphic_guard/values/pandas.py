"""Tables of pandas: frames, series, indexes and arrays.

pandas is imported inside of functions: a host without it reads a table as a record of its parts.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values.columns import name_kind, put_together, take_apart
from pytest_metamorphic_guard.values.frames import TABLE, keep_builtins
from pytest_metamorphic_guard.values.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_metamorphic_guard.values.sides import Asker, Rules, Writer
    from pytest_metamorphic_guard.values.tables import Table

__all__ = ["KINDS"]

keep_builtins(globals())

_SHOWN_ROWS: Final = 5


def _write_table(writer: Writer, value: Any) -> None:
    parts = take_apart(value)
    if parts is None:
        writer.opaque(value)
        return
    writer.mark(TABLE)
    writer.scalar(name_kind(value))
    writer.sequence(parts)


def _list_rows(table: Any) -> list[Any]:
    """Return what a table is made of: the elements of an index or array, and otherwise rows.

    A row of a DataFrame has pairs of column and element. Its label is part of it, unless the labels
    are whole numbers without a name, which only count.
    """
    kind = name_kind(table)
    if kind in ("Array", "Index"):
        return list(table.tolist())
    rows = table.to_numpy(dtype=object).tolist()
    if kind == "DataFrame":
        names = table.columns.tolist()
        rows = [tuple(zip(names, row, strict=True)) for row in rows]
    labels = table.index
    if labels.nlevels == 1 and labels.name is None and labels.dtype.kind in "iu":
        return list(rows)
    return list(zip(labels.tolist(), rows, strict=True))


def _read_elements(table: Any, *, zones: bool = False) -> list[Any] | None:
    """Return what makes two tables the same: names and elements, without the types of columns.

    Moments in time zones are instants; where ``zones`` is true, their zones belong to them.

    None where `take_apart` returns that.
    """
    parts = take_apart(table, plain=True)
    if parts is None:
        return None
    index, *rest = parts
    match name_kind(table):
        case "Array":
            return [_read_column(index, zones=zones)]
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


def _compare(first: Any, second: Any, rules: Rules) -> Iterable[tuple[Any, Any]] | None:
    if name_kind(first) != name_kind(second):
        return None
    left, right = (_read_elements(table, zones=rules.zones) for table in (first, second))
    if left is None or right is None:
        return () if first.equals(second) else None
    return ((left, right),)


def _measure(table: Any) -> int:
    if name_kind(table) == "Array":
        return int(table.nbytes)
    usage = table.memory_usage(deep=True)
    return int(usage if isinstance(usage, int) else usage.sum())


def _count_elements(table: Any) -> int:
    # A list per row as well, and rows without elements are lists, too.
    return sum(math.prod(table.shape[:axes]) for axes in range(1, len(table.shape) + 1))


def _show(table: Any, width: int) -> list[str]:
    """Write a table with as many columns as fit; of more than five rows the middle is left out."""
    lines: list[str] = []
    most: int | None = None
    for most in (*((None, 12, 8, 6, 4, 3, 2) if table.ndim > 1 else ()), 1):
        columns = {"max_cols": most} if table.ndim > 1 else {}
        lines = table.to_string(max_rows=_SHOWN_ROWS, **columns).splitlines()
        if max(map(len, map(str.rstrip, lines)), default=0) <= width:
            break
    if table.shape[0] > _SHOWN_ROWS or (table.ndim > 1 and table.shape[1] > (most or math.inf)):
        counted = f" x {table.shape[1]} columns" if table.ndim > 1 else ""
        lines.append(f"[{table.shape[0]} rows{counted}]")
    return lines


def _describe(first: Any, second: Any, asker: Asker) -> list[str]:
    # Which no worker needs to load.
    from pytest_metamorphic_guard.values.tables import describe_tables

    return describe_tables(_look_at(first), _look_at(second), asker)


def _look_at(table: Any) -> Table:
    from pytest_metamorphic_guard.values.tables import Table

    kind = name_kind(table)
    if kind == "Array":
        rows = list(range(len(table)))
        types = [("", table.dtype)]
        return Table(row="position", rows=rows, read_column=lambda _: table.tolist(), types=types)
    axes = {name: getattr(table, name, None) for name in ("index", "columns")}
    types = [(f"{name}: ", axis.dtype) for name, axis in axes.items() if axis is not None]
    names: list[tuple[str, object]] = [
        (f"names of the {name}", list(axis.names))
        for name, axis in axes.items()
        if axis is not None
    ]
    if kind == "DataFrame":
        return Table(
            rows=table.index.tolist(),
            columns=table.columns.tolist(),
            read_column=lambda at: table.iloc[:, at].tolist(),
            column_types=table.dtypes.tolist(),
            types=types,
            names=names,
        )
    return Table(
        row="position" if kind == "Index" else "row",
        rows=list(range(len(table))) if kind == "Index" else table.index.tolist(),
        read_column=lambda _: table.tolist(),
        types=[("", table.dtype), *types],
        names=[("name", table.name), *names],
    )


def _list_below(name: str) -> Callable[[], list[type]]:
    """Return what lists a class of pandas and all that it derives from it."""

    def list_types() -> list[type]:
        import pandas as pd

        found, waiting = [], [getattr(pd, name, None) or getattr(pd.api.extensions, name)]
        while waiting:
            kind = waiting.pop()
            found.append(kind)
            waiting += [
                sub for sub in kind.__subclasses__() if sub.__module__.partition(".")[0] == "pandas"
            ]
        return found

    return list_types


def _to_source(table: Any, write: Callable[[object], str]) -> str:
    # Which no worker needs to load.
    from pytest_metamorphic_guard.values.pasting import write_table

    return write_table(table, write)


def _make_kind(types: Callable[[], Iterable[type]], **more: Any) -> Kind:
    return Kind(
        types=types,
        mark=TABLE,
        write=_write_table,
        put_together=put_together,
        compare=_compare,
        list_elements=_list_rows,
        count_elements=_count_elements,
        measure=_measure,
        to_source=_to_source,
        describe=_describe,
        **more,
    )


def _make_labelled(name: str) -> Kind:
    def list_types() -> list[type]:
        import pandas as pd

        return [getattr(pd, name)]

    return _make_kind(
        list_types, show=_show, split_labels=lambda table: (table.axes, table.to_numpy())
    )


KINDS: Final = (
    _make_labelled("DataFrame"),
    _make_labelled("Series"),
    _make_kind(_list_below("Index")),
    _make_kind(_list_below("ExtensionArray")),
)
