"""Reading of result frames, in the process that must survive them.

msgpack calls `_Reader` for every array that is complete, innermost first, so nothing here recurses,
and every array is counted before the next one is read.
"""

from __future__ import annotations

import time
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeAlias

import msgpack

from pytest_metamorphic_guard.values import frames as form
from pytest_metamorphic_guard.values.checks import require
from pytest_metamorphic_guard.values.frames import DecodeError, Mark
from pytest_metamorphic_guard.values.lookup import find_mark, find_tag

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["decode"]

Builder: TypeAlias = "Callable[..., object]"

# What holds nothing. Everything else has a height, so that whatever may hold others is nested no
# deeper than lists are, also where only its kind knows its type.
_LEAVES: Final = form.SCALARS | {complex, Mark}
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
    """What has been read so far: counts against the limits, and heights of finished values.

    ``_heights`` holds one entry per value that is no leaf and whose parent is not finished yet, in
    order; a parent takes as many from its end as it has such values among its elements.
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
        value = (_BUILD.get(mark) or _find_builder(mark))(self, *node)
        if type(value) not in _LEAVES:
            self._heights.append(height)
        return value

    def _take_heights(self, node: list[Any], kinds: set[type]) -> int:
        """Return the greatest height among what ``node`` holds, and forget it."""
        if kinds <= _LEAVES:
            return 0
        inner = len(node) - sum(map(_LEAVES.__contains__, map(type, node)))
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

    def spend(self, function: Callable[..., object], *parts: object) -> object:
        """Call a function whose time counts against that of hashing."""
        started = time.thread_time()
        value = function(*parts)
        self._slow_s += time.thread_time() - started
        self._check_slow()
        return value

    def make_tagged(self, tag: object, parts: object) -> object:
        """Return a value of a kind that a distribution adds."""
        make = find_tag(tag).put_together
        assert make is not None
        return self.spend(make, *require(parts, list))

    def _check_slow(self, more_s: float = 0.0) -> None:
        if self._slow_s + more_s > _SLOW_SECONDS:
            raise DecodeError("keys that collide, or values that take too long to make")


def _refuse_map(_pairs: object) -> NoReturn:
    raise DecodeError("a map")


def _find_builder(mark: Mark) -> Builder:
    kind = find_mark(mark)
    make = kind.put_together
    if kind.read is not None:
        _BUILD[mark] = kind.read
    elif make is not None:
        _BUILD[mark] = lambda _, *parts: make(*parts)
    return _BUILD[mark]


_BUILD: dict[Mark, Builder] = {form.JOIN: _Reader.join, form.KIND: _Reader.make_tagged}
