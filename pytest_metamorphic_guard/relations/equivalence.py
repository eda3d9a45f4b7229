"""When two outputs count as the same.

The comparison walks plain data by exact type. It never calls an ``__eq__`` that is not Python's,
numpy's or ours, so a candidate cannot declare itself equal to everything.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import ipaddress
import math
import pathlib
import sys
import uuid
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

from pytest_metamorphic_guard.contracts import tables
from pytest_metamorphic_guard.contracts.budget import charge, look, spending
from pytest_metamorphic_guard.contracts.values import Opaque, Record, refuse_value

__all__ = [
    "Equivalence",
    "Incomparable",
    "SameNumber",
    "compare_values",
    "count_frozen",
    "equal_values",
    "freeze",
    "is_nan",
    "same_number",
]

Equivalence: TypeAlias = Callable[[object, object], bool]
SameNumber: TypeAlias = Callable[[Any, Any], bool]
# What must be equal for the values that were asked about to be equal, or None: they are not.
_Parts: TypeAlias = Iterable[tuple[Any, Any]] | None

_NUMBERS = frozenset({int, float, bool, complex, Decimal, Fraction})
# Types whose == is Python's own and involves nothing but themselves.
_ATOMS = frozenset(
    {
        type(None),
        str,
        bytes,
        bytearray,
        range,
        type(...),
        dt.date,
        dt.datetime,
        dt.time,
        dt.timedelta,
        dt.timezone,
        uuid.UUID,
        pathlib.PurePosixPath,
        pathlib.PureWindowsPath,
        pathlib.PosixPath,
        ipaddress.IPv4Address,
        ipaddress.IPv6Address,
        ipaddress.IPv4Network,
        ipaddress.IPv6Network,
    }
)
_EXACT = frozenset({int, bool, str, bytes, type(None)})
_SEQUENCES = frozenset({list, tuple, deque})
_MAPPINGS = frozenset({dict, OrderedDict, Counter, defaultdict})
_SETS = frozenset({set, frozenset})
_PLAIN = _NUMBERS | _ATOMS | _SEQUENCES | _MAPPINGS | _SETS | {Record}


def equal_values(first: object, second: object) -> bool:
    """Tell whether two outputs are the same value.

    Equal are numbers of equal value (nan equals nan), strings, bytes and dates of the same type
    and value, lists and tuples of the same type with equal elements, sets and dicts with equal
    members, numpy arrays of the same shape with equal elements, tables of pandas with equal names
    and elements in the same order, and dataclasses, classes of attrs and pydantic, named tuples and
    enum members of the same class with equal fields.

    Raises:
        Undecidable: All else is equal, and a part is an object of any other class, such as a
            generator, which cannot be compared.
    """
    return compare_values(first, second, same_number)


def compare_values(first: Any, second: Any, same: SameNumber) -> bool:
    """Tell whether two values are the same where ``same`` says when two numbers are.

    Values may be nested to any depth, and contain themselves.

    Raises:
        Undecidable: No part is seen to differ, and one of them cannot be compared; or the values
            are too large.
    """
    with spending():
        return _compare(first, second, same)


def _compare(  # noqa: C901, PLR0912 - one loop instead of a recursion
    first: Any, second: Any, same: SameNumber
) -> bool:
    doubt: list[object] = []
    pending: list[Iterator[tuple[Any, Any]]] = [iter(((first, second),))]
    # Pairs of containers under way or found equal; they are kept alive so that ids stay theirs.
    met: dict[tuple[int, int], tuple[Any, Any]] = {}
    while pending:
        for one, other in pending[-1]:
            kind = type(one)
            if kind in _NUMBERS and type(other) in _NUMBERS:
                if kind is Decimal or type(other) is Decimal:
                    look()  # a long integer takes long to become one
                if not same(one, other):
                    return False
            elif kind in _ATOMS and kind is type(other):
                if one != other:
                    return False
            else:
                key = (id(one), id(other))
                if key in met:
                    continue
                met[key] = (one, other)
                try:
                    parts = _take_apart(one, other, same)
                except Incomparable as error:
                    doubt.append(error.value)
                    continue
                if parts is None:
                    return False
                pending.append(iter(parts))
                break
        else:
            pending.pop()
    if doubt:
        raise refuse_value(doubt[0])
    return True


def same_number(first: Any, second: Any) -> bool:
    """Tell whether two numbers have the same value; nan has the value nan."""
    try:
        if first == second:
            return True
    except ArithmeticError:  # Decimal's signalling nan refuses to compare
        pass
    if type(first) is complex or type(second) is complex:
        return _same_real(first.real, second.real) and _same_real(first.imag, second.imag)
    return is_nan(first) and is_nan(second)


def is_nan(number: Any) -> bool:
    """Tell whether a number, or a part of a complex one, is nan."""
    if type(number) is Decimal:
        return number.is_nan()
    # nan is the one number that differs from itself.
    return bool(number != number)  # noqa: PLR0124 - that is the test


def _same_real(first: Any, second: Any) -> bool:
    return bool(first == second) or (is_nan(first) and is_nan(second))


def _take_apart(first: Any, second: Any, same: SameNumber) -> _Parts:
    kind, other = type(first), type(second)
    for value in (first, second):
        if not _is_plain(value):
            raise Incomparable(value)
    if kind in _SETS and other in _SETS:
        return () if _same_sets(first, second, same) else None
    if is_numpy(kind) or is_numpy(other):
        return _take_arrays_apart(first, second, same)
    is_table = tables.find_kind(kind)
    if is_table or kind is not other:
        same_kind = is_table and is_table == tables.find_kind(other)
        return _take_tables_apart(first, second) if same_kind else None
    if kind in _SEQUENCES:
        return _take_sequences_apart(first, second, same)
    if kind in _MAPPINGS:
        return _take_mappings_apart(first, second)
    return _take_objects_apart(first, second)


def _take_sequences_apart(first: Any, second: Any, same: SameNumber) -> _Parts:
    if len(first) != len(second):
        return None
    # Flat lists of integers or strings are compared in C; floats may be nan.
    if _EXACT.issuperset(map(type, first)) and _EXACT.issuperset(map(type, second)):
        if first == second:
            return ()
        if same is same_number:
            return None
    charge(len(first))
    return zip(first, second, strict=True)


def _take_mappings_apart(first: Any, second: Any) -> _Parts:
    if len(first) != len(second):
        return None
    charge(2 * len(first))
    left, right = _freeze_keys(first), _freeze_keys(second)
    # Two keys that are nan cannot be told apart, so no value belongs to either.
    if left.keys() != right.keys() or len(left) != len(first) or len(right) != len(second):
        return None
    return [(value, right[key]) for key, value in left.items()]


def _freeze_keys(mapping: Any) -> dict[object, Any]:
    frozen = {}
    for number, (key, value) in enumerate(mapping.items()):
        frozen[freeze(key)] = value
        if not number % 64:
            look()
    return frozen


def _same_sets(first: Any, second: Any, same: SameNumber) -> bool:
    if len(first) != len(second):
        return False
    charge(2 * len(first))
    if count_frozen(first) == count_frozen(second):
        return True
    if same is same_number or not all(type(n) in (int, float) for n in (*first, *second)):
        return False
    # Of two sets of real numbers that are close to each other, the sorted members are.
    return all(same(a, b) for a, b in zip(sorted(first), sorted(second), strict=True))


def count_frozen(items: Iterable[Any]) -> Counter[object]:
    """Count what stands for the elements in sets; numbers can be chosen so that they collide.

    Raises:
        Incomparable: One is of another kind than plain data.
        Undecidable: It takes too long.
    """
    counted: Counter[object] = Counter()
    for number, item in enumerate(items):
        counted[freeze(item)] += 1
        if not number % 64:
            look()
    return counted


class Incomparable(Exception):  # noqa: N818 - not an error: there is no answer
    """A value whose own code would have to run to compare or to hash it.

    Args:
        value: The value.
    """

    def __init__(self, value: object) -> None:
        super().__init__(value)
        self.value = value


def freeze(item: Any) -> object:  # noqa: C901, PLR0911, PLR0912 - one answer per kind
    """Return what stands for a value in sets: equal for equal values, hashed by Python's code.

    Raises:
        Incomparable: The value is of another kind than plain data.
    """
    kind = type(item)
    if kind in _EXACT:
        return item
    if kind in _NUMBERS:
        if kind is complex and is_nan(item):
            return ("nan", freeze(item.real), freeze(item.imag))
        return ("nan",) if is_nan(item) else item
    if kind is bytearray:
        return ("bytearray", bytes(item))
    if kind in _ATOMS:
        return item
    if kind in _SEQUENCES:
        return (kind, *map(freeze, item))
    if kind in _SETS:
        return ("set", frozenset(count_frozen(item).items()))
    if kind in _MAPPINGS:
        return (kind, frozenset((freeze(key), freeze(value)) for key, value in item.items()))
    if kind is Record:
        return ("record", item.kind, item.type_name, freeze(item.fields))
    if kind is Opaque:
        raise Incomparable(item)
    if isinstance(item, enum.Enum):
        return ("enum", id(item))
    if is_numpy(kind) and (plain := _unwrap_scalar(item)) is not item:
        return freeze(plain)
    if (fields := _list_fields(item)) is not None:
        return ("instance", kind, tuple(map(freeze, fields)))
    raise Incomparable(item)


def is_numpy(kind: type) -> bool:
    """Tell whether a type is numpy's array or one of numpy's scalars, and no subclass of these."""
    numpy = sys.modules.get("numpy")
    # Looked up without numpy's own code, which warns about some names.
    if numpy is None or vars(numpy).get(kind.__name__) is not kind:
        return False
    return kind is numpy.ndarray or issubclass(kind, numpy.generic)


def _take_arrays_apart(  # noqa: PLR0911 - as freeze
    first: Any, second: Any, same: SameNumber
) -> _Parts:
    # A numpy scalar is a number like any other; an array is equal only to an array.
    left, right = _unwrap_scalar(first), _unwrap_scalar(second)
    if left is not first or right is not second:
        return ((left, right),)
    if not (is_numpy(type(first)) and is_numpy(type(second))) or first.shape != second.shape:
        return None
    kinds = first.dtype.kind + second.dtype.kind
    if kinds[0] != kinds[1] and any(kind in "mMSU" for kind in kinds):
        return None
    if first.dtype == second.dtype and first.dtype.kind in "biufmMSU":
        missing = (first != first) & (second != second)  # noqa: PLR0124 - nan differs from itself
        if bool(((first == second) | missing).all()):
            return ()
        if same is same_number:
            return None
    if all(kind in "mM" for kind in kinds):
        alike = (first == second) | ((first != first) & (second != second))  # noqa: PLR0124
        return () if bool(alike.all()) else None
    charge(first.size)
    return zip(first.ravel().tolist(), second.ravel().tolist(), strict=True)


def _take_tables_apart(first: Any, second: Any) -> _Parts:
    left, right = tables.read_elements(first), tables.read_elements(second)
    if left is None or right is None:
        return () if first.equals(second) else None
    return ((left, right),)


def _unwrap_scalar(value: Any) -> Any:
    kind = type(value)
    if not is_numpy(kind) or kind.__name__ == "ndarray" or value.dtype.kind not in "biufcSU":
        return value
    item = value.item()
    if type(item) is not kind:
        return item
    # Python has no type for long double, but exact fractions.
    if value.dtype.kind == "c":
        return complex(value)
    return Fraction(*value.as_integer_ratio()) if math.isfinite(value) else float(value)


def _take_objects_apart(first: Any, second: Any) -> _Parts:
    kind = type(first)
    if kind is Record:
        if (first.kind, first.type_name) != (second.kind, second.type_name):
            return None
        return ((first.fields, second.fields),)
    if tables.is_time(kind):
        return () if first is second or first == second else None
    if isinstance(first, enum.Enum):
        return () if first is second else None
    return ((_list_fields(first), _list_fields(second)),)


def _is_plain(value: Any) -> bool:
    """Tell whether a value can be compared without asking its own class."""
    kind = type(value)
    return (
        kind in _PLAIN
        or is_numpy(kind)
        or bool(tables.find_kind(kind))
        or tables.is_time(kind)
        or (kind is not Opaque and isinstance(value, enum.Enum))
        or _list_fields(value) is not None
    )


def _list_fields(value: Any) -> list[Any] | None:
    """Return what an instance consists of, or None where only its own class can tell."""
    kind = type(value)
    if kind is Opaque:
        return None
    if kind is slice:
        return [value.start, value.stop, value.step]
    if dataclasses.is_dataclass(kind):
        return [getattr(value, field.name) for field in dataclasses.fields(kind)]
    declared = getattr(kind, "__attrs_attrs__", None) or getattr(kind, "__pydantic_fields__", None)
    if declared:
        return [getattr(value, getattr(field, "name", field)) for field in declared]
    if isinstance(value, tuple) and hasattr(kind, "_fields"):
        return list(tuple.__iter__(value))
    return None
