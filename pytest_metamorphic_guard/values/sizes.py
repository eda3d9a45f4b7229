"""How much memory results take, roughly, and how much of them one holder may keep.

A candidate decides how large its results are. Whatever keeps them beyond the case that they belong
to has an allowance, and does without those that would exceed it.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Final

from pytest_metamorphic_guard.values.lookup import find_kind
from pytest_metamorphic_guard.values.records import Record

__all__ = ["Allowance", "measure"]

_ELEMENT: Final = 32
_CONTAINER: Final = 64
_SMALL: Final = frozenset({type(None), bool, int, float, complex})
_EQUAL: Final = _SMALL - {int}
_SEQUENCES: Final = (list, tuple, set, frozenset, deque)
_PLAIN: Final = frozenset(_SEQUENCES)


class Allowance:
    """Bytes that may be kept.

    Args:
        most_bytes: How many, in all.
    """

    def __init__(self, most_bytes: int) -> None:
        self._left = most_bytes

    def take(self, *values: object) -> bool:
        """Tell whether these values may be kept, and count them if so."""
        size = 0
        for value in values:
            size += measure(value, self._left - size)
            if size > self._left:
                return False
        return self.spend(size)

    def spend(self, size: int) -> bool:
        """Tell whether so many bytes may be kept, and count them if so."""
        if size > self._left:
            return False
        self._left -= size
        return True


def measure(value: object, most: int) -> int:
    """Return roughly how many bytes a value takes; the count ends beyond ``most``.

    Objects of other classes than plain data count as little: they are the host's own.
    """
    size = 0
    pending: list[Any] = [value]
    # By identity: what occurs twice, or contains itself, is there once.
    seen: set[int] = set()
    while pending and size <= most:
        item = pending.pop()
        kind = type(item)
        if kind in _SMALL:
            size += _ELEMENT if kind is not int else _ELEMENT + item.bit_length() // 8
        elif isinstance(item, str | bytes | bytearray):
            size += _CONTAINER + len(item)
        elif id(item) in seen:
            continue
        else:
            seen.add(id(item))
            # Plain ones first: nearly all are, and nobody needs to be asked about them.
            open_one = _open_sequence if kind in _PLAIN else _open
            size += _CONTAINER + open_one(item, pending)
    return size


def _open_sequence(item: Any, pending: list[Any]) -> int:
    """As `_open`, for one whose elements are its parts."""
    kinds = set(map(type, item))
    size = _ELEMENT * len(item)
    if kinds == {int}:
        size += sum(map(int.bit_length, item)) // 8
    elif not kinds <= _EQUAL:
        pending.extend(item)
    return size


def _open(item: Any, pending: list[Any]) -> int:
    """Put the parts of a container on the stack; return the bytes of those that were counted."""
    parts: Any = ()
    size = _ELEMENT
    if isinstance(item, dict):
        parts, size = [*item.keys(), *item.values()], _ELEMENT * len(item)
    elif isinstance(item, Record):
        parts = [part for pair in item.fields for part in pair]
    elif (known := find_kind(type(item))) is not None and known.measure is not None:
        size = known.measure(item)
    elif type(getattr(item, "nbytes", None)) is int:
        size = int(item.nbytes)
    elif isinstance(item, _SEQUENCES):
        return _open_sequence(item, pending)
    pending.extend(parts)
    return size
