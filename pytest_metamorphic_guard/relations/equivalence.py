"""When two outputs count as the same.

The comparison walks plain data by exact type. It never calls an ``__eq__`` that is not Python's,
numpy's or ours, so a candidate cannot declare itself equal to everything.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import ipaddress
import math
import pathlib
import uuid
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from pytest_metamorphic_guard.contracts.values import Opaque, Record

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Approx", "Equivalence", "approx", "equal_values"]

Equivalence: TypeAlias = Callable[[object, object], bool]

_NUMBERS = (int, float, bool, complex, Decimal, Fraction)
_NUMBER_TYPES = frozenset(_NUMBERS)
# Types whose == is Python's own and involves nothing but themselves.
_ATOMS = frozenset(
    {
        type(None),
        str,
        bytes,
        bytearray,
        range,
        slice,
        type(...),
        datetime.date,
        datetime.datetime,
        datetime.time,
        datetime.timedelta,
        datetime.timezone,
        uuid.UUID,
        pathlib.PurePosixPath,
        pathlib.PureWindowsPath,
        pathlib.PosixPath,
        ipaddress.IPv4Address,
        ipaddress.IPv6Address,
    }
)
_EXACT = frozenset({int, bool, str, bytes, type(None)})
_SEQUENCES = frozenset({list, tuple, deque})
_MAPPINGS = frozenset({dict, OrderedDict, Counter, defaultdict})
_SETS = frozenset({set, frozenset})


def equal_values(first: object, second: object) -> bool:
    """Tell whether two outputs are the same value.

    Equal are numbers of equal value (nan equals nan), strings, bytes and dates of the same type
    and value, lists and tuples of the same type with equal elements, sets and dicts with equal
    members, numpy arrays of the same shape with equal elements, and dataclasses, named tuples and
    enum members of the same class with equal fields. Any other object equals only itself.
    """
    return _compare(first, second, _same_number)


@dataclass(frozen=True, slots=True)
class Approx:
    """An equivalence and an expectation: numbers may differ by a tolerance; see `approx`."""

    rel: float
    abs: float

    @property
    def description(self) -> str:
        """What is expected, in words."""
        return f"outputs are equal within rel={self.rel:g}, abs={self.abs:g}"

    def __call__(self, first: object, second: object) -> bool:
        return _compare(first, second, self._close)

    def _close(self, first: Any, second: Any) -> bool:
        if _same_number(first, second):
            return True
        try:
            difference = abs(first - second)
            size = max(abs(first), abs(second))
        except (TypeError, ArithmeticError):
            # Decimal and float do not mix; a difference of tolerances is all that is asked here.
            difference = abs(complex(first) - complex(second))
            size = max(abs(complex(first)), abs(complex(second)))
        if math.isnan(difference) or math.isinf(difference):
            return False
        return bool(float(difference) <= max(self.rel * float(size), self.abs))


def approx(rel: float = 1e-6, abs: float = 1e-12) -> Approx:  # noqa: A002 - pytest.approx's name
    """Return an equivalence under which numbers, at any depth, may differ a little.

    Args:
        rel: Tolerated difference relative to the larger of both numbers.
        abs: Tolerated absolute difference; the larger tolerance counts.

    Raises:
        ValueError: A tolerance is negative or not a number.
    """
    for name, value in (("rel", rel), ("abs", abs)):
        if not value >= 0:
            raise ValueError(f"approx({name}={value!r}): a tolerance is a number >= 0")
    return Approx(rel, abs)


def _same_number(first: Any, second: Any) -> bool:
    return bool(first == second or (_is_nan(first) and _is_nan(second)))


def _is_nan(number: Any) -> bool:
    # nan is the one number that differs from itself; Decimal's signalling nan refuses to compare.
    if type(number) is Decimal:
        return number.is_nan()
    return bool(number != number)  # noqa: PLR0124 - that is the test


def _compare(first: Any, second: Any, same_number: Callable[[Any, Any], bool]) -> bool:
    kind = type(first)
    other = type(second)
    if kind in _NUMBER_TYPES and other in _NUMBER_TYPES:
        return same_number(first, second)
    if kind is other:
        if kind in _ATOMS:
            return bool(first == second)
        if kind in _SEQUENCES:
            return _compare_sequences(first, second, same_number)
        if kind in _MAPPINGS:
            return _compare_mappings(first, second, same_number)
    if kind in _SETS and other in _SETS:
        return _compare_sets(first, second)
    if _is_numpy(kind) or _is_numpy(other):
        return _compare_arrays(first, second, same_number)
    return kind is other and _compare_objects(first, second, same_number)


def _compare_sequences(first: Any, second: Any, same_number: Callable[[Any, Any], bool]) -> bool:
    if len(first) != len(second):
        return False
    # Flat lists of integers or strings are compared in C; floats may be nan or nearly equal.
    if _EXACT.issuperset(map(type, first)) and _EXACT.issuperset(map(type, second)):
        return bool(first == second)
    return all(_compare(a, b, same_number) for a, b in zip(first, second, strict=True))


def _compare_mappings(first: Any, second: Any, same_number: Callable[[Any, Any], bool]) -> bool:
    if len(first) != len(second) or not (_are_plain(first) and _are_plain(second)):
        return False
    return all(
        key in second and _compare(value, second[key], same_number) for key, value in first.items()
    )


def _compare_sets(first: Any, second: Any) -> bool:
    if len(first) != len(second) or not (_are_plain(first) and _are_plain(second)):
        return False
    if first == second:
        return True
    numbers = [
        sum(1 for item in side if type(item) is float and _is_nan(item)) for side in (first, second)
    ]
    rest = [
        {item for item in side if not (type(item) is float and _is_nan(item))}
        for side in (first, second)
    ]
    return numbers[0] == numbers[1] and rest[0] == rest[1]


def _are_plain(items: Iterable[object]) -> bool:
    """Tell whether hashing and comparing these dict keys or set members runs only Python's code."""
    return all(
        type(item) in _ATOMS
        or type(item) in _NUMBER_TYPES
        or (type(item) in (tuple, frozenset) and _are_plain(item))  # type: ignore[arg-type]
        or isinstance(item, enum.Enum)
        or type(item) is Record
        for item in items
    )


