"""Reading of result frames, in the process that must survive them.

msgpack calls `_Reader` for every array that is complete, innermost first, so nothing here recurses,
and every array is counted before the next one is read.
"""

from __future__ import annotations

import time
from collections import Counter, OrderedDict, defaultdict, deque
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, NoReturn

import msgpack

from pytest_metamorphic_guard.contracts.texts import clean_line, clean_name
from pytest_metamorphic_guard.values import frames as form
from pytest_metamorphic_guard.values.deciding import Undecidable
from pytest_metamorphic_guard.values.frames import DecodeError, Mark
from pytest_metamorphic_guard.values.records import Opaque, Record
from pytest_metamorphic_guard.values.wire import build
from pytest_metamorphic_guard.values.wire.build_table import build_table

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["decode"]

_CONTAINERS: Final = frozenset(
    {list, tuple, set, frozenset, dict, OrderedDict, Counter, defaultdict, deque, slice, Record}
)
_NUMBERS_AND_TEXT: Final = form.SCALARS | {complex}
# Below this length a frame cannot hold enough strings to matter, and they are not looked for.
_SMALL_FRAME: Final = 1 << 18
_SLOW_SECONDS: Final = 1.0


def decode(frame: bytes | bytearray | memoryview, limits: form.Limits = form.DEFAULT) -> object:
    """Return the value that `encode` put into ``frame``.

    Instances of classes other than the known ones come as `Record` and `Opaque` values.
    A defaultdict comes without its factory.

    Raises:
        DecodeError: The bytes are no frame, or one beyond ``limits``. Nothing else is raised.
    """
    if len(frame) > limits.max_bytes:
        raise DecodeError(f"the frame has {len(frame)} bytes; the limit is {limits.max_bytes}")
    reader = _Reader(limits, small=len(frame) < _SMALL_FRAME)
    try:
        value = msgpack.unpackb(
            frame,
            list_hook=reader.close_array,
            ext_hook=reader.open_mark,
            object_pairs_hook=_refuse_map,
            unicode_errors="surrogatepass",
            max_array_len=form.CHUNK + 1,
            max_map_len=0,
            max_ext_len=0,
        )
    except DecodeError:
        raise
    except Exception as error:  # a stranger's bytes; whatever they provoke is their fault
        raise DecodeError(f"{type(error).__name__}: {str(error)[:200]}") from error
    if reader.open_marks:
        raise DecodeError("a mark that is not the head of an array")
    return value


