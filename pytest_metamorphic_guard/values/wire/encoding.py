"""Writing of result frames, in the process where the candidate has run.

The candidate may have replaced anything it can reach. What it breaks is its own result; the
functions here keep working when it patched `builtins` or `msgpack`, because they look names up in
copies taken at import.
"""

from __future__ import annotations

import builtins
import struct
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgpack

from pytest_metamorphic_guard.values import frames as form
from pytest_metamorphic_guard.values import instances
from pytest_metamorphic_guard.values.records import Opaque, Record
from pytest_metamorphic_guard.values.wire import bases, library

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Writer", "encode", "read_form"]

Emitter: TypeAlias = "Callable[[Writer, Any], None]"

# Why: see `frames`.
globals()["__builtins__"] = dict(vars(builtins))

_Packer = msgpack.Packer
_SCALARS: Final = form.SCALARS
_TEXTS: Final = form.TEXTS


def encode(value: object, limits: form.Limits = form.DEFAULT) -> bytes:
    """Return the frame that `decode` reads back as ``value``.

    Raises:
        EncodeError: The value is larger or nested deeper than ``limits``, or contains itself.
    """
    try:
        writer = Writer(limits)
        writer.value(value)
        return writer.join()
    except form.EncodeError:
        raise
    except RecursionError:
        raise form.EncodeError("too_deep", "the result is nested too deeply to be sent") from None
    except MemoryError:
        raise form.EncodeError("too_large", "no memory was left to send the result") from None
    except Exception as error:  # noqa: BLE001 - a thread of the candidate changes the value meanwhile
        fault = f"<unreadable: {instances.name_class(type(error))}>"
        writer = Writer(limits)
        writer.parts(form.OPAQUE, instances.name_type(type(value)), fault)
        return writer.join()


