"""Arrays of numpy with more to them than plain elements: objects, fields, or a mask.

Objects travel one by one, as any value does; fields and masks as arrays of their own.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pytest_metamorphic_guard.values.checks import require, require_ints
from pytest_metamorphic_guard.values.frames import (
    CHUNK,
    MASKED,
    OBJECTS,
    STRUCTURE,
    DecodeError,
    keep_builtins,
)
from pytest_metamorphic_guard.values.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_metamorphic_guard.values.sides import Asker, Rules, Writer

__all__ = ["KINDS", "compare_fields", "to_source", "write_objects", "write_structure"]

keep_builtins(globals())

_FORMS: Final = ("ndarray", "recarray", "void", "record")
_MOST_FIELDS: Final = 1_000
_HOLDERS: Final = (list, tuple, np.ndarray)


def write_objects(writer: Writer, value: Any) -> None:
    """Append an array of objects."""
    writer.mark(OBJECTS)
    writer.sequence(list(value.shape))
    writer.sequence(value.ravel().tolist())


def write_structure(writer: Writer, value: Any) -> None:
    """Append an array, or a single element of one, whose elements have fields."""
    names = value.dtype.names
    if not names or len(names) > _MOST_FIELDS or set(map(type, names)) != {str}:
        writer.opaque(value)
        return
    writer.mark(STRUCTURE)
    writer.scalar(type(value).__name__)
    writer.scalar(value.dtype.isalignedstruct)
    writer.sequence(list(value.shape))
    writer.sequence(list(names))
    plain = np.asarray(value)
    writer.sequence([np.asarray(plain[name]).view(np.ndarray) for name in names])


def compare_fields(first: Any, second: Any) -> Iterable[tuple[Any, Any]] | None:
    """Return the fields of two arrays, or elements, of the same shape; None if names differ."""
    names = first.dtype.names
    if names is None or names != second.dtype.names:
        return None
    left, right = np.asarray(first), np.asarray(second)
    return [(np.asarray(left[name]), np.asarray(right[name])) for name in names]


def to_source(value: Any, write: Callable[[object], str]) -> str:
    """Write an array of objects, or one with fields."""
    if value.dtype.kind != "O":
        made = "np.rec.array" if isinstance(value, np.recarray) else "np.array"
        return f"{made}({write(value.tolist())}, dtype={_name_type(value.dtype)})"
    if any(isinstance(item, _HOLDERS) for item in value.ravel()):
        # numpy would take the lists in a list for rows.
        items = f"np.fromiter({write(value.ravel().tolist())}, dtype=object)"
        return items if value.ndim == 1 else f"{items}.reshape({value.shape})"
    shape = f".reshape({value.shape})" if value.size == 0 and value.ndim > 1 else ""
    return f"np.array({write(value.tolist())}, dtype=object){shape}"


def _name_type(kind: Any) -> str:
    if kind.type is np.record:
        kind = np.dtype((np.void, kind))
    return f"np.{kind!r}"


def _read_objects(shape: Any, items: Any) -> object:
    require_ints(*require(shape, list))
    if any(length < 0 for length in shape) or math.prod(shape) != len(require(items, list)):
        raise DecodeError("an array's shape does not fit its objects")
    made = np.empty(len(items), object)
    for number, item in enumerate(items):  # a slice would take lists in it for dimensions
        made[number] = item
    return made.reshape(shape)


def _read_structure(form: Any, aligned: Any, shape: Any, names: Any, fields: Any) -> object:
    if form not in _FORMS or type(aligned) is not bool:
        raise DecodeError("no form of an array with fields")
    require_ints(*require(shape, list))
    if set(map(type, require(names, list))) != {str} or len(names) > _MOST_FIELDS:
        raise DecodeError("no names of fields")
    axes = len(shape)
    if math.prod(shape) > CHUNK and not any(require(field, np.ndarray).size for field in fields):
        raise DecodeError("an array of nothing")
    described = []
    for name, field in zip(names, require(fields, list), strict=True):
        if list(require(field, np.ndarray).shape[:axes]) != shape:
            raise DecodeError("a field that does not fit its array")
        described.append((name, field.dtype, field.shape[axes:]))
    made = np.empty(shape, np.dtype(described, align=aligned))
    for name, field in zip(names, fields, strict=True):
        made[name] = field
    if form in ("recarray", "record"):
        made = made.view(np.recarray)
    if form in ("void", "record"):
        if shape:
            raise DecodeError("an element of several dimensions")
        return made[()]
    return made


def _write_masked(writer: Writer, value: Any) -> None:
    data = np.ma.getdata(value)
    if type(data) is not np.ndarray:
        writer.opaque(value)
        return
    mask = np.ma.getmask(value)
    writer.mark(MASKED)
    writer.value(data)
    writer.value(None if mask is np.ma.nomask else mask)
    writer.value(np.asarray(value.fill_value))


def _read_masked(data: Any, mask: Any, fill: Any) -> object:
    require(data, np.ndarray)
    if mask is not None and require(mask, np.ndarray).shape != data.shape:
        raise DecodeError("a mask that does not fit its array")
    if require(fill, np.ndarray).ndim:
        raise DecodeError("no value for what is masked")
    return np.ma.MaskedArray(data, np.ma.nomask if mask is None else mask, fill_value=fill[()])


def _compare_masked(first: Any, second: Any, _: Rules) -> Iterable[tuple[Any, Any]] | None:
    if first.shape != second.shape:
        return None
    masks = np.ma.getmaskarray(first), np.ma.getmaskarray(second)
    if masks[0].dtype.names is not None:
        return [masks, (first.filled(), second.filled())]
    if not bool((masks[0] == masks[1]).all()):
        return None
    # What is masked may be anything.
    return [tuple(np.ma.getdata(value)[~masks[0]] for value in (first, second))]  # type: ignore[list-item]


def _describe_masked(first: Any, second: Any, asker: Asker) -> list[str]:
    # Which no worker needs to load.
    from pytest_metamorphic_guard.values.arrays import describe_arrays

    if first.dtype.names is None and first.shape == second.shape:
        masks = [np.ma.getmaskarray(value) for value in (first, second)]
        hidden = [np.argwhere(one & ~other) for one, other in (masks, masks[::-1])]
        lines = [
            f"{len(places)} of {first.size} elements {words}, the first at {places[0].tolist()}"
            for places, words in zip(
                hidden, ("are no longer masked", "are masked now"), strict=True
            )
            if len(places)
        ]
        both = masks[0] | masks[1]
        seen = [
            np.where(both, first.dtype.type(), np.ma.getdata(value)) for value in (first, second)
        ]
        return lines + describe_arrays(seen[0], seen[1], asker)
    return describe_arrays(first.filled(), second.filled(), asker)


def _masked_to_source(value: Any, write: Callable[[object], str]) -> str:
    data, mask = np.ma.getdata(value), np.ma.getmask(value)
    inner = [write(data), *([] if mask is np.ma.nomask else [f"mask={write(mask.tolist())}"])]
    return f"np.ma.array({', '.join(inner)})"


def _list_masked(value: Any) -> list[Any]:
    return [np.ma.getmaskarray(value).tolist(), value.filled(value.dtype.type()).tolist()]


def _element_to_source(value: Any, write: Callable[[object], str]) -> str:
    made = "np.rec.array" if isinstance(value, np.record) else "np.array"
    return f"{made}({write(value.item())}, dtype={_name_type(value.dtype)})[()]"


def _describe_plain(first: Any, second: Any, asker: Asker) -> list[str]:
    # Which no worker needs to load.
    from pytest_metamorphic_guard.values.arrays import describe_arrays

    return describe_arrays(np.asarray(first), np.asarray(second), asker)


def _pair_elements(first: Any, second: Any) -> list[tuple[str, Any, Any]]:
    names = first.dtype.names or ()
    if names != (second.dtype.names or ()):
        return []
    return [(f"[{name!r}]", first[name], second[name]) for name in names]


KINDS: Final = (
    Kind(
        types=lambda: (np.ma.MaskedArray,),
        mark=MASKED,
        write=_write_masked,
        put_together=_read_masked,
        compare=_compare_masked,
        list_parts=_list_masked,
        list_elements=lambda value: list(value.tolist()),
        measure=lambda value: 2 * int(value.nbytes),
        copy=lambda value: None if value.dtype.hasobject else value.copy(),
        to_source=_masked_to_source,
        describe=_describe_masked,
    ),
    Kind(
        types=lambda: (np.recarray,),
        mark=STRUCTURE,
        write=write_structure,
        put_together=_read_structure,
        compare=lambda first, second, _: (
            compare_fields(first, second) if first.shape == second.shape else None
        ),
        list_elements=lambda value: list(value.tolist()),
        measure=lambda value: int(value.nbytes),
        to_source=to_source,
        describe=_describe_plain,
    ),
    Kind(
        types=lambda: (np.void, np.record),
        write=write_structure,
        compare=lambda first, second, _: compare_fields(first, second),
        to_source=_element_to_source,
        pair=_pair_elements,
    ),
    Kind(types=tuple, mark=OBJECTS, put_together=_read_objects),
)
