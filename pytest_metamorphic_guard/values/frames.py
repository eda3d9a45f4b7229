"""The grammar of result frames, and what may be in one; `wire` reads and writes them.

A frame is one msgpack value. None, booleans, 64-bit integers, floats, strings and bytes are
themselves. An array is a list, unless its first element is a *mark*: an extension without data,
whose type says what the parts after it become. So ``(1, 2)`` travels as ``[TUPLE, [1, 2]]``, and no
extension ever holds another frame. Maps and extensions with data do not occur.

A list longer than `CHUNK` travels as ``[JOIN, chunk, chunk, ...]``: the reader can then refuse
every array header that promises more, before memory is set aside for it.
"""

from __future__ import annotations

import builtins
import re
from dataclasses import dataclass
from typing import Final, Literal

from pytest_metamorphic_guard.errors import MetamorphicGuardError

__all__ = ["CHUNK", "DEFAULT", "MARKS", "DecodeError", "EncodeError", "Limits", "Mark"]

# Functions look up builtins in the dict that their module names when they are defined. With a copy
# of its own, a module is indifferent to a candidate that assigns to `builtins.len`.
globals()["__builtins__"] = dict(vars(builtins))

CHUNK: Final = 2048
SCALARS: Final = frozenset({type(None), bool, int, float, str, bytes})
TEXTS: Final = frozenset({str, bytes})
MAX_INT_BYTES: Final = 1 << 17
MAX_FRACTION_BYTES: Final = 1 << 11  # a frame full of larger ones would take seconds to reduce
MAX_DECIMAL_DIGITS: Final = 100_000
MAX_OPAQUE_TEXT: Final = 500
MAX_TYPE_NAME: Final = 300


class EncodeError(MetamorphicGuardError):
    """A value that cannot be sent at all.

    Args:
        kind: ``"too_large"``, ``"too_deep"`` or ``"cyclic"``.
        message: One sentence for the user.
    """

    def __init__(self, kind: Literal["too_large", "too_deep", "cyclic"], message: str) -> None:
        super().__init__(kind, message)
        self.kind = kind
        self.message = message

    def __str__(self) -> str:
        return self.message


class DecodeError(MetamorphicGuardError):
    """Bytes that are no frame of this grammar, or one beyond its limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one frame may hold.

    Attributes:
        max_bytes: Length of the frame.
        max_items: Elements of all lists, mappings and fields together. An element that takes more
            memory than a number counts as several: a string as two, a set as five.
        max_depth: Lists within lists.
    """

    max_bytes: int = 16 << 20
    max_items: int = 1_000_000
    max_depth: int = 200

    def __post_init__(self) -> None:
        # One level of values is up to three of msgpack, whose reader has a stack of 1024; a list of
        # chunks has itself at most CHUNK of them.
        for name, most in (("max_bytes", 1 << 31), ("max_items", CHUNK**2), ("max_depth", 300)):
            if not 1 <= getattr(self, name) <= most:
                raise ValueError(f"{name} is {getattr(self, name)!r}, expected 1 to {most}")


DEFAULT: Final = Limits()


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """The head of an array that is no list.

    Attributes:
        code: Extension type on the wire.
        parts: Number of elements that follow, or None if any number may.
        weight: Items it counts for, beside those of its parts.
    """

    code: int
    parts: int | None
    weight: int

    @property
    def head(self) -> bytes:
        """The bytes before the parts."""
        assert self.parts is not None
        return bytes((0x91 + self.parts,)) + self.extension

    @property
    def extension(self) -> bytes:
        """The mark itself as an extension of length 0."""
        return bytes((0xC7, 0, self.code))


JOIN = Mark(0, None, 0)
TUPLE = Mark(1, 1, 0)
SET = Mark(2, 1, 4)
FROZENSET = Mark(3, 1, 4)
DICT = Mark(4, 2, 4)
INT = Mark(5, 1, 1)
COMPLEX = Mark(6, 2, 1)
BYTEARRAY = Mark(7, 1, 2)
RANGE = Mark(8, 3, 2)
SLICE = Mark(9, 1, 1)
ELLIPSIS = Mark(10, 0, 0)
NOT_IMPLEMENTED = Mark(11, 0, 0)
RECORD = Mark(12, 4, 6)
OPAQUE = Mark(13, 2, 6)
ORDERED_DICT = Mark(20, 2, 8)
COUNTER = Mark(21, 2, 6)
DEFAULTDICT = Mark(22, 2, 6)
DEQUE = Mark(23, 2, 16)
DECIMAL = Mark(30, 1, 3)
FRACTION = Mark(31, 2, 4)
DATETIME = Mark(32, 9, 3)
DATE = Mark(33, 3, 2)
TIME = Mark(34, 6, 3)
TIMEDELTA = Mark(35, 3, 2)
TIMEZONE = Mark(36, 2, 3)
ZONEINFO = Mark(37, 1, 3)
UUID = Mark(38, 1, 3)
PATH = Mark(39, 2, 10)
IP = Mark(40, 2, 4)
ARRAY = Mark(50, 4, 4)
SCALAR = Mark(51, 2, 2)
NUMPY_STR = Mark(52, 1, 4)
NUMPY_BYTES = Mark(53, 1, 4)
TABLE = Mark(54, 2, 200)

MARKS: Final = {mark.code: mark for mark in list(globals().values()) if isinstance(mark, Mark)}
# Kinds of numpy whose elements are plain numbers, text or times; never objects or structures.
ARRAY_KINDS: Final = frozenset("biufcSUmM")
ARRAY_DTYPE: Final = re.compile(r"[<>|=][biufcSUmM]\d{1,8}(\[\d{0,9}[A-Za-z]{1,7}\])?")
ZONE_KEY: Final = re.compile(r"[A-Za-z0-9_+-]{1,32}(?:/[A-Za-z0-9_+-]{1,32}){0,3}")
# What pandas calls the type of times with a zone: an offset, or the key of a zone. It would take
# the rest behind "dateutil/" for the path of a file, and open that.
ZONED_DTYPE: Final = re.compile(
    r"datetime64\[(s|ms|us|ns), "
    rf"(?!dateutil)((?:UTC)?[+-]\d\d:\d\d(?::\d\d)?|{ZONE_KEY.pattern})\]"
)
PATHS: Final = ("PurePosixPath", "PureWindowsPath", "PosixPath", "WindowsPath")
MAX_PATH: Final = 1 << 16
IPS: Final = ("IPv4Address", "IPv6Address", "IPv4Network", "IPv6Network")
MAX_IP: Final = 100


def count_texts(items: list[object], kinds: set[type]) -> int:
    """Return how many of ``items`` are str or bytes; ``kinds`` are the types that occur."""
    if kinds.isdisjoint(TEXTS):
        return 0
    if kinds <= TEXTS:
        return len(items)
    return sum(map(TEXTS.__contains__, map(type, items)))
