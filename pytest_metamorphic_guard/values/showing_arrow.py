"""How tables, arrays and scalars of pyarrow are shown, told apart, and written as source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values.frames import keep_builtins
from pytest_metamorphic_guard.values.schemas import name_type, write_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.values.sides import Asker

__all__ = ["TABLES", "describe", "name_form", "show", "to_source"]

keep_builtins(globals())

TABLES: Final = ("Table", "RecordBatch")
_SHOWN_ROWS: Final = 5
_SHOWN_COLUMNS: Final = 10


def name_form(value: Any) -> str:
    """Return ``"Table"``, ``"RecordBatch"``, ``"ChunkedArray"``, ``"Scalar"`` or ``"Array"``."""
    name = type(value).__name__
    if name in (*TABLES, "ChunkedArray"):
        return name
    return "Scalar" if name.endswith("Scalar") else "Array"


def to_source(value: Any, write: Callable[[object], str]) -> str:
    """Write a value as Python source.

    Raises:
        TypeError: It has a type that is not sent.
    """
    form = name_form(value)
    if form == "Scalar":
        return f"pa.scalar({write(value.as_py())}, {write_source(value.type)})"
    if form == "ChunkedArray":
        return f"pa.chunked_array([{_array_to_source(value, write)}])"
    if form == "Array":
        return _array_to_source(value, write)
    columns = [_array_to_source(column, write) for column in value.columns]
    make = "pa.table" if form == "Table" else "pa.record_batch"
    names = value.schema.names
    if len(set(names)) == len(names):
        pairs = zip(map(write, names), columns, strict=True)
        return f"{make}({{{', '.join(f'{name}: {column}' for name, column in pairs)}}})"
    return f"{make}([{', '.join(columns)}], names={write(names)})"


def _array_to_source(value: Any, write: Callable[[object], str]) -> str:
    if name_type(value.type) is None:
        raise TypeError("a type that is not sent")
    return f"pa.array({write(value.to_pylist())}, {write_source(value.type)})"


def describe(first: Any, second: Any, asker: Asker) -> list[str]:
    """Say which cells of two tables, or elements of two arrays, were refused."""
    # Which no worker needs to load.
    from pytest_metamorphic_guard.values.tables import Table, describe_rows

    def look_at(value: Any, start: int) -> Table:
        rows = list(range(start, start + len(value)))
        if name_form(value) in TABLES:
            return Table(
                rows=rows,
                columns=list(value.schema.names),
                read_column=lambda at: value.column(at).to_pylist(),
                column_types=list(value.schema.types),
            )
        types = [("", value.type)]
        read = value.to_pylist
        return Table(row="position", rows=rows, read_column=lambda _: read(), types=types)

    if name_form(first) == "Scalar":
        return []
    return describe_rows(first, second, look_at, asker)


def show(value: Any, width: int) -> list[str]:
    """Write a table as its schema and the start of each column."""
    if name_form(value) not in TABLES:
        text = value.to_string(window=3, skip_new_lines=True) if len(value) else "[]"
        return [f"pyarrow {value.type} {' '.join(text.split())}"[:width]]
    head = [f"pyarrow {type(value).__name__} of {value.num_rows} rows"]
    for field, column in zip(value.schema, value.columns, strict=True):
        text = str(column.slice(0, _SHOWN_ROWS).to_pylist())
        dots = ", ..." if len(column) > _SHOWN_ROWS else ""
        line = f"{field.name} ({field.type}): {text.removesuffix(']')}{dots}]"
        head.append(line if len(line) <= width else line[: width - 3] + "...")
    return head if len(head) <= _SHOWN_COLUMNS else [*head[:_SHOWN_COLUMNS], "..."]
