"""Tables, arrays and scalars of pyarrow, which is imported inside of functions.

Their buffers travel as they lie in memory. What arrives is validated in full before anybody reads
it: neither the messages of Arrow's own streams nor their compression are understood.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values.checks import require, require_ints, require_text
from pytest_metamorphic_guard.values.frames import ARROW, DecodeError, keep_builtins
from pytest_metamorphic_guard.values.kind import Kind
from pytest_metamorphic_guard.values.records import LEFT_OUT, Opaque, Record
from pytest_metamorphic_guard.values.schemas import (
    name_type,
    read_field,
    read_type,
    require_calendar,
    write_field,
)
from pytest_metamorphic_guard.values.showing_arrow import (
    TABLES,
    describe,
    name_form,
    show,
    to_source,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pytest_metamorphic_guard.values.sides import Rules, Writer

__all__ = ["KINDS"]

keep_builtins(globals())

# Arrays without any bytes, of null, may be of any length.
_MOST_NOTHING: Final = 1_000_000
_NANOSECONDS: Final = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
# What nobody can tell from another one of its kind.
_UNSEEN: Final = Opaque("pyarrow.Array", f"{LEFT_OUT}it has nanoseconds of a day in lists")
_MOST_COLUMNS: Final = 10_000
# A slice keeps the buffers of the whole array.
_SPARE_BYTES: Final = 4096


def _write(writer: Writer, value: Any) -> None:
    form = name_form(value)
    parts = _take_apart(form, value, writer.check_size)
    if parts is None:
        writer.opaque(value)
        return
    writer.mark(ARROW)
    writer.scalar(form)
    writer.sequence(parts)


def _take_apart(form: str, value: Any, check_size: Callable[[int], None]) -> list[Any] | None:
    check_size(0 if form == "Scalar" else value.nbytes)
    if form not in TABLES:
        return _take_array(_join(form, value))
    if value.num_columns > _MOST_COLUMNS:
        return None
    fields = [write_field(field) for field in value.schema]
    columns = [_take_array(_join("ChunkedArray", column)) for column in value.columns]
    if None in fields or None in columns:
        return None
    return [value.num_rows, fields, columns]


def _join(form: str, value: Any) -> Any:
    """Return the one array that a value consists of."""
    import pyarrow as pa

    if form == "Scalar":
        return pa.array([value.as_py()], value.type)
    if not isinstance(value, pa.ChunkedArray):
        return value
    if value.num_chunks == 1:
        return value.chunk(0)
    return pa.concat_arrays(value.chunks) if value.num_chunks else pa.array([], value.type)


def _take_array(array: Any) -> list[Any] | None:
    import pyarrow as pa

    views = {"string_view": pa.string(), "binary_view": pa.binary()}
    if str(array.type) in views:
        array = array.cast(views[str(array.type)])
    kind = name_type(array.type)
    if kind is None or not _is_readable(pa, array):
        return None
    if array.offset or array.get_total_buffer_size() > 2 * array.nbytes + _SPARE_BYTES:
        array = pa.concat_arrays([array, array.slice(0, 0)])
    form = kind[0] if isinstance(kind, list) else ""
    held: list[Any] = []
    if form == "dictionary":
        held = [_take_array(array.indices), _take_array(array.dictionary)]
    elif form == "struct":
        held = [_take_array(array.field(at)) for at in range(array.type.num_fields)]
    elif form == "map":
        held = [_take_array(array.keys), _take_array(array.items)]
    elif form:
        held = [_take_array(array.values)]
    if None in held:
        return None
    own = () if form == "dictionary" else array.buffers()[: array.type.num_buffers]
    buffers = [None if buffer is None else buffer.to_pybytes() for buffer in own]
    return [kind, len(array), buffers, held]


def _is_readable(pa: Any, array: Any) -> bool:
    try:
        require_calendar(pa, array)
    except DecodeError:
        return False
    return True


def _put_together(form: Any, parts: Any) -> object:
    require(parts, list)
    try:
        import pyarrow as pa
    except ImportError:
        return Record("table", f"pyarrow.{require_text(form, 20)}", (("parts", parts),))
    if form in TABLES:
        rows, fields, columns = parts
        require_ints(rows)
        schema = pa.schema([read_field(pa, field) for field in require(fields, list)])
        made = [_build_array(pa, column) for column in require(columns, list)]
        if any(len(column) != rows for column in made) or (not made and rows):
            raise DecodeError("columns of other lengths than their table")
        table = getattr(pa, form).from_arrays(made, schema=schema)
        table.validate(full=True)
        return table
    array = _build_array(pa, parts)
    if form == "ChunkedArray":
        return pa.chunked_array([array], array.type)
    if form == "Scalar":
        return array[0]
    if form != "Array":
        raise DecodeError("no form of Arrow")
    return array


def _build_array(pa: Any, parts: Any) -> Any:
    made = _build_unchecked(pa, parts)
    made.validate(full=True)
    require_calendar(pa, made)
    return made


def _build_unchecked(pa: Any, parts: Any) -> Any:
    written, length, buffers, held = require(parts, list)
    require_ints(length)
    if set(map(type, require(buffers, list))) - {bytes, type(None)}:
        raise DecodeError("no buffers of an array")
    bytes_held = sum(len(buffer) for buffer in buffers if buffer is not None)
    if not 0 <= length <= max(_MOST_NOTHING, 8 * bytes_held):
        raise DecodeError("an array of nothing")
    kind = read_type(pa, written)
    children = [_build_array(pa, child) for child in require(held, list)]
    form = written[0] if type(written) is list else ""
    if form == "dictionary":
        indices, dictionary = children
        made = pa.DictionaryArray.from_arrays(indices, dictionary, ordered=kind.ordered)
        if made.type != kind or len(made) != length:
            raise DecodeError("no dictionary of its type")
        return made
    if form == "map":
        entries = pa.StructArray.from_arrays(children, fields=[kind.key_field, kind.item_field])
        children = [entries]
    given = [None if buffer is None else pa.py_buffer(buffer) for buffer in buffers]
    return pa.Array.from_buffers(kind, length, given, children=children)


def _compare(first: Any, second: Any, rules: Rules) -> Iterable[tuple[Any, Any]] | None:
    form = name_form(first)
    if form != name_form(second):
        return None
    if form == "Scalar":
        return [(_read(_join(form, first), rules), _read(_join(form, second), rules))]
    if form not in TABLES:
        return _compare_columns([(first, second)], rules)
    if first.schema.names != second.schema.names or len(first) != len(second):
        return None
    return _compare_columns(zip(first.columns, second.columns, strict=True), rules)


def _compare_columns(pairs: Iterable[tuple[Any, Any]], rules: Rules) -> Iterator[tuple[Any, Any]]:
    # One column after the other, and none is read after one that differs.
    for pair in pairs:
        yield len(pair[0]), len(pair[1])
        left, right = (_join(name_form(column), column) for column in pair)
        # Arrow's own, which takes no nan for the same as another; zones are a part of its types.
        if not (left.type == right.type and left.equals(right)):
            yield _read(left, rules), _read(right, rules)


def _read(array: Any, rules: Rules) -> list[Any]:
    """Return what makes two arrays the same: elements, and not their type."""
    import pyarrow as pa

    kind = array.type
    if pa.types.is_dictionary(kind):
        return _read(array.dictionary_decode(), rules)
    numbers = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    if numbers:
        # Nothing is no number, also where numpy has only nan for it.
        absent = array.is_null().to_numpy(zero_copy_only=False)
        zero = pa.scalar(False) if pa.types.is_boolean(kind) else pa.scalar(0, pa.int8()).cast(kind)
        return [absent, array.fill_null(zero).to_numpy(zero_copy_only=False)]
    if pa.types.is_timestamp(kind) or pa.types.is_duration(kind) or pa.types.is_date(kind):
        zone = getattr(kind, "tz", None)
        named = [zone if rules.zones else bool(zone)]
        return [*named, array.to_numpy(zero_copy_only=False)]
    rules.charge(len(array))
    if pa.types.is_time(kind):  # of which Python's own has no nanoseconds
        whole = pa.int32() if kind.bit_width == pa.int32().bit_width else pa.int64()
        steps = _NANOSECONDS[kind.unit]
        numbers = array.view(whole).to_pylist()
        return ["time", [None if number is None else number * steps for number in numbers]]
    if "time64[ns]" in str(kind):
        return [_UNSEEN]
    return [array.to_pylist()]


def _list_elements(value: Any) -> list[Any]:
    return list(value.to_pylist()) if name_form(value) != "Scalar" else [value.as_py()]


def _count_elements(value: Any) -> int:
    form = name_form(value)
    if form == "Scalar":
        return 1
    return len(value) * (1 + value.num_columns) if form in TABLES else len(value)


def _list_types() -> list[type]:
    import pyarrow as pa

    return [pa.Table, pa.RecordBatch, pa.ChunkedArray, *_list_below(pa.Array)]


def _list_scalars() -> list[type]:
    import pyarrow as pa

    return _list_below(pa.Scalar)


def _list_below(kind: type) -> list[type]:
    subclasses: list[type] = kind.__subclasses__()
    below = [sub for sub in subclasses if sub.__module__ == "pyarrow.lib"]
    return [kind, *(found for sub in below for found in _list_below(sub))]


KINDS: Final = (
    Kind(
        types=_list_scalars,
        mark=ARROW,
        write=_write,
        put_together=_put_together,
        compare=_compare,
        # Nobody can change one.
        copy=lambda value: value,
        to_source=to_source,
    ),
    Kind(
        types=_list_types,
        mark=ARROW,
        write=_write,
        put_together=_put_together,
        compare=_compare,
        list_elements=_list_elements,
        count_elements=_count_elements,
        measure=lambda value: 0 if name_form(value) == "Scalar" else int(value.nbytes),
        copy=lambda value: value,
        show=show,
        to_source=to_source,
        describe=describe,
    ),
)
