"""The grammar of result frames; `wire` reads and writes them, kinds of values what is in them.

A frame is one msgpack value. None, booleans, 64-bit integers, floats, strings and bytes are
themselves. An array is a list, unless its first element is a *mark*: an extension without data,
whose type says what the parts after it become. So ``(1, 2)`` travels as ``[TUPLE, [1, 2]]``, and no
extension ever holds another frame. Maps and extensions with data do not occur.

A list longer than `CHUNK` travels as ``[JOIN, chunk, chunk, ...]``: the reader can then refuse
every array header that promises more, before memory is set aside for it.
"""

from __future__ import annotations

import builtins
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from pytest_metamorphic_guard.errors import MetamorphicGuardError

__all__ = [
    "CHUNK",
    "DEFAULT",
    "MARKS",
    "DecodeError",
    "EncodeError",
    "Limits",
    "Mark",
    "keep_builtins",
]


def keep_builtins(names: dict[str, Any]) -> None:
    """Make a module indifferent to a candidate that assigns to ``builtins.len``.

    Functions look up builtins in the dict that their module names when they are defined: it gets a
    copy of its own, unless whatever loaded it gave it one.
    """
    if names["__builtins__"] is vars(builtins):
        names["__builtins__"] = dict(vars(builtins))


keep_builtins(globals())