def _is_numpy(kind: type) -> bool:
    return kind.__module__ == "numpy" and (kind.__name__ == "ndarray" or hasattr(kind, "dtype"))


def _compare_arrays(first: Any, second: Any, same_number: Callable[[Any, Any], bool]) -> bool:
    # A numpy scalar is a number like any other; an array is equal only to an array.
    first, second = _unwrap_scalar(first), _unwrap_scalar(second)
    if not (_is_numpy(type(first)) and _is_numpy(type(second))):
        if _is_numpy(type(first)) or _is_numpy(type(second)):
            return False
        return _compare(first, second, same_number)
    if first.shape != second.shape:
        return False
    if first.dtype.kind in "biuSUmM" and second.dtype.kind in "biuSUmM":
        same = first == second
        missing = (first != first) & (second != second)  # noqa: PLR0124 - NaT differs from itself
        return bool((same | missing).all())
    return all(
        _compare(a, b, same_number)
        for a, b in zip(first.ravel().tolist(), second.ravel().tolist(), strict=True)
    )


def _unwrap_scalar(value: Any) -> Any:
    if (
        _is_numpy(type(value))
        and type(value).__name__ != "ndarray"
        and value.dtype.kind in "biufcSU"
    ):
        return value.item()
    return value


def _compare_objects(first: Any, second: Any, same_number: Callable[[Any, Any], bool]) -> bool:
    if type(first) is Opaque:
        return False
    if type(first) is Record:
        return (first.kind, first.type_name, len(first.fields)) == (
            second.kind,
            second.type_name,
            len(second.fields),
        ) and all(
            name == other and _compare(value, counterpart, same_number)
            for (name, value), (other, counterpart) in zip(first.fields, second.fields, strict=True)
        )
    if first is second:
        return True
    if dataclasses.is_dataclass(first):
        return all(
            _compare(getattr(first, field.name), getattr(second, field.name), same_number)
            for field in dataclasses.fields(first)
        )
    if isinstance(first, tuple) and hasattr(type(first), "_fields"):
        return _compare(tuple(first), tuple(second), same_number)
    return False