class Writer:
    """Collects the pieces of one frame and keeps to the limits."""

    __slots__ = ("_items", "_limits", "_pack", "_path", "_pieces", "_size")

    def __init__(self, limits: form.Limits) -> None:
        self._limits = limits
        self._pack: Callable[[object], bytes] = _Packer(
            strict_types=True, use_bin_type=True, unicode_errors="surrogatepass"
        ).pack
        self._pieces: list[bytes] = []
        self._path: list[int] = []
        self._items = 0
        self._size = 0

    def join(self) -> bytes:
        """Return the frame."""
        return b"".join(self._pieces)

    def value(self, value: object) -> None:
        """Append any value."""
        kind = type(value)
        if kind in _SCALARS:
            self.scalar(value)
            return
        path = self._path
        path.append(id(value))
        emit = _EMITTERS.get(kind)
        if emit is None:
            emit = _find_emitter(kind)
        emit(self, value)
        path.pop()

    def scalar(self, value: Any) -> None:
        """Append None or a bool, int, float, str or bytes."""
        if type(value) in _TEXTS:
            self.check_size(len(value))
        try:
            self.put(self._pack(value))
        except OverflowError:
            self._big_int(value)

    def _big_int(self, value: int) -> None:
        self.mark(form.INT)
        self.put(self._pack(self.signed_bytes(value, form.MAX_INT_BYTES)))

    def signed_bytes(self, value: int, limit: int) -> bytes:
        """Return an integer in two's complement; refuse more than ``limit`` bytes."""
        length = value.bit_length() // 8 + 1
        if length > limit:
            raise form.EncodeError(
                "too_large",
                f"the result holds an integer of {length} bytes; at most {limit} are sent",
            )
        return value.to_bytes(length, "little", signed=True)

    def mark(self, mark: form.Mark) -> None:
        """Append the head of a marked array; its parts must follow."""
        self.charge(mark.weight)
        self.put(_HEADS[mark])

    def parts(self, mark: form.Mark, *parts: object) -> None:
        """Append a marked array whose parts are scalars, or values that contain no others."""
        self.mark(mark)
        for part in parts:
            self.value(part)

    def sequence(self, items: list[Any]) -> None:
        """Append a list, in chunks if it is long."""
        length = len(items)
        if length <= form.CHUNK:
            self._chunk(items)
            return
        self.charge(length // 64)
        self.put(_array_header(-(-length // form.CHUNK) + 1) + form.JOIN.extension)
        for start in range(0, length, form.CHUNK):
            self._chunk(items[start : start + form.CHUNK])

    def _chunk(self, items: list[Any]) -> None:
        if len(self._path) > self._limits.max_depth:
            self._refuse_depth()
        kinds = set(map(type, items))
        self.charge(len(items) + 1 + form.count_texts(items, kinds))
        if kinds <= _SCALARS:
            if kinds & _TEXTS:
                texts = items if kinds <= _TEXTS else [x for x in items if type(x) in _TEXTS]
                self.check_size(sum(map(len, texts)))
            try:
                self.put(self._pack(items))
            except OverflowError:
                pass
            else:
                return
        # A thread of the candidate may change the list after its length is written.
        items = items.copy()
        self.put(_array_header(len(items)))
        for item in items:
            self.value(item)

    def opaque(self, value: object) -> None:
        """Append what stands for a value that cannot travel."""
        self.parts(form.OPAQUE, instances.name_type(type(value)), instances.describe(value))

    def put(self, piece: bytes) -> None:
        """Append bytes of the frame."""
        self._size += len(piece)
        self.check_size(0)
        self._pieces.append(piece)

    def charge(self, items: int) -> None:
        """Count ``items`` as `Limits.max_items` counts them."""
        self._items += items
        if self._items > self._limits.max_items:
            raise form.EncodeError(
                "too_large", f"the result holds more than {self._limits.max_items} items"
            )

    def check_size(self, more: int) -> None:
        """Refuse ``more`` bytes before they are copied, if they are too many."""
        if self._size + more > self._limits.max_bytes:
            raise form.EncodeError(
                "too_large", f"the result takes more than {self._limits.max_bytes} bytes"
            )

    def _refuse_depth(self) -> None:
        if len(set(self._path)) < len(self._path):
            raise form.EncodeError("cyclic", "the result contains itself")
        raise form.EncodeError(
            "too_deep", f"the result is nested deeper than {self._limits.max_depth} levels"
        )


def _array_header(length: int) -> bytes:
    return bytes((0x90 | length,)) if length < 16 else struct.pack(">BH", 0xDC, length)  # noqa: PLR2004 - msgpack's fixarray


def _find_emitter(kind: type) -> Emitter:
    root = instances.get_module(kind)
    root = root.partition(".")[0] if type(root) is str else ""
    if root in _LATE_MODULES:
        # A type says itself which module it is from. If it lies, nothing is gained by it: emitters
        # are found by the type, and the true types of the module are entered under themselves.
        library.add_emitters(root, _EMITTERS)
    return _EMITTERS.get(kind, _emit_other)


def _emit_other(writer: Writer, value: object) -> None:
    kind = type(value)
    try:
        form_of_it = read_form(kind, value)
    except BaseException:  # noqa: BLE001 - the candidate's own descriptors may raise anything
        form_of_it = None
    match form_of_it:
        case None:
            writer.opaque(value)
            return
        case (plain,):
            _emit_plain(writer, plain)
            return
        case what, names, values:
            pass
    writer.mark(form.RECORD)
    writer.scalar(what)
    # Without its module: the same class in two implementations' files makes the same record.
    writer.scalar(instances.name_class(kind))
    writer.sequence([name[: form.MAX_TYPE_NAME] for name in names])
    writer.sequence(values)


def read_form(
    kind: type, value: object
) -> tuple[str, list[str], list[object]] | tuple[object] | None:
    """Return how an instance of a stranger's class travels.

    That is kind, names and values of a record, or the one value of a plain type that it also is,
    or None. What the candidate's own descriptors raise comes out.
    """
    convert = bases.find_base(kind)
    is_enum = instances.is_enum(kind)
    record = None if is_enum and convert else instances.read_record(kind, value)
    if record is not None or convert is None:
        return record
    if not is_enum and instances.has_fields(kind):
        return None  # the plain value would lose them without a word
    return (convert(value),)


def _emit_plain(writer: Writer, plain: object) -> None:
    kind = type(plain)
    if kind in _SCALARS:
        writer.charge(kind in _TEXTS)  # it was not counted as the text that it arrives as
        writer.scalar(plain)
    else:
        (_EMITTERS.get(kind) or _find_emitter(kind))(writer, plain)


def _emit_list(writer: Writer, value: list[object]) -> None:
    writer.sequence(value)


def _emit_items(mark: form.Mark) -> Emitter:
    def emit(writer: Writer, value: Any) -> None:
        writer.mark(mark)
        writer.sequence(list(value))

    return emit


def _emit_dict(writer: Writer, value: dict[object, object]) -> None:
    writer.mark(form.DICT)
    writer.sequence(list(value))
    writer.sequence(list(value.values()))


def _emit_complex(writer: Writer, value: complex) -> None:
    writer.parts(form.COMPLEX, value.real, value.imag)


def _emit_bytearray(writer: Writer, value: bytearray) -> None:
    writer.check_size(len(value))
    writer.parts(form.BYTEARRAY, bytes(value))


def _emit_range(writer: Writer, value: range) -> None:
    writer.parts(form.RANGE, value.start, value.stop, value.step)


def _emit_slice(writer: Writer, value: slice) -> None:
    writer.mark(form.SLICE)
    writer.sequence([value.start, value.stop, value.step])


def _emit_record(writer: Writer, value: Record) -> None:
    writer.mark(form.RECORD)
    writer.scalar(value.kind)
    writer.scalar(value.type_name)
    writer.sequence([name for name, _ in value.fields])
    writer.sequence([field for _, field in value.fields])


def _emit_opaque(writer: Writer, value: Opaque) -> None:
    writer.parts(form.OPAQUE, value.type_name, value.text)


_HEADS: Final = {mark: mark.head for mark in form.MARKS.values() if mark.parts is not None}
_LATE_MODULES: Final = frozenset(
    {"collections", "datetime", "decimal", "fractions", "numpy", "pandas", "pathlib", "uuid"}
    | {"ipaddress", "zoneinfo"}
)
_EMITTERS: dict[type, Emitter] = {
    list: _emit_list,
    tuple: _emit_items(form.TUPLE),
    set: _emit_items(form.SET),
    frozenset: _emit_items(form.FROZENSET),
    dict: _emit_dict,
    complex: _emit_complex,
    bytearray: _emit_bytearray,
    range: _emit_range,
    slice: _emit_slice,
    Record: _emit_record,
    Opaque: _emit_opaque,
    type(...): lambda writer, _: writer.mark(form.ELLIPSIS),
    type(NotImplemented): lambda writer, _: writer.mark(form.NOT_IMPLEMENTED),
}
