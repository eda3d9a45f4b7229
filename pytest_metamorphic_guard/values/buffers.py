"""Bytes under other names: the views and typed arrays of Python's own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values.checks import require, require_ints
from pytest_metamorphic_guard.values.frames import (
    MEMORY,
    TYPED_ARRAY,
    DecodeError,
    keep_builtins,
)
from pytest_metamorphic_guard.values.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_metamorphic_guard.values.sides import Asker, Rules, Writer

__all__ = ["KINDS", "describe_items"]

keep_builtins(globals())

# What views and arrays call the numbers of C; a view may have bytes and characters as well.
_NUMBERS: Final = frozenset("bBhHiIlLqQfd")
_FORMATS: Final = _NUMBERS | {"c", "?", "n", "N"}
_CODES: Final = _NUMBERS | {"u"}
_MOST_AXES: Final = 64


def describe_items(first: Any, second: Any, asker: Asker, word: str) -> list[str]:
    """Say which of the items of two sequences were refused."""
    lines = [] if len(first) == len(second) else [f"{len(first)} {word} become {len(second)}"]
    least = min(len(first), len(second))
    refused = [
        (f"[{at}]", first[at], second[at])
        for at in range(min(least, asker.most_asked))
        if first[at] != second[at] and asker.refuses(first[at], second[at])
    ]
    all_asked = least <= asker.most_asked
    return lines + asker.write(refused, f"of {least} {word}", all_asked=all_asked)


def _write_view(writer: Writer, value: memoryview) -> None:
    shape = value.shape
    if value.format not in _FORMATS or shape is None or len(shape) > _MOST_AXES:
        writer.opaque(value)
        return
    writer.check_size(value.nbytes)
    writer.mark(MEMORY)
    writer.scalar(value.format)
    writer.scalar(value.readonly)
    writer.sequence(list(shape))
    writer.scalar(value.tobytes())


def _read_view(form: Any, readonly: Any, shape: Any, data: Any) -> memoryview:
    if form not in _FORMATS or type(data) is not bytes or type(readonly) is not bool:
        raise DecodeError("no parts of a memoryview")
    require_ints(*require(shape, list))
    if len(shape) > _MOST_AXES or any(length < 0 for length in shape):
        raise DecodeError("no shape of a memoryview")
    plain = memoryview(data if readonly else bytearray(data))
    if not data:
        # Python casts no view of nothing to several axes.
        if math.prod(shape) or len(shape) != 1:
            raise DecodeError("a view's shape does not fit its bytes")
        return plain.cast(form)
    return plain.cast(form, shape)


def _compare_views(first: memoryview, second: memoryview, rules: Rules) -> Any:
    if (first.format, first.shape) != (second.format, second.shape):
        return None
    left, right = first.tobytes(), second.tobytes()
    if left == right:
        return ()
    if rules.is_exact and first.format not in ("f", "d"):
        return None
    rules.charge(first.nbytes)
    return ((_flatten(first), _flatten(second)),)


def _flatten(value: Any) -> list[Any]:
    plain: Any = memoryview(value.tobytes())
    return list(plain.cast(value.format)) if value.nbytes else []


def _view_to_source(value: memoryview, write: Callable[[object], str]) -> str:
    data = value.tobytes()
    text = f"memoryview({write(data if value.readonly else bytearray(data))})"
    if value.ndim != 1:
        return f"{text}.cast({value.format!r}, {list(value.shape or ())})"
    return text if value.format == "B" else f"{text}.cast({value.format!r})"


def _reduce_view(value: memoryview) -> tuple[Any, ...]:
    data = value.tobytes()
    plain = memoryview(data if value.readonly else bytearray(data))
    if value.format == "B" and value.ndim == 1:
        return memoryview, (plain.obj,)
    shape = () if value.ndim == 1 else (list(value.shape or ()),)
    return memoryview.cast, (plain, value.format, *shape)


def _describe_views(first: memoryview, second: memoryview, asker: Asker) -> list[str]:
    if first.format != second.format:
        return [f"format {first.format!r} becomes {second.format!r}"]
    if first.ndim != 1 and first.shape != second.shape:
        return [f"shape {first.shape} becomes {second.shape}"]
    return describe_items(_flatten(first), _flatten(second), asker, "elements")


def _list_arrays() -> tuple[type]:
    import array

    return (array.array,)


def _write_array(writer: Writer, value: Any) -> None:
    if value.typecode not in _CODES:
        writer.opaque(value)
        return
    writer.check_size(len(value) * value.itemsize)
    writer.mark(TYPED_ARRAY)
    writer.scalar(value.typecode)
    # Wide characters are of another size elsewhere, and only a text is one for sure.
    writer.scalar(value.tounicode() if value.typecode == "u" else value.tobytes())


def _read_array(code: Any, data: Any) -> object:
    import array

    if code not in _CODES or type(data) is not (str if code == "u" else bytes):
        raise DecodeError("no parts of an array")
    made: Any = array.array(code)
    if code == "u":
        made.fromunicode(data)
    else:
        made.frombytes(data)
    return made


def _compare_arrays(first: Any, second: Any, rules: Rules) -> Iterable[tuple[Any, Any]] | None:
    if first.typecode != second.typecode or len(first) != len(second):
        return None
    rules.charge(len(first))
    return ((first.tolist(), second.tolist()),)


def _array_to_source(value: Any, write: Callable[[object], str]) -> str:
    if not value:
        return f"array.array({value.typecode!r})"
    items = value.tounicode() if value.typecode == "u" else value.tolist()
    return f"array.array({value.typecode!r}, {write(items)})"


def _describe_arrays(first: Any, second: Any, asker: Asker) -> list[str]:
    if first.typecode != second.typecode:
        return [f"type {first.typecode!r} becomes {second.typecode!r}"]
    return describe_items(first, second, asker, "elements")


KINDS: Final = (
    Kind(
        library="builtins",
        types=lambda: (memoryview,),
        mark=MEMORY,
        write=_write_view,
        put_together=_read_view,
        compare=_compare_views,
        list_parts=lambda value: [value.format, list(value.shape or ()), _flatten(value)],
        list_elements=lambda value: value.tolist() if value.ndim else [value.tolist()],
        measure=lambda value: int(value.nbytes),
        to_source=_view_to_source,
        identify=lambda value: _view_to_source(value, repr),
        reduce=_reduce_view,
        describe=_describe_views,
    ),
    Kind(
        library="array",
        types=_list_arrays,
        mark=TYPED_ARRAY,
        write=_write_array,
        put_together=_read_array,
        compare=_compare_arrays,
        list_parts=lambda value: [value.typecode, value.tolist()],
        measure=lambda value: len(value) * value.itemsize,
        copy=lambda value: value[:],
        to_source=_array_to_source,
        describe=_describe_arrays,
    ),
)