class _Reader:
    """What has been read so far: counts against the limits, and heights of finished containers.

    ``_heights`` holds one entry per container whose parent is not finished yet, in order; a
    parent takes as many from its end as it has containers among its elements.
    """

    __slots__ = ("_heights", "_items", "_limits", "_slow_s", "_small", "open_marks")

    def __init__(self, limits: form.Limits, *, small: bool) -> None:
        self.open_marks = 0
        self._limits = limits
        self._small = small
        self._items = 0
        self._heights: list[int] = []
        self._slow_s = 0.0

    def open_mark(self, code: int, _data: bytes) -> Mark:
        """Take an extension: the first element of an array that is about to be read."""
        self.open_marks += 1
        mark = form.MARKS.get(code)
        if mark is None:
            raise DecodeError(f"no mark has the code {code}")
        return mark

    def close_array(self, node: list[Any]) -> object:
        """Take an array whose elements are finished, and return what it stands for."""
        if node and type(node[0]) is Mark:
            return self._close_marked(node[0], node)
        height = 1
        if self._heights or not self._small:
            kinds = set(map(type, node))
            self._charge(form.count_texts(node, kinds))
            height += self._take_heights(node, kinds)
        if height > self._limits.max_depth:
            raise DecodeError(f"nested deeper than {self._limits.max_depth} levels")
        self._charge(len(node) + 1)
        self._heights.append(height)
        return node

    def _close_marked(self, mark: Mark, node: list[Any]) -> object:
        self.open_marks -= 1
        del node[0]
        if mark.parts is not None and len(node) != mark.parts:
            raise DecodeError(f"{len(node)} parts after mark {mark.code}")
        height = self._take_heights(node, set(map(type, node))) if self._heights else 0
        self._charge(mark.weight)
        value = _BUILD[mark](self, *node)
        if type(value) in _CONTAINERS:
            self._heights.append(height)
        return value

    def _take_heights(self, node: list[Any], kinds: set[type]) -> int:
        """Return the greatest height among the containers in ``node``, and forget them."""
        if kinds.isdisjoint(_CONTAINERS):
            return 0
        inner = sum(map(_CONTAINERS.__contains__, map(type, node)))
        height = max(self._heights[-inner:])
        del self._heights[-inner:]
        return height

    def _charge(self, items: int) -> None:
        self._items += items
        if self._items > self._limits.max_items:
            raise DecodeError(f"more than {self._limits.max_items} items")

    def join(self, *chunks: list[Any]) -> list[Any]:
        if set(map(type, chunks)) - {list}:
            raise DecodeError("a chunk that is no list")
        joined = list(chain.from_iterable(chunks))
        self._charge(len(joined) // 64)
        return joined

    def fill(self, keys: list[Any], add: Callable[[slice], object]) -> None:
        """Call ``add`` with slices of ``keys`` until all are hashed, or the time for it is over.

        Numbers can be chosen so that they collide, which makes hashing quadratic; strings cannot.
        Of containers, one at a time: even a single comparison may be slow.
        """
        kinds = set(map(type, keys))
        harmless = kinds <= _NUMBERS_AND_TEXT
        if kinds <= form.TEXTS or (harmless and len(keys) <= 8):  # noqa: PLR2004 - 28 comparisons
            add(slice(None))
            return
        step = 64 if harmless else 1
        started = time.thread_time()
        # The clock that is cheap to read tells when to look at the one that other processes
        # cannot make run.
        next_look = time.monotonic() + _SLOW_SECONDS / 10
        for start in range(0, len(keys), step):
            add(slice(start, start + step))
            if time.monotonic() > next_look:
                self._check_slow(time.thread_time() - started)
                next_look = time.monotonic() + _SLOW_SECONDS / 10
        self._slow_s += time.thread_time() - started
        self._check_slow()

    def reduce(self, numerator: Any, denominator: Any) -> object:
        """Return a fraction; large ones count against the time that hashing has, too."""
        started = time.thread_time()
        fraction = build.build_fraction(numerator, denominator)
        if len(denominator) > 64:  # noqa: PLR2004 - small ones are limited by their number
            self._slow_s += time.thread_time() - started
            self._check_slow()
        return fraction

    def _check_slow(self, more_s: float = 0.0) -> None:
        if self._slow_s + more_s > _SLOW_SECONDS:
            raise DecodeError("keys that collide, or fractions that take too long to reduce")


def _refuse_map(_pairs: object) -> NoReturn:
    raise DecodeError("a map")


def _require_list(value: Any) -> list[Any]:
    if type(value) is not list:
        raise DecodeError(f"{type(value).__name__} where a list belongs")
    return value


def _require_text(value: Any, limit: int) -> str:
    if type(value) is not str or len(value) > limit:
        raise DecodeError("no text, or too long a one")
    return value


def _build_tuple(_: _Reader, items: Any) -> tuple[Any, ...]:
    return tuple(_require_list(items))


def _stand_in(kind: str, keys: list[Any]) -> Opaque:
    return Opaque(kind, f"a {kind} of {len(keys)} members that cannot be compared")


def _build_set(reader: _Reader, items: Any) -> set[Any] | Opaque:
    built: set[Any] = set()
    keys = _require_list(items)
    try:
        reader.fill(keys, lambda part: built.update(keys[part]))
    except Undecidable:  # of members that cannot be told apart nobody knows how many there are
        return _stand_in("set", keys)
    return built


def _build_frozenset(reader: _Reader, items: Any) -> frozenset[Any] | Opaque:
    built = _build_set(reader, items)
    return frozenset(built) if isinstance(built, set) else built


def _mapping_builder(
    make: Callable[[], Any], update: Callable[[Any, Any], None]
) -> Callable[[_Reader, Any, Any], object]:
    def build_mapping(reader: _Reader, keys: Any, values: Any) -> object:
        if len(_require_list(keys)) != len(_require_list(values)):
            raise DecodeError("as many keys as values belong to a mapping")
        built = make()
        try:
            reader.fill(
                keys, lambda part: update(built, zip(keys[part], values[part], strict=True))
            )
        except Undecidable:
            return _stand_in(type(built).__name__, keys)
        return built

    return build_mapping


def _build_deque(_: _Reader, items: Any, maxlen: Any) -> object:
    if maxlen is not None:
        build.require_ints(maxlen)
    return deque(_require_list(items), maxlen)


def _build_complex(_: _Reader, real: Any, imag: Any) -> complex:
    if type(real) is not float or type(imag) is not float:
        raise DecodeError("no parts of a complex number")
    return complex(real, imag)


def _build_bytearray(_: _Reader, data: Any) -> bytearray:
    if type(data) is not bytes:  # bytearray(10**9) would be a gigabyte of zeros
        raise DecodeError("no bytes of a bytearray")
    return bytearray(data)


def _build_range(_: _Reader, *parts: Any) -> range:
    build.require_ints(*parts)
    return range(*parts)


def _build_slice(_: _Reader, parts: Any) -> slice:
    start, stop, step = _require_list(parts)
    return slice(start, stop, step)


def _build_record(_: _Reader, kind: Any, type_name: Any, names: Any, values: Any) -> Record:
    if kind not in ("dataclass", "namedtuple", "enum", "table"):
        raise DecodeError("no kind of a record")
    for name in _require_list(names):
        _require_text(name, form.MAX_TYPE_NAME)
    fields = tuple(zip(map(clean_name, names), _require_list(values), strict=True))
    return Record(kind, clean_name(_require_text(type_name, form.MAX_TYPE_NAME)), fields)


def _build_opaque(_: _Reader, type_name: Any, text: Any) -> Opaque:
    name = clean_name(_require_text(type_name, form.MAX_TYPE_NAME))
    return Opaque(name, clean_line(_require_text(text, form.MAX_OPAQUE_TEXT)))


def _without_reader(function: Callable[..., object]) -> Callable[..., Any]:
    return lambda _, *parts: function(*parts)


_BUILD: Final[dict[Mark, Any]] = (
    {
        form.JOIN: _Reader.join,
        form.TUPLE: _build_tuple,
        form.SET: _build_set,
        form.FROZENSET: _build_frozenset,
        form.DICT: _mapping_builder(dict, dict.update),
        form.ORDERED_DICT: _mapping_builder(OrderedDict, OrderedDict.update),
        form.COUNTER: _mapping_builder(Counter, dict.update),
        form.DEFAULTDICT: _mapping_builder(defaultdict, dict.update),
        form.DEQUE: _build_deque,
        form.INT: _without_reader(build.build_int),
        form.COMPLEX: _build_complex,
        form.BYTEARRAY: _build_bytearray,
        form.RANGE: _build_range,
        form.SLICE: _build_slice,
        form.ELLIPSIS: lambda _: ...,
        form.NOT_IMPLEMENTED: lambda _: NotImplemented,
        form.FRACTION: _Reader.reduce,
        form.RECORD: _build_record,
        form.OPAQUE: _build_opaque,
    }
    | {
        mark: _without_reader(getattr(build, f"build_{name}"))
        for mark, name in {
            form.DECIMAL: "decimal",
            form.DATETIME: "datetime",
            form.DATE: "date",
            form.TIME: "time",
            form.TIMEDELTA: "timedelta",
            form.TIMEZONE: "timezone",
            form.ZONEINFO: "zoneinfo",
            form.UUID: "uuid",
            form.PATH: "path",
            form.IP: "ip",
            form.ARRAY: "array",
            form.SCALAR: "scalar",
            form.NUMPY_STR: "numpy_str",
            form.NUMPY_BYTES: "numpy_bytes",
        }.items()
    }
    | {form.TABLE: _without_reader(build_table)}
)
