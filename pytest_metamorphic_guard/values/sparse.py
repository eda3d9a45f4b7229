"""Sparse matrices and arrays of scipy, which is imported inside of functions.

They travel as the rows, columns and values of what they hold, in whatever format, and are never
made dense: a candidate's may have more cells than there is memory.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values.checks import require, require_ints
from pytest_metamorphic_guard.values.frames import SPARSE, DecodeError, keep_builtins
from pytest_metamorphic_guard.values.kind import Kind
from pytest_metamorphic_guard.values.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_metamorphic_guard.values.sides import Asker, Rules, Writer

__all__ = ["KINDS"]

keep_builtins(globals())

_FORMATS: Final = ("bsr", "coo", "csc", "csr", "dia", "dok", "lil")
_KINDS: Final = ("array", "matrix")
_SHOWN_LINES: Final = 8
_MOST_AXES: Final = 32
# Formats that set memory aside for each row, each column or each diagonal.
_MOST_LENGTH: Final = 1 << 22
_MOST_LISTS: Final = 1 << 17


def _write(writer: Writer, value: Any) -> None:
    format_name, _, kind = type(value).__name__.partition("_")
    shape, places, data = _take_apart(value)
    writer.check_size(data.nbytes + sum(axis.nbytes for axis in places))
    writer.mark(SPARSE)
    writer.scalar(format_name)
    writer.scalar(kind)
    writer.sequence(shape)
    writer.sequence([*places, data])


def _take_apart(value: Any) -> tuple[list[int], list[Any], Any]:
    """Return shape, places of elements on each axis, and these; in order, and each place once."""
    import numpy as np

    plain = value.tocoo(copy=True)
    plain.sum_duplicates()
    places = list(plain.coords) if hasattr(plain, "coords") else [plain.row, plain.col]
    data = np.asarray(plain.data)
    order = np.lexsort(places[::-1]) if len(places) else slice(None)
    return [int(length) for length in value.shape], [axis[order] for axis in places], data[order]


def _put_together(  # noqa: C901 - one check after the other
    format_name: Any, kind: Any, shape: Any, parts: Any
) -> object:
    import numpy as np

    if format_name not in _FORMATS or kind not in _KINDS:
        raise DecodeError("no format of a sparse array")
    require_ints(*require(shape, list))
    *places, data = require(parts, list)
    if not 1 <= len(shape) == len(places) <= _MOST_AXES or data.dtype.kind not in "biufc":
        raise DecodeError("no parts of a sparse array")
    for axis, length in zip(places, shape, strict=True):
        if require(axis, np.ndarray).shape != require(data, np.ndarray).shape or data.ndim != 1:
            raise DecodeError("places that do not fit what is there")
        if axis.dtype.kind != "i" or not 0 <= length < 1 << 62:
            raise DecodeError("no places")
        if axis.size and not (axis.min() >= 0 and axis.max() < length):
            raise DecodeError("places outside of a sparse array")
    if math.prod(shape) >= 1 << 62 or (format_name != "coo" and max(shape) > _MOST_LENGTH):
        raise DecodeError("a sparse array that is too long for its format")
    try:
        from scipy import sparse
    except ImportError:
        return Record("table", f"scipy.sparse.{format_name}_{kind}", (("parts", parts),))
    made = getattr(sparse, f"coo_{kind}")((data, tuple(places)), shape=tuple(shape))
    if format_name == "coo":
        return made
    if format_name == "lil" and shape[0] > _MOST_LISTS:
        format_name = "csr"  # each row would be two lists
    if format_name == "dia":
        count = len(np.unique(places[-1] - places[0]))
        format_name = "dia" if count * shape[-1] <= _MOST_LENGTH else "csr"
    return getattr(made, f"to{format_name}")()


def _compare(first: Any, second: Any, rules: Rules) -> Iterable[tuple[Any, Any]] | None:
    import numpy as np

    if first.shape != second.shape:
        return None
    rules.charge(first.nnz + second.nnz)
    shape, left_places, left = _take_apart(first)
    _, right_places, right = _take_apart(second)
    if len(left) == len(right) and all(map(np.array_equal, left_places, right_places)):
        return [(left, right)]
    if math.prod(shape) >= 1 << 62:
        return None
    # What one does not hold is a nought, as may be what the other holds.
    return [_align(shape, left_places, left, right_places, right)]


def _align(
    shape: list[int], left_places: Any, left: Any, right_places: Any, right: Any
) -> tuple[Any, Any]:
    import numpy as np

    keys = [_number(shape, places) for places in (left_places, right_places)]
    every = np.unique(np.concatenate(keys))
    found = []
    for known, data in zip(keys, (left, right), strict=True):
        filled = np.zeros(len(every), data.dtype)
        filled[np.searchsorted(every, known)] = data
        found.append(filled)
    return found[0], found[1]


def _number(shape: list[int], places: Any) -> Any:
    import numpy as np

    numbers = np.zeros(len(places[0]), "i8")
    for length, axis in zip(shape, places, strict=True):
        numbers = numbers * length + axis
    return numbers


def _describe(first: Any, second: Any, asker: Asker) -> list[str]:
    import numpy as np

    if first.shape != second.shape:
        return [f"shape {first.shape} becomes {second.shape}"]
    shape, left_places, left = _take_apart(first)
    _, right_places, right = _take_apart(second)
    lines = [] if left.dtype == right.dtype else [f"dtype {left.dtype} becomes {right.dtype}"]
    pair = _align(shape, left_places, left, right_places, right)
    keys = np.unique(
        np.concatenate([_number(shape, places) for places in (left_places, right_places)])
    )
    refused = []
    unlike = (pair[0] != pair[1]).nonzero()[0][: asker.most_asked].tolist()
    for at in unlike:
        a, b = pair[0][at].item(), pair[1][at].item()
        if asker.refuses(a, b):
            refused.append((_find_path(int(keys[at]), shape), a, b))
    counted = f"of {len(keys)} stored elements"
    return lines + asker.write(refused, counted, all_asked=len(unlike) < asker.most_asked)


def _find_path(number: int, shape: list[int]) -> str:
    index: list[int] = []
    for length in reversed(shape):
        index.insert(0, number % length)
        number //= length
    return f"[{', '.join(map(str, index))}]"


def _list_elements(value: Any) -> list[Any]:
    return list(value.toarray().tolist())


def _count_elements(value: Any) -> int:
    shape = value.shape
    return sum(math.prod(shape[:axes]) for axes in range(1, len(shape) + 1))


def _to_source(value: Any, write: Callable[[object], str]) -> str:
    shape, places, data = _take_apart(value)
    format_name, _, kind = type(value).__name__.partition("_")
    axes = ", ".join(write(axis.tolist()) for axis in places)
    axes += "," * (len(places) == 1)
    made = f"scipy.sparse.coo_{kind}(({write(data)}, ({axes})), shape={tuple(shape)})"
    return made if format_name == "coo" else f"{made}.to{format_name}()"


def _show(value: Any, width: int) -> list[str]:
    lines = [line.expandtabs()[:width] for line in str(value).splitlines()]
    return lines if len(lines) <= _SHOWN_LINES else [*lines[:_SHOWN_LINES], "..."]


def _list_types() -> list[type]:
    from scipy import sparse

    names = [f"{name}_{kind}" for name in _FORMATS for kind in _KINDS]
    return [getattr(sparse, name) for name in names if hasattr(sparse, name)]


KINDS: Final = (
    Kind(
        types=_list_types,
        mark=SPARSE,
        write=_write,
        put_together=_put_together,
        compare=_compare,
        list_elements=_list_elements,
        count_elements=_count_elements,
        measure=lambda value: 16 * int(value.nnz),
        copy=lambda value: value.copy(),
        show=_show,
        to_source=_to_source,
        describe=_describe,
    ),
)
