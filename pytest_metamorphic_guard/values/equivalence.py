"""When two outputs count as the same.

The comparison walks plain data by exact type. It never calls an ``__eq__`` that is not Python's,
numpy's or ours, so a candidate cannot declare itself equal to everything.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from pytest_metamorphic_guard.values import pandas as tables
from pytest_metamorphic_guard.values.budget import charge, look, spending
from pytest_metamorphic_guard.values.kinds import (
    ATOMS,
    EXACT,
    MAPPINGS,
    MOMENTS,
    NUMBERS,
    SEQUENCES,
    SETS,
    Incomparable,
    is_numpy,
    is_plain,
    list_fields,
    unwrap_scalar,
)
from pytest_metamorphic_guard.values.moments import read_moment, read_time
from pytest_metamorphic_guard.values.numerics import same_number
from pytest_metamorphic_guard.values.records import Record, refuse_value
from pytest_metamorphic_guard.values.standins import count_frozen, freeze

__all__ = ["Equivalence", "SameFloats", "SameNumber", "compare_values", "equal_values", "same_zone"]

Equivalence: TypeAlias = Callable[[object, object], bool]
SameNumber: TypeAlias = Callable[[Any, Any], bool]
SameFloats: TypeAlias = Callable[[Any, Any], "bool | None"]
# What must be equal for the values that were asked about to be equal, or None: they are not.
_Parts: TypeAlias = Iterable[tuple[Any, Any]] | None


@dataclass(frozen=True, slots=True)
class _Rules:
    """When two numbers are the same, and whether the same instant in two zones is two values.

    Of arrays of floats ``same_floats`` may tell what ``same`` says of all elements.
    """

    same: SameNumber
    zones: bool
    same_floats: SameFloats | None


def equal_values(first: object, second: object) -> bool:
    """Tell whether two outputs are the same value.

    Equal are numbers of equal value (nan equals nan), strings, bytes and dates of the same type
    and value, moments with an offset from UTC that are the same instant, whatever their zones,
    moments and times without one that show the same with the same ``fold``, lists and tuples of the
    same type with equal elements, sets and dicts with equal members, numpy arrays of the same shape
    with equal elements, tables of pandas with equal names and elements in the same order, and
    dataclasses, classes of attrs and pydantic, named tuples and enum members of the same class with
    equal fields.

    Raises:
        Undecidable: All else is equal, and a part is an object of any other class, such as a
            generator, which cannot be compared.
    """
    return compare_values(first, second, same_number)


def same_zone(first: object, second: object) -> bool:
    """Tell whether two outputs are the same value, and their moments in the same zones.

    As `equal_values`, but the same instant in two zones is two values. Zones are the same that have
    the same key, such as ``Europe/Berlin``, or are nothing but the same offset. To be given as
    ``Task(equivalence=same_zone)``; ``approx(same_zone=True)`` tolerates small differences as well.

    Raises:
        Undecidable: As `equal_values`.
    """
    return compare_values(first, second, same_number, zones=True)


# What a failure text says is expected.
same_zone.description = "outputs are equal, and moments in the same zones"  # type: ignore[attr-defined]


def compare_values(
    first: Any,
    second: Any,
    same: SameNumber,
    *,
    zones: bool = False,
    same_floats: SameFloats | None = None,
) -> bool:
    """Tell whether two values are the same where ``same`` says when two numbers are.

    Values may be nested to any depth, and contain themselves. Where ``zones`` is true, the same
    instant in two zones is two values. ``same_floats`` tells of two arrays of floats what ``same``
    says of all their elements, or None where it does not know.

    Raises:
        Undecidable: No part is seen to differ, and one of them cannot be compared; or the values
            are too large.
    """
    with spending():
        return _compare(first, second, _Rules(same, zones, same_floats))


def _compare(  # noqa: C901, PLR0912 - one loop instead of a recursion
    first: Any, second: Any, rules: _Rules
) -> bool:
    doubt: list[object] = []
    pending: list[Iterator[tuple[Any, Any]]] = [iter(((first, second),))]
    # Pairs of containers under way or found equal; they are kept alive so that ids stay theirs.
    met: dict[tuple[int, int], tuple[Any, Any]] = {}
    while pending:
        for one, other in pending[-1]:
            kind = type(one)
            if kind in NUMBERS and type(other) in NUMBERS:
                if kind is Decimal or type(other) is Decimal:
                    look()  # a long integer takes long to become one
                if not rules.same(one, other):
                    return False
            elif kind in ATOMS and kind is type(other):
                if one != other:
                    return False
            elif kind in MOMENTS and kind is type(other):
                if read_moment(one, zones=rules.zones) != read_moment(other, zones=rules.zones):
                    return False
            else:
                key = (id(one), id(other))
                if key in met:
                    continue
                met[key] = (one, other)
                try:
                    parts = _take_apart(one, other, rules)
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


def _take_apart(first: Any, second: Any, rules: _Rules) -> _Parts:
    kind, other = type(first), type(second)
    for value in (first, second):
        if not is_plain(value):
            raise Incomparable(value)
    if kind in SETS and other in SETS:
        return () if _same_sets(first, second, rules) else None
    if is_numpy(kind) or is_numpy(other):
        return _take_arrays_apart(first, second, rules)
    is_table = tables.find_kind(kind)
    if is_table or kind is not other:
        same_kind = is_table and is_table == tables.find_kind(other)
        return _take_tables_apart(first, second, rules) if same_kind else None
    if kind in SEQUENCES:
        return _take_sequences_apart(first, second, rules)
    if kind in MAPPINGS:
        return _take_mappings_apart(first, second, rules)
    return _take_objects_apart(first, second, rules)


def _take_sequences_apart(first: Any, second: Any, rules: _Rules) -> _Parts:
    if len(first) != len(second):
        return None
    # Flat lists of integers or strings are compared in C; floats may be nan.
    if EXACT.issuperset(map(type, first)) and EXACT.issuperset(map(type, second)):
        if first == second:
            return ()
        if rules.same is same_number:
            return None
    charge(len(first))
    return zip(first, second, strict=True)


def _take_mappings_apart(first: Any, second: Any, rules: _Rules) -> _Parts:
    if len(first) != len(second):
        return None
    charge(2 * len(first))
    left, right = (_freeze_keys(keys, zones=rules.zones) for keys in (first, second))
    # Two keys that are nan cannot be told apart, so no value belongs to either.
    if left.keys() != right.keys() or len(left) != len(first) or len(right) != len(second):
        return None
    return [(value, right[key]) for key, value in left.items()]


def _freeze_keys(mapping: Any, *, zones: bool) -> dict[object, Any]:
    frozen = {}
    for number, (key, value) in enumerate(mapping.items()):
        frozen[freeze(key, zones=zones)] = value
        if not number % 64:
            look()
    return frozen


def _same_sets(first: Any, second: Any, rules: _Rules) -> bool:
    if len(first) != len(second):
        return False
    charge(2 * len(first))
    if count_frozen(first, zones=rules.zones) == count_frozen(second, zones=rules.zones):
        return True
    if rules.same is same_number or not all(type(n) in (int, float) for n in (*first, *second)):
        return False
    # Of two sets of real numbers that are close to each other, the sorted members are.
    return all(rules.same(a, b) for a, b in zip(sorted(first), sorted(second), strict=True))


def _take_arrays_apart(  # noqa: C901, PLR0911 - as freeze
    first: Any, second: Any, rules: _Rules
) -> _Parts:
    # A numpy scalar is a number like any other; an array is equal only to an array.
    left, right = unwrap_scalar(first), unwrap_scalar(second)
    if left is not first or right is not second:
        return ((left, right),)
    if not (is_numpy(type(first)) and is_numpy(type(second))) or first.shape != second.shape:
        return None
    kinds = first.dtype.kind + second.dtype.kind
    if kinds[0] != kinds[1] and any(kind in "mMSU" for kind in kinds):
        return None
    if kinds == "ff" and rules.same_floats is not None:
        charge(first.size)
        if bool((first == second).all()):
            return ()
        found = rules.same_floats(first, second)
        if found is not None:
            return () if found else None
    if first.dtype == second.dtype and first.dtype.kind in "biufmMSU":
        missing = (first != first) & (second != second)  # noqa: PLR0124 - nan differs from itself
        if bool(((first == second) | missing).all()):
            return ()
        if rules.same is same_number:
            return None
    if all(kind in "mM" for kind in kinds):
        alike = (first == second) | ((first != first) & (second != second))  # noqa: PLR0124
        return () if bool(alike.all()) else None
    charge(first.size)
    return zip(first.ravel().tolist(), second.ravel().tolist(), strict=True)


def _take_tables_apart(first: Any, second: Any, rules: _Rules) -> _Parts:
    left, right = (tables.read_elements(table, zones=rules.zones) for table in (first, second))
    if left is None or right is None:
        return () if first.equals(second) else None
    return ((left, right),)


def _take_objects_apart(first: Any, second: Any, rules: _Rules) -> _Parts:
    kind = type(first)
    if kind is Record:
        if (first.kind, first.type_name) != (second.kind, second.type_name):
            return None
        return ((first.fields, second.fields),)
    if tables.is_time(kind):
        left, right = (read_time(time, zones=rules.zones) for time in (first, second))
        return () if left == right else None
    if isinstance(first, enum.Enum):
        return () if first is second else None
    return ((list_fields(first), list_fields(second)),)
