"""Writing of result frames, in the process where the candidate has run.

The candidate may have replaced anything it can reach. What it breaks is its own result; the
functions here keep working when it patched `builtins` or `msgpack`, because they look names up in
copies taken at import.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgpack

from pytest_metamorphic_guard.values import frames as form
from pytest_metamorphic_guard.values import instances
from pytest_metamorphic_guard.values.frames import keep_builtins, to_signed_bytes
from pytest_metamorphic_guard.values.lookup import find_base, find_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_metamorphic_guard.values.kind import Kind

__all__ = ["Writer", "encode", "read_form"]

Emitter: TypeAlias = "Callable[[Writer, Any], None]"

keep_builtins(globals())

_Packer = msgpack.Packer
_SCALARS: Final = form.SCALARS
_TEXTS: Final = form.TEXTS
_MANY_BYTES: Final = 1 << 16


def encode(value: object, limits: form.Limits = form.DEFAULT, *, by_state: bool = False) -> bytes:
    """Return the frame that `decode` reads back as ``value``.

    Args:
        value: Any value.
        limits: How much it may hold.
        by_state: Whether an object of a class that nobody knows is sent as a record of its
            attributes.

    Raises:
        EncodeError: The value is larger or nested deeper than ``limits``, or contains itself.
    """
    try:
        writer = Writer(limits, by_state=by_state)
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

    __slots__ = ("_items", "_limits", "_pack", "_path", "_pieces", "_size", "by_state")

    def __init__(self, limits: form.Limits, *, by_state: bool = False) -> None:
        self.by_state = by_state
        self._limits = limits
        self._pack: Callable[[object], bytes] = _Packer(
            strict_types=True, use_bin_type=True, unicode_errors="surrogatepass"
        ).pack
        self._pieces: list[bytes | memoryview] = []
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

    def data(self, view: memoryview) -> None:
        """Append bytes that lie elsewhere: many of them are copied once, with the whole frame."""
        length = view.nbytes
        if length < _MANY_BYTES:
            self.scalar(view.tobytes())
            return
        self.check_size(length)
        self.put(struct.pack(">BI", 0xC6, length))  # msgpack's bin 32
        self._size += length
        self._pieces.append(view)

    def _big_int(self, value: int) -> None:
        self.mark(form.INT)
        self.put(self._pack(to_signed_bytes(value, form.MAX_INT_BYTES)))

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
            most = self._limits.max_items
            said = f"the result holds more than {most} items: return an array, a table, or less"
            raise form.EncodeError("too_large", said)

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
    found = find_kind(kind)
    emit = None if found is None else _make_emitter(found)
    if emit is None:
        return _emit_other
    _EMITTERS[kind] = emit
    return emit


def _make_emitter(kind: Kind) -> Emitter | None:
    take_apart = kind.take_apart
    if kind.write is not None or take_apart is None:
        return kind.write
    mark = kind.mark
    if mark is None:
        return None
    if kind.tag:
        return _make_tagged(kind.tag, take_apart)

    def emit(writer: Writer, value: Any) -> None:
        parts = take_apart(value)
        if parts is None:
            writer.opaque(value)
        else:
            writer.parts(mark, *parts)

    return emit


def _make_tagged(tag: str, take_apart: Callable[[Any], Sequence[object] | None]) -> Emitter:
    def emit(writer: Writer, value: Any) -> None:
        parts = take_apart(value)
        if parts is None:
            writer.opaque(value)
        else:
            writer.mark(form.KIND)
            writer.scalar(tag)
            writer.sequence(list(parts))

    return emit


def _emit_other(writer: Writer, value: object) -> None:
    kind = type(value)
    try:
        form_of_it = read_form(kind, value)
        if writer.by_state:
            form_of_it = instances.add_state(kind, value, form_of_it)
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
    convert = find_base(kind)
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


_HEADS: Final = {mark: mark.head for mark in form.MARKS.values() if mark.parts is not None}
_EMITTERS: dict[type, Emitter] = {}
