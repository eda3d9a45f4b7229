"""Frames and series of polars, which is imported inside of functions.

Numbers travel as an array and a mask, texts as one text and their lengths, and whatever is nested
element by element. A lazy frame is a plan and no value: whoever returns one has to collect it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values.bounds import require_times
from pytest_metamorphic_guard.values.checks import require, require_ints, require_text
from pytest_metamorphic_guard.values.dtypes import name_dtype, read_dtype, write_dtype
from pytest_metamorphic_guard.values.elements import list_elements, look_at_elements
from pytest_metamorphic_guard.values.frames import POLARS, DecodeError, keep_builtins
from pytest_metamorphic_guard.values.kind import Kind
from pytest_metamorphic_guard.values.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pytest_metamorphic_guard.values.sides import Asker, Rules, Writer

__all__ = ["KINDS"]

keep_builtins(globals())

_MOST_COLUMNS: Final = 10_000
_FEW_CHARACTERS: Final = 8
_SHOWN_ROWS: Final = 5
_COLUMN_WIDTH: Final = 14
_MOST_NOTHING: Final = 1_000_000
_FLOATS: Final = ("Float32", "Float64")
_WHOLE: Final = tuple(f"{sign}Int{bits}" for sign in ("", "U") for bits in (8, 16, 32, 64))
# What is whole numbers in another light.
_TEMPORAL: Final = ("Date", "Datetime", "Duration", "Time")


def _write(writer: Writer, value: Any) -> None:
    is_frame = type(value).__name__ == "DataFrame"
    if is_frame and value.width > _MOST_COLUMNS:
        writer.opaque(value)
        return
    writer.check_size(int(value.estimated_size()))
    columns = value.get_columns() if is_frame else [value]
    names = [name_dtype(column.dtype) for column in columns]
    try:
        parts = [
            [column.name, name, *_take_apart(name, column)]
            for name, column in zip(names, columns, strict=True)
        ]
    except DecodeError:  # a time that nobody can read
        parts = []
    if not all(names) or len(parts) < len(columns):
        writer.opaque(value)
        return
    writer.mark(POLARS)
    writer.scalar("DataFrame" if is_frame else "Series")
    writer.sequence(parts)


def _take_apart(name: Any, column: Any) -> list[Any]:
    """Return the length of a column, how its elements are sent, and these."""
    word = name if type(name) is str else (name or [""])[0]
    length = len(column)
    if word in ("", "Null"):
        return [length, "nothing", None]
    if word in (*_FLOATS, *_WHOLE, "Boolean", *_TEMPORAL):
        plain = column.to_physical() if word in _TEMPORAL else column
        filled = plain.fill_null(False if word == "Boolean" else 0)
        mask = column.is_null().to_numpy() if column.null_count() else None
        numbers = filled.to_numpy()
        if word in _TEMPORAL:
            _require_times(name, numbers)
        return [length, "numbers", [numbers, mask]]
    if word == "String":
        mask = column.is_null().to_numpy() if column.null_count() else None
        filled = column.fill_null("")
        return [length, "texts", ["".join(filled), filled.str.len_chars().to_numpy(), mask]]
    if word in ("Categorical", "Enum"):
        import polars as pl

        column = column.cast(pl.String)
    return [length, "elements", list_elements(column)]


def _put_together(form: Any, parts: Any) -> object:
    if form not in ("DataFrame", "Series") or len(require(parts, list)) > _MOST_COLUMNS:
        raise DecodeError("no form of polars")
    try:
        import polars as pl
    except ImportError:
        return Record("table", f"polars.{form}", (("parts", parts),))
    columns = [_build_guarded(pl, part) for part in parts]
    if form == "DataFrame":
        if len({len(column) for column in columns}) > 1:
            raise DecodeError("columns of different lengths")
        return pl.DataFrame(columns)
    (column,) = columns
    return column


def _build_guarded(pl: Any, parts: Any) -> Any:
    try:
        return _build_column(pl, parts)
    except pl.exceptions.PanicException as error:  # which is no Exception
        raise DecodeError("no column of polars") from error


def _build_column(pl: Any, parts: Any) -> Any:
    import numpy as np

    name, kind, length, form, data = require(parts, list)
    require_text(name, 1 << 16)
    require_ints(length)
    dtype = read_dtype(pl, kind)
    if form == "nothing":
        # Nothing takes no bytes, whatever its length; of any other type it would.
        if not 0 <= length <= _MOST_NOTHING or dtype != pl.Null:
            raise DecodeError("a column of nothing")
        return pl.Series(name, [], dtype=dtype).clear(length)
    if form == "elements":
        made = pl.Series(name, require(data, list), dtype=dtype, strict=True)
    elif form == "texts":
        text, lengths, mask = require(data, list)
        made = pl.Series(name, _split(require(text, str), lengths), dtype=dtype)
        made = _hide(pl, made, mask)
    else:
        numbers, mask = require(data, list)
        if require(numbers, np.ndarray).ndim != 1 or numbers.dtype.kind not in "biuf":
            raise DecodeError("no numbers of a column")
        _require_times(kind, numbers)
        made = _hide(pl, pl.Series(name, numbers).cast(dtype), mask)
    if len(made) != length or made.dtype != dtype:
        raise DecodeError("a column that is not what it says")
    return made


def _require_times(kind: Any, numbers: Any) -> None:
    word, *rest = [kind] if type(kind) is str else kind
    if word in _TEMPORAL and numbers.dtype.kind != "i":
        raise DecodeError("no whole numbers of times")
    match word:
        case "Date":
            require_times(numbers, "D", "moment")
        case "Datetime":
            require_times(numbers, rest[0], "moment")
        case "Duration":
            require_times(numbers, rest[0], "span")
        case "Time":
            require_times(numbers, "ns", "clock")
        case _:
            pass


def _split(text: str, lengths: Any) -> list[str]:
    import numpy as np

    if require(lengths, np.ndarray).ndim != 1 or lengths.dtype.kind not in "iu":
        raise DecodeError("no lengths of texts")
    if len(lengths) > max(_MOST_NOTHING, len(text) // _FEW_CHARACTERS):
        raise DecodeError("more texts than there is text")
    ends = np.cumsum(lengths.astype("i8"))
    if len(lengths) and (lengths.max() > len(text) or int(ends[-1]) != len(text)):
        raise DecodeError("lengths that do not fit a text")
    at = [0, *ends.tolist()]
    return [text[start:end] for start, end in pairwise(at)]


def _hide(pl: Any, column: Any, mask: Any) -> Any:
    import numpy as np

    if mask is None:
        return column
    if require(mask, np.ndarray).shape != (len(column),) or mask.dtype.kind != "b":
        raise DecodeError("a mask that does not fit its column")
    named = column.name
    return pl.select(pl.when(pl.Series(~mask)).then(column).otherwise(None))[:, 0].alias(named)


def _compare(first: Any, second: Any, rules: Rules) -> Iterable[tuple[Any, Any]] | None:
    if type(first) is not type(second) or first.shape != second.shape:
        return None
    if type(first).__name__ != "DataFrame":
        pairs = [(first, second)]
    elif first.columns != second.columns:
        return None
    else:
        pairs = list(zip(first.get_columns(), second.get_columns(), strict=True))
    return _compare_columns(pairs, rules)


def _compare_columns(pairs: list[tuple[Any, Any]], rules: Rules) -> Iterator[tuple[Any, Any]]:
    # One column after the other, and none is read after one that differs.
    for left, right in pairs:
        yield left.name, right.name
        yield _read(left, rules), _read(right, rules)


def _read(column: Any, rules: Rules) -> list[Any]:
    """Return what makes two columns the same: elements, and not their type."""
    name = type(column.dtype).__name__
    if name in (*_FLOATS, *_WHOLE, "Boolean"):
        # Nothing is no number, also where numpy has only nan for it.
        filled = column.fill_null(False if name == "Boolean" else 0)
        return [column.is_null().to_numpy(), filled.to_numpy()]
    if name == "Time":  # of which Python's own has no nanoseconds
        return [name, column.to_physical().to_list()]
    if name in ("Date", "Datetime", "Duration"):
        zone = getattr(column.dtype, "time_zone", None)
        return [zone if rules.zones else bool(zone), column.to_numpy()]
    rules.charge(len(column))
    return look_at_elements(column)


def _to_source(value: Any, write: Callable[[object], str]) -> str:
    if type(value).__name__ == "Series":
        return _column_to_source(value, write)
    inner = ", ".join(_column_to_source(column, write) for column in value.get_columns())
    return f"pl.DataFrame([{inner}])"


def _column_to_source(column: Any, write: Callable[[object], str]) -> str:
    kind = name_dtype(column.dtype)
    if kind is None:
        raise TypeError("a type that is not sent")
    items = column.to_list()
    return f"pl.Series({write(column.name)}, {write(items)}, dtype={write_dtype(kind)})"


def _list_elements(value: Any) -> list[Any]:
    return list(value.rows() if type(value).__name__ == "DataFrame" else value.to_list())


def _count_elements(value: Any) -> int:
    rows, *width = value.shape
    return int(rows * (1 + width[0]) if width else rows)


def _describe(first: Any, second: Any, asker: Asker) -> list[str]:
    # Which no worker needs to load.
    from pytest_metamorphic_guard.values.tables import Table, describe_rows

    def look_at(value: Any, start: int) -> Table:
        rows = list(range(start, start + len(value)))
        if type(value).__name__ == "DataFrame":
            columns = value.get_columns()
            return Table(
                rows=rows,
                columns=list(value.columns),
                read_column=lambda at: columns[at].to_list(),
                column_types=[column.dtype for column in columns],
            )
        types, names = [("", value.dtype)], [("name", value.name)]
        read = value.to_list
        return Table(
            row="position", rows=rows, read_column=lambda _: read(), types=types, names=names
        )

    return describe_rows(first, second, look_at, asker)


def _show(value: Any, width: int) -> list[str]:
    """Write a table with as many columns as fit; of more than a few rows the middle is left out."""
    import polars as pl

    shown: dict[str, Any] = {
        "tbl_rows": _SHOWN_ROWS,
        "tbl_width_chars": width,
        "fmt_str_lengths": width // 4,
    }
    if type(value).__name__ == "DataFrame":
        shown["tbl_cols"] = max(2, width // _COLUMN_WIDTH)
    with pl.Config(tbl_formatting="ASCII_MARKDOWN", tbl_hide_column_data_types=False, **shown):
        return str(value).splitlines()


def _list_types() -> list[type]:
    import polars as pl

    return [pl.DataFrame, pl.Series]


KINDS: Final = (
    Kind(
        types=_list_types,
        mark=POLARS,
        write=_write,
        put_together=_put_together,
        compare=_compare,
        list_elements=_list_elements,
        count_elements=_count_elements,
        measure=lambda value: int(value.estimated_size()),
        copy=lambda value: value.clone(),
        show=_show,
        to_source=_to_source,
        describe=_describe,
    ),
)