EncodeFault: TypeAlias = Literal["too_large", "too_deep", "cyclic", "broken_kind"]

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
        kind: ``"too_large"``, ``"too_deep"``, ``"cyclic"``, or ``"broken_kind"``: the code for such
            values, which a distribution adds, fails.
        message: One sentence for the user.
    """

    def __init__(self, kind: EncodeFault, message: str) -> None:
        super().__init__(kind, message)
        self.kind = kind
        self.message = message

    def __str__(self) -> str:
        return self.message


class DecodeError(MetamorphicGuardError):
    """Bytes that are no frame of this grammar, or one beyond its limits."""


class BrokenKindError(DecodeError):
    """A kind of value that a distribution adds, and that fails: nobody forged anything."""


class Limits:
    """How much one frame may hold.

    Args:
        max_bytes: Length of the frame.
        max_items: Elements of all lists, mappings and fields together. An element that takes more
            memory than a number counts as several: a string as two, a set as five.
        max_depth: Lists within lists.
    """

    # No dataclass, and none in what a worker loads at its start: the module that makes them brings
    # six more along, which take an eighth of that start.
    __slots__ = ("max_bytes", "max_depth", "max_items")

    def __init__(
        self, *, max_bytes: int = 16 << 20, max_items: int = 1_000_000, max_depth: int = 200
    ) -> None:
        self.max_bytes = max_bytes
        self.max_items = max_items
        self.max_depth = max_depth
        # One level of values is up to three of msgpack, whose reader has a stack of 1024; a list of
        # chunks has itself at most CHUNK of them.
        for name, most in (("max_bytes", 1 << 31), ("max_items", CHUNK**2), ("max_depth", 300)):
            if not 1 <= getattr(self, name) <= most:
                raise ValueError(f"{name} is {getattr(self, name)!r}, expected 1 to {most}")


DEFAULT: Final = Limits()


class Mark(NamedTuple):
    """The head of an array that is no list.

    Attributes:
        code: Extension type on the wire.
        parts: Number of elements that follow, or None if any number may.
        weight: Items it counts for, beside those of its parts.
        home: The module of this folder that knows what it stands for, if one does.
    """

    code: int
    parts: int | None
    weight: int
    home: str = ""

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
TUPLE = Mark(1, 1, 0, "builtins")
SET = Mark(2, 1, 4, "builtins")
FROZENSET = Mark(3, 1, 4, "builtins")
DICT = Mark(4, 2, 4, "builtins")
INT = Mark(5, 1, 1, "builtins")
COMPLEX = Mark(6, 2, 1, "builtins")
BYTEARRAY = Mark(7, 1, 2, "builtins")
RANGE = Mark(8, 3, 2, "builtins")
SLICE = Mark(9, 1, 1, "builtins")
ELLIPSIS = Mark(10, 0, 0, "builtins")
NOT_IMPLEMENTED = Mark(11, 0, 0, "builtins")
RECORD = Mark(12, 4, 6, "records")
OPAQUE = Mark(13, 2, 6, "records")
ORDERED_DICT = Mark(20, 2, 8, "collections")
COUNTER = Mark(21, 2, 6, "collections")
DEFAULTDICT = Mark(22, 2, 6, "collections")
DEQUE = Mark(23, 2, 16, "collections")
CHAIN_MAP = Mark(24, 1, 10, "mappings")
MAPPING_PROXY = Mark(25, 1, 8, "mappings")
NAMESPACE = Mark(26, 1, 10, "mappings")
EXCEPTION = Mark(27, 3, 12, "exceptions")
MEMORY = Mark(28, 4, 6, "buffers")
TYPED_ARRAY = Mark(29, 2, 4, "buffers")
DECIMAL = Mark(30, 1, 3, "numbers")
FRACTION = Mark(31, 2, 4, "numbers")
DATETIME = Mark(32, 9, 3, "moments")
DATE = Mark(33, 3, 2, "moments")
TIME = Mark(34, 6, 3, "moments")
TIMEDELTA = Mark(35, 3, 2, "moments")
TIMEZONE = Mark(36, 2, 3, "moments")
ZONEINFO = Mark(37, 1, 3, "moments")
CONTEXT = Mark(41, 4, 12, "numbers")
UUID = Mark(38, 1, 3, "stdlib")
PATH = Mark(39, 2, 10, "stdlib")
IP = Mark(40, 2, 4, "stdlib")
ARRAY = Mark(50, 4, 4, "numpy")
SCALAR = Mark(51, 2, 2, "numpy")
NUMPY_STR = Mark(52, 1, 4, "numpy")
NUMPY_BYTES = Mark(53, 1, 4, "numpy")
OBJECTS = Mark(55, 2, 4, "structures")
STRUCTURE = Mark(56, 5, 12, "structures")
MASKED = Mark(57, 3, 8, "structures")
TABLE = Mark(54, 2, 200, "pandas")
PERIOD = Mark(58, 2, 6, "spans")
INTERVAL = Mark(59, 3, 6, "spans")
TIMESTAMP = Mark(68, 2, 6, "timestamps")
CALL = Mark(100, 2, 6, "named_arguments")
ARROW = Mark(61, 2, 40, "arrow")
POLARS = Mark(62, 2, 40, "polars")
SPARSE = Mark(63, 4, 20, "sparse")
IMAGE = Mark(64, 4, 20, "images")
GEOMETRY = Mark(65, 3, 20, "geometries")
LABELLED = Mark(66, 2, 60, "labelled")
TENSOR = Mark(67, 3, 10, "tensors")
# The name of a kind that a distribution adds, and its parts.
KIND = Mark(60, 2, 24)

MARKS: Final = {mark.code: mark for mark in list(globals().values()) if isinstance(mark, Mark)}


def count_texts(items: list[object], kinds: set[type]) -> int:
    """Return how many of ``items`` are str or bytes; ``kinds`` are the types that occur."""
    if kinds.isdisjoint(TEXTS):
        return 0
    if kinds <= TEXTS:
        return len(items)
    return sum(map(TEXTS.__contains__, map(type, items)))


def to_signed_bytes(value: int, limit: int) -> bytes:
    """Return an integer in two's complement; refuse more than ``limit`` bytes."""
    length = value.bit_length() // 8 + 1
    if length > limit:
        raise EncodeError(
            "too_large", f"the result holds an integer of {length} bytes; at most {limit} are sent"
        )
    return value.to_bytes(length, "little", signed=True)
