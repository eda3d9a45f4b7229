"""Where two arrays or two tables differ: which cells, under which labels, and in what type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.report.changes import (
    MOST_ASKED,
    Change,
    Total,
    shorten,
    write_changes,
)
from pytest_metamorphic_guard.values.deciding import Undecidable
from pytest_metamorphic_guard.values.kinds import Incomparable
from pytest_metamorphic_guard.values.pandas import find_kind
from pytest_metamorphic_guard.values.standins import freeze

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_metamorphic_guard.report.expected_parts import Refusal

__all__ = ["describe_arrays", "describe_tables"]

_FEW_CELLS = 10
_SHOWN_LABELS = 2


def describe_arrays(first: Any, second: Any, refusal: Refusal, width: int) -> list[str]:
    """Say which elements of two arrays were refused; their types only where these differ."""
    if first.shape != second.shape:
        return [f"shape {first.shape} becomes {second.shape}"]
    lines = [] if first.dtype == second.dtype else [f"dtype {first.dtype} becomes {second.dtype}"]
    if first.size <= _FEW_CELLS and refusal.is_plain:
        return lines
    left, right = first.ravel(), second.ravel()
    changes = []
    suspects = _list_suspects(left, right, refusal)
    for position in suspects:
        a, b = _get_element(left, position), _get_element(right, position)
        if refusal.refuses(a, b):
            changes.append(Change(_find_path(position, first.shape), a, b))
    total = Total(f"of {first.size} elements", all_asked=len(suspects) < MOST_ASKED, first=True)
    return lines + write_changes(changes, total, refusal, width)


def _get_element(array: Any, position: int) -> Any:
    # As Python's own value, but for a time: of nanoseconds that is a bare number.
    if array.dtype.kind in "mM":
        return array[position]
    return array[position : position + 1].tolist()[0]


def _list_suspects(left: Any, right: Any, refusal: Refusal) -> list[int]:
    """Return the positions that are worth asking about: to ask about each takes long."""
    try:
        if refusal.compare is not None:
            cells = ~refusal.compare(left, right)
        else:
            missing = (left != left) & (right != right)  # noqa: PLR0124 - nan differs from itself
            cells = ~((left == right) | missing)
        found: list[int] = cells.nonzero()[0][:MOST_ASKED].tolist()
    except Exception:  # noqa: BLE001 - types that numpy does not compare
        return list(range(min(left.size, MOST_ASKED)))
    return found


def _find_path(position: int, shape: tuple[int, ...]) -> str:
    index: list[int] = []
    for length in reversed(shape):
        index.insert(0, position % length)
        position //= length
    return f"[{', '.join(map(str, index))}]"


def describe_tables(first: Any, second: Any, refusal: Refusal, width: int) -> list[str]:
    """Say which labels and cells of two tables were refused, or else which types and names differ.

    Cells are compared under the same labels, or by their position where labels repeat.
    """
    if find_kind(type(first)) == "Index":
        rows = _Axis("position", range(len(first)), range(len(second)))
        columns = None
    else:
        rows = _Axis("row", first.index.tolist(), second.index.tolist())
        columns = None
        if find_kind(type(first)) == "DataFrame":
            columns = _Axis("column", first.columns.tolist(), second.columns.tolist())
    axes = [axis for axis in (columns, rows) if axis is not None]
    lines = [line for axis in axes for line in axis.describe(width)]
    changes, total = [], 0
    for column, left, right in _list_columns(first, second, columns):
        for label, a, b in rows.pair(left, right):
            total += 1
            if total <= MOST_ASKED and refusal.refuses(a, b):
                places = [f"{rows.name} {shorten(label, width // 4)}"]
                places += [] if columns is None else [f"column {shorten(column, width // 4)}"]
                changes.append(Change(f"{', '.join(places)}:", a, b))
    counted = Total(f"of {total} cells", all_asked=total <= MOST_ASKED, first=True)
    lines += write_changes(changes, counted, refusal, width)
    return lines or [line[:width] for line in _describe_types(first, second, columns)]


class _Axis:
    """The labels of two tables in one direction, and which belong together."""

    def __init__(self, name: str, first: Any, second: Any) -> None:
        self.name = name
        self._first, self._second = list(first), list(second)
        left, right = _number(self._first), _number(self._second)
        self._is_unique = len(left) == len(self._first) and len(right) == len(self._second)
        self._gone = [self._first[at] for key, at in left.items() if key not in right]
        self._new = [self._second[at] for key, at in right.items() if key not in left]
        self._together = [(at, right[key]) for key, at in left.items() if key in right]
        if not self._is_unique:
            shorter = min(len(self._first), len(self._second))
            self._together = [(at, at) for at in range(shorter)]

    def pair(self, left: list[Any], right: list[Any]) -> Iterator[tuple[Any, Any, Any]]:
        """Yield the label and both parts of all that belong together."""
        for at, other in self._together:
            yield self._first[at], left[at], right[other]

    def describe(self, width: int) -> list[str]:
        """Say which labels are gone, new, or in another order."""
        lines = []
        if len(self._first) != len(self._second):
            lines.append(f"{len(self._first)} {self.name}s become {len(self._second)}")
        for word, labels in (("gone", self._gone), ("new", self._new)):
            shown = [shorten(label, width - 20) for label in labels[:_SHOWN_LABELS]]
            lines += [f"{self.name} {label} is {word}" for label in shown]
            if len(labels) > _SHOWN_LABELS:
                lines.append(f"{len(labels)} {self.name}s are {word}")
        if not lines and any(at != other for at, other in self._together):
            lines.append(f"{self.name}s are in another order")
        return lines


def _number(labels: list[Any]) -> dict[object, int]:
    numbered: dict[object, int] = {}
    for number, label in enumerate(labels):
        try:
            key: object = freeze(label)
        except (Incomparable, RecursionError, Undecidable):
            key = repr(label)
        numbered.setdefault(key, number)
    return numbered


def _list_columns(
    first: Any, second: Any, columns: _Axis | None
) -> Iterator[tuple[Any, list[Any], list[Any]]]:
    if columns is None:
        yield None, first.tolist(), second.tolist()
        return
    left, right = range(first.shape[1]), range(second.shape[1])
    for label, at, other in columns.pair(list(left), list(right)):
        yield label, first.iloc[:, at].tolist(), second.iloc[:, other].tolist()


def _describe_types(first: Any, second: Any, columns: _Axis | None) -> Iterator[str]:
    """Say what differs besides cells and labels: types, and the names of axes."""
    if columns is None:
        if first.dtype != second.dtype:
            yield f"dtype {first.dtype} becomes {second.dtype}"
        named = [("name", first.name, second.name)]
    else:
        for at, label in enumerate(first.columns.tolist()):
            before, after = first.dtypes.iloc[at], second.dtypes.iloc[at]
            if before != after:
                yield f"column {shorten(label, 20)}: dtype {before} becomes {after}"
        named = []
    for axis in ("index", "columns"):
        left, right = getattr(first, axis, None), getattr(second, axis, None)
        if left is None or right is None:
            continue
        if left.dtype != right.dtype:
            yield f"{axis}: dtype {left.dtype} becomes {right.dtype}"
        named.append((f"names of the {axis}", list(left.names), list(right.names)))
    for what, before, after in named:
        if before != after:
            yield f"{what}: {shorten(before, 20)} becomes {shorten(after, 20)}"
