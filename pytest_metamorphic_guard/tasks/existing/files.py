"""Inputs from a file: one line or row is one input, one column one argument."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.errors import TaskError, suggest
from pytest_metamorphic_guard.tasks.existing.rows import WrongRow, read_rows
from pytest_metamorphic_guard.tasks.inputs import FixedInputs, name_inputs
from pytest_metamorphic_guard.tasks.locations import find_caller

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.tasks.existing.rows import Row

__all__ = ["find_beside", "from_file"]

_ID = "id"


def from_file(
    path: str | Path, *, columns: Sequence[str] | None = None, id_column: str | None = _ID
) -> FixedInputs:
    """Take inputs from a file: one line or row is one input, one column one argument.

    Args:
        path: JSON lines (``.jsonl``, ``.ndjson``), CSV (``.csv``, and ``.tsv`` with tabs) or
            parquet, which needs pyarrow, or pandas with an engine. Relative to the test file.
        columns: The columns that are arguments, by the names of the function's parameters; all
            but the ids otherwise.
        id_column: The column that names an input in reports, where the file has it; None for none.

    Returns:
        What ``Task(inputs=)`` takes. In CSV a column of numbers alone is numbers, and what is
        empty there is None; all else is text.

    Raises:
        TaskError: The file or a line of it, which is named with its number, cannot be used.
    """
    __tracebackhide__ = True
    found = find_beside(path)
    try:
        rows = read_rows(found)
        chosen = _choose_columns(rows, columns, id_column)
        if columns is None:
            _check_further(rows, id_column)
        cases = [_to_arguments(row, chosen, rows[0]) for row in rows]
    except WrongRow as wrong:
        where = find_caller()
        raise TaskError(
            None, [f"inputs from {str(path)!r}: {wrong}"], str(where) if where else None
        ) from None
    ids = None
    if id_column is not None and id_column in rows[0].columns and id_column not in chosen:
        ids = name_inputs(
            (case, row.columns.get(id_column)) for case, row in zip(cases, rows, strict=True)
        )
    unused = [name for name in rows[0].columns if name not in chosen and name != id_column]
    left_out = tuple(f"the column {name} of {path}" for name in unused)
    return FixedInputs(cases, chosen, ids, left_out)


def find_beside(path: str | Path) -> Path:
    """Return the place of a file that is named relative to the user's own."""
    where = find_caller()
    return (Path(where.path).parent if where else Path.cwd()) / path


def _choose_columns(
    rows: Sequence[Row], columns: Sequence[str] | None, id_column: str | None
) -> tuple[str, ...]:
    if not rows:
        raise WrongRow("has no inputs")
    known = tuple(rows[0].columns)
    if columns is None:
        chosen = tuple(name for name in known if name != id_column)
        wrong = [name for name in chosen if not name.isidentifier()]
        if wrong:
            raise WrongRow(
                f"the column {wrong[0]!r} is no name of a parameter: choose the "
                "columns that are arguments with columns=[...]"
            )
        if not chosen:
            raise WrongRow("has no column but the ids")
        return chosen
    if isinstance(columns, str) or not columns:
        raise WrongRow(f"columns={columns!r:.60}, expected a list of names")
    for name in columns:
        if name not in known:
            has = ", ".join(known)
            raise WrongRow(f"has no column {name!r}, it has {has}{suggest(str(name), known)}")
    return tuple(columns)


def _check_further(rows: Sequence[Row], id_column: str | None) -> None:
    first = rows[0]
    for row in rows:
        further = [n for n in row.columns if n not in first.columns and n != id_column]
        if further:
            raise WrongRow(f"{row.place}: has {further[0]!r}, which {first.place} has not")


def _to_arguments(row: Row, chosen: tuple[str, ...], first: Row) -> tuple[object, ...]:
    for name in chosen:
        if name not in row.columns:
            raise WrongRow(f"{row.place}: has no {name!r}, which {first.place} has")
    return tuple(row.columns[name] for name in chosen)
