"""Where two tables differ, of whatever library: which labels, and which cells under them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_metamorphic_guard.values.sides import Asker

__all__ = ["Table", "describe_rows", "describe_tables"]

_SHOWN_LABELS = 2
_MOST_ROWS = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What is compared of a table.

    Attributes:
        rows: The labels of the rows.
        read_column: Gives the cells of a column by its number.
        columns: The labels of the columns, or None where there is one without a label.
        row: What one row is called.
        column_types: The type of each column, where columns have labels.
        types: Further types, each after what comes before it in a line.
        names: What else has a name, and this.
    """

    rows: list[Any]
    read_column: Callable[[int], list[Any]]
    columns: list[Any] | None = None
    row: str = "row"
    column_types: list[Any] = field(default_factory=list)
    types: list[tuple[str, Any]] = field(default_factory=list)
    names: list[tuple[str, object]] = field(default_factory=list)


def describe_tables(first: Table, second: Table, asker: Asker) -> list[str]:
    """Say which labels and cells of two tables were refused, or else which types and names differ.

    Cells are compared under the same labels, or by their position where labels repeat.
    """
    width = asker.width
    rows = _Axis(first.row, first.rows, second.rows, asker)
    columns = None
    if first.columns is not None and second.columns is not None:
        columns = _Axis("column", first.columns, second.columns, asker)
    axes = [axis for axis in (columns, rows) if axis is not None]
    lines = [line for axis in axes for line in axis.describe(asker)]
    refused, total = [], 0
    for column, left, right in _list_columns(first, second, columns):
        for label, a, b in rows.pair(left, right):
            total += 1
            if total <= asker.most_asked and asker.refuses(a, b):
                places = [f"{rows.name} {asker.shorten(label, width // 4)}"]
                if columns is not None:
                    places.append(f"column {asker.shorten(column, width // 4)}")
                refused.append((f"{', '.join(places)}:", a, b))
    all_asked = total <= asker.most_asked
    lines += asker.write(refused, f"of {total} cells", all_asked=all_asked)
    return lines or [line[:width] for line in _describe_types(first, second, asker)]


def describe_rows(
    first: Any, second: Any, look_at: Callable[[Any, int], Table], asker: Asker
) -> list[str]:
    """Say as `describe_tables` what differs in tables of Arrow or polars.

    Of many rows the first ones are looked at in which the tables differ: each cell becomes an
    object when it is.

    Args:
        first: A table, or one column.
        second: Another one.
        look_at: Gives what is compared of rows, and takes the number of the first of them.
        asker: Who asks.
    """
    total = max(len(first), len(second))
    if total <= _MOST_ROWS:
        return describe_tables(look_at(first, 0), look_at(second, 0), asker)
    start = _find_rows(first, second)
    left, right = (look_at(table.slice(start, _MOST_ROWS), start) for table in (first, second))
    said = f"of {total} rows the first that differ are among those from {start}:"
    return [said[: asker.width], *describe_tables(left, right, asker)]


def _find_rows(first: Any, second: Any) -> int:
    least = min(len(first), len(second))
    for start in range(0, least, _MOST_ROWS):
        left, right = (table.slice(start, _MOST_ROWS) for table in (first, second))
        if not left.equals(right):
            return start
    return max(0, least - 1)


class _Axis:
    """The labels of two tables in one direction, and which belong together."""

    def __init__(self, name: str, first: list[Any], second: list[Any], asker: Asker) -> None:
        self.name = name
        self._first, self._second = first, second
        left, right = _number(first, asker), _number(second, asker)
        is_unique = len(left) == len(first) and len(right) == len(second)
        self._gone = [first[at] for key, at in left.items() if key not in right]
        self._new = [second[at] for key, at in right.items() if key not in left]
        self._together = [(at, right[key]) for key, at in left.items() if key in right]
        if not is_unique:
            self._together = [(at, at) for at in range(min(len(first), len(second)))]

    def pair(self, left: list[Any], right: list[Any]) -> Iterator[tuple[Any, Any, Any]]:
        """Yield the label and both parts of all that belong together."""
        for at, other in self._together:
            yield self._first[at], left[at], right[other]

    def describe(self, asker: Asker) -> list[str]:
        """Say which labels are gone, new, or in another order."""
        lines = []
        if len(self._first) != len(self._second):
            lines.append(f"{len(self._first)} {self.name}s become {len(self._second)}")
        for word, labels in (("gone", self._gone), ("new", self._new)):
            shown = [asker.shorten(label, asker.width - 20) for label in labels[:_SHOWN_LABELS]]
            lines += [f"{self.name} {label} is {word}" for label in shown]
            if len(labels) > _SHOWN_LABELS:
                lines.append(f"{len(labels)} {self.name}s are {word}")
        if not lines and any(at != other for at, other in self._together):
            lines.append(f"{self.name}s are in another order")
        return lines


def _number(labels: list[Any], asker: Asker) -> dict[object, int]:
    numbered: dict[object, int] = {}
    for number, label in enumerate(labels):
        numbered.setdefault(asker.name(label), number)
    return numbered


def _list_columns(
    first: Table, second: Table, columns: _Axis | None
) -> Iterator[tuple[Any, list[Any], list[Any]]]:
    if columns is None:
        yield None, first.read_column(0), second.read_column(0)
        return
    numbers = [list(range(len(table.columns or ()))) for table in (first, second)]
    for label, at, other in columns.pair(*numbers):
        yield label, first.read_column(at), second.read_column(other)


def _describe_types(first: Table, second: Table, asker: Asker) -> Iterator[str]:
    labels = [f"column {asker.shorten(label, 20)}: " for label in first.columns or ()]
    left = [*zip(labels, first.column_types, strict=False), *first.types]
    right = [*second.column_types, *(kind for _, kind in second.types)]
    for (what, before), after in zip(left, right, strict=False):
        if before != after:
            yield f"{what}dtype {before} becomes {after}"
    for (what, name), (_, other) in zip(first.names, second.names, strict=False):
        if name != other:
            yield f"{what}: {asker.shorten(name, 20)} becomes {asker.shorten(other, 20)}"
