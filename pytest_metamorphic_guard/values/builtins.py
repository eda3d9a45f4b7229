"""Values of Python's own types: numbers, texts, and what holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values.checks import read_int, require, require_ints
from pytest_metamorphic_guard.values.deciding import Undecidable
from pytest_metamorphic_guard.values.frames import (
    BYTEARRAY,
    COMPLEX,
    DICT,
    ELLIPSIS,
    FROZENSET,
    INT,
    NOT_IMPLEMENTED,
    RANGE,
    SET,
    SLICE,
    TUPLE,
    DecodeError,
    Mark,
    keep_builtins,
)
from pytest_metamorphic_guard.values.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.values.records import Opaque
    from pytest_metamorphic_guard.values.sides import Asker, Reader, Writer

__all__ = ["KINDS", "read_mapping", "to_dict", "write_mapping"]

keep_builtins(globals())

_FEW_BYTES: Final = 40
_WHOLE: Final = slice(None)
_get_real, _get_imag = (vars(complex)[name].__get__ for name in ("real", "imag"))


def write_mapping(mark: Mark) -> Callable[[Writer, Any], None]:
    """Return what writes a mapping as its keys and its values."""

    def write(writer: Writer, value: Any) -> None:
        writer.mark(mark)
        writer.sequence(list(value))
        writer.sequence(list(value.values()))

    return write


def read_mapping(
    make: Callable[[], Any], update: Callable[[Any, Any], None]
) -> Callable[[Reader, Any, Any], object]:
    """Return what reads a mapping; ``make`` gives an empty one and ``update`` adds to it."""

    def read(reader: Reader, keys: Any, values: Any) -> object:
        if len(require(keys, list)) != len(require(values, list)):
            raise DecodeError("as many keys as values belong to a mapping")
        built = make()
        try:
            reader.fill(
                keys, lambda part: update(built, zip(keys[part], values[part], strict=True))
            )
        except Undecidable:
            return _stand_in(type(built).__name__, keys)
        return built

    return read


def to_dict(value: Any) -> dict[Any, Any]:
    """Return the keys and values of any dict as a plain one."""
    return dict(zip(list(dict.keys(value)), list(dict.values(value)), strict=True))


def _write_items(mark: Mark) -> Callable[[Writer, Any], None]:
    def write(writer: Writer, value: Any) -> None:
        writer.mark(mark)
        writer.sequence(list(value))

    return write


def _write_slice(writer: Writer, value: slice) -> None:
    writer.mark(SLICE)
    writer.sequence([value.start, value.stop, value.step])


def _write_bytearray(writer: Writer, value: bytearray) -> None:
    writer.check_size(len(value))
    writer.parts(BYTEARRAY, bytes(value))


def _read_set(reader: Reader, items: Any) -> set[Any] | Opaque:
    built: set[Any] = set()
    keys = require(items, list)
    try:
        reader.fill(keys, lambda part: built.update(keys[part]))
    except Undecidable:  # of members that cannot be told apart nobody knows how many there are
        return _stand_in("set", keys)
    return built


def _read_frozenset(reader: Reader, items: Any) -> frozenset[Any] | Opaque:
    built = _read_set(reader, items)
    return frozenset(built) if isinstance(built, set) else built


def _describe_bytes(first: Any, second: Any, asker: Asker) -> list[str]:
    if asker.is_plain and len(first) + len(second) <= _FEW_BYTES:
        return []
    # Which no worker needs to load.
    from pytest_metamorphic_guard.values.buffers import describe_items

    return describe_items(first, second, asker, "bytes")


def _stand_in(kind: str, keys: list[Any]) -> Opaque:
    # Only a host reads, and only a worker has to start soon.
    from pytest_metamorphic_guard.values.records import Opaque

    return Opaque(kind, f"a {kind} of {len(keys)} members that cannot be compared")


def _read_complex(real: Any, imag: Any) -> complex:
    if type(real) is not float or type(imag) is not float:
        raise DecodeError("no parts of a complex number")
    return complex(real, imag)


def _read_bytearray(data: Any) -> bytearray:
    if type(data) is not bytes:  # bytearray(10**9) would be a gigabyte of zeros
        raise DecodeError("no bytes of a bytearray")
    return bytearray(data)


def _read_range(*parts: Any) -> range:
    require_ints(*parts)
    return range(*parts)


def _read_slice(parts: Any) -> slice:
    start, stop, step = require(parts, list)
    return slice(start, stop, step)


KINDS: Final = (
    Kind(types=lambda: (type(None),), shape="exact"),
    Kind(types=lambda: (bool,), shape="number"),
    Kind(types=lambda: (str,), shape="exact", to_plain=str.__str__),
    Kind(
        types=lambda: (bytes,),
        shape="exact",
        to_plain=lambda value: bytes.__getitem__(value, _WHOLE),
        describe=_describe_bytes,
    ),
    Kind(
        types=lambda: (int,),
        mark=INT,
        shape="number",
        put_together=read_int,
        to_plain=int.__int__,
    ),
    Kind(types=lambda: (float,), shape="number", to_plain=float.__float__),
    Kind(
        types=lambda: (complex,),
        mark=COMPLEX,
        shape="number",
        take_apart=lambda value: (value.real, value.imag),
        put_together=_read_complex,
        to_plain=lambda value: complex(_get_real(value), _get_imag(value)),
    ),
    Kind(
        types=lambda: (bytearray,),
        mark=BYTEARRAY,
        write=_write_bytearray,
        put_together=_read_bytearray,
        to_plain=lambda value: bytearray.__getitem__(value, _WHOLE),
        make_key=lambda value, _: ("bytearray", bytes(value)),
        describe=_describe_bytes,
    ),
    Kind(
        types=lambda: (list,),
        shape="sequence",
        write=lambda writer, value: writer.sequence(value),
        to_plain=lambda value: list.__getitem__(value, _WHOLE),
    ),
    Kind(
        types=lambda: (tuple,),
        mark=TUPLE,
        shape="sequence",
        write=_write_items(TUPLE),
        put_together=lambda items: tuple(require(items, list)),
        to_plain=lambda value: tuple.__getitem__(value, _WHOLE),
    ),
    Kind(
        types=lambda: (set,),
        mark=SET,
        shape="set",
        write=_write_items(SET),
        read=_read_set,
        to_plain=lambda value: set(set.__iter__(value)),
    ),
    Kind(
        types=lambda: (frozenset,),
        mark=FROZENSET,
        shape="set",
        write=_write_items(FROZENSET),
        read=_read_frozenset,
        to_plain=lambda value: frozenset(frozenset.__iter__(value)),
    ),
    Kind(
        types=lambda: (dict,),
        mark=DICT,
        shape="mapping",
        write=write_mapping(DICT),
        read=read_mapping(dict, dict.update),
        to_plain=to_dict,
    ),
    Kind(
        types=lambda: (range,),
        mark=RANGE,
        shape="exact",
        take_apart=lambda value: (value.start, value.stop, value.step),
        put_together=_read_range,
    ),
    Kind(
        types=lambda: (slice,),
        mark=SLICE,
        write=_write_slice,
        put_together=_read_slice,
        list_parts=lambda value: [value.start, value.stop, value.step],
    ),
    Kind(
        types=lambda: (type(...),),
        mark=ELLIPSIS,
        shape="exact",
        take_apart=lambda _: (),
        put_together=lambda: ...,
    ),
    Kind(
        types=lambda: (type(NotImplemented),),
        mark=NOT_IMPLEMENTED,
        shape="exact",
        take_apart=lambda _: (),
        put_together=lambda: NotImplemented,
    ),
)
