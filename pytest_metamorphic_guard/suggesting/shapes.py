"""The shape of values: what kind they are, and of what parts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ANYTHING", "NUMBERS", "Shape", "merge_shapes", "see_shape"]

NUMBERS = frozenset({"int", "float", "fraction", "decimal"})
_PLAIN: dict[type, str] = {
    type(None): "none",
    bool: "bool",
    int: "int",
    float: "float",
    str: "text",
    bytes: "bytes",
    complex: "complex",
    Decimal: "decimal",
    Fraction: "fraction",
    dt.date: "date",
    dt.datetime: "datetime",
    dt.timedelta: "timedelta",
}
_HOLDING: dict[type, str] = {list: "list", set: "set", frozenset: "frozenset"}
# Values are looked at down to here, and so many of one container.
_DEEPEST = 6
_MOST = 50


class Shape(NamedTuple):
    """What kind of value it is.

    Attributes:
        kind: ``int``, ``float``, ``bool``, ``text``, ``bytes``, ``none``, ``list``, ``set``, ...;
            ``tuple`` has a part for each place, ``tuples`` one for all; ``union`` is one of its
            parts, ``choice`` one of its choices, ``empty`` what nothing is known of.
        parts: The shapes of what is in it; of a dict its keys and its values.
        choices: The values that it may have.
    """

    kind: str
    parts: tuple[Shape, ...] = ()
    choices: tuple[Any, ...] = ()

    @property
    def is_number(self) -> bool:
        """Whether it is a number, which truth values are not."""
        return self.kind in NUMBERS

    @property
    def is_sequence(self) -> bool:
        """Whether it is a list, or a tuple of any length."""
        return self.kind in ("list", "tuples")

    @property
    def has_numbers(self) -> bool:
        """Whether it is a list, or a tuple of any length, of numbers."""
        return self.is_sequence and self.parts[0].is_number

    @property
    def is_numeric(self) -> bool:
        """Whether it is made of numbers alone, at any depth."""
        if self.is_number:
            return True
        if self.kind == "dict":
            return self.parts[1].is_numeric
        return self.kind in ("list", "tuple", "tuples") and all(p.is_numeric for p in self.parts)

    @property
    def has_floats(self) -> bool:
        """Whether there is a fraction of binary digits anywhere in it."""
        return self.kind in ("float", "complex") or any(part.has_floats for part in self.parts)


ANYTHING = Shape("empty")


def see_shape(values: Iterable[Any], depth: int = 0) -> Shape:
    """Return the shape that values have in common."""
    shape = ANYTHING
    for value in values:
        shape = merge_shapes(shape, _see(value, depth))
    return shape


def merge_shapes(first: Shape, second: Shape) -> Shape:
    """Return the narrowest shape that has the values of both."""
    if first == second or second.kind == "empty":
        return first
    if first.kind == "empty":
        return second
    kinds = {first.kind, second.kind}
    if kinds == {"int", "float"}:
        return Shape("float")
    if kinds <= {"tuple", "tuples"} and (len(kinds) > 1 or len(first.parts) != len(second.parts)):
        inner = ANYTHING
        for part in (*first.parts, *second.parts):
            inner = merge_shapes(inner, part)
        return Shape("tuples", (inner,))
    if len(kinds) == 1 and len(first.parts) == len(second.parts) and first.kind != "union":
        pairs = zip(first.parts, second.parts, strict=True)
        return Shape(first.kind, tuple(merge_shapes(one, other) for one, other in pairs))
    members = dict.fromkeys(
        part for one in (first, second) for part in (one.parts if one.kind == "union" else (one,))
    )
    return Shape("union", tuple(members))


def _see(value: Any, depth: int) -> Shape:
    kind = type(value)
    if kind in _PLAIN:
        return Shape(_PLAIN[kind])
    if depth >= _DEEPEST:
        return Shape("other")
    if kind in _HOLDING:
        return Shape(_HOLDING[kind], (see_shape(list(value)[:_MOST], depth + 1),))
    if kind is tuple:
        return Shape("tuple", tuple(see_shape([part], depth + 1) for part in value[:_MOST]))
    if kind is dict:
        keys, held = list(value)[:_MOST], list(value.values())[:_MOST]
        return Shape("dict", (see_shape(keys, depth + 1), see_shape(held, depth + 1)))
    return Shape("other")
