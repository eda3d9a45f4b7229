"""When two outputs count as the same.

The comparison walks plain data by exact type. It never calls an ``__eq__`` that is not Python's,
numpy's or ours, so a candidate cannot declare itself equal to everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from pytest_metamorphic_guard.values.budget import charge, look, spending
from pytest_metamorphic_guard.values.deciding import Incomparable
from pytest_metamorphic_guard.values.lookup import find_kind
from pytest_metamorphic_guard.values.numerics import EXACT, NUMBERS, same_number
from pytest_metamorphic_guard.values.records import refuse_value
from pytest_metamorphic_guard.values.standins import count_frozen, freeze

if TYPE_CHECKING:
    from pytest_metamorphic_guard.values.kind import Kind

__all__ = ["Equivalence", "SameFloats", "SameNumber", "compare_values", "equal_values", "same_zone"]

Equivalence: TypeAlias = Callable[[object, object], bool]
SameNumber: TypeAlias = Callable[[Any, Any], bool]
SameFloats: TypeAlias = Callable[[Any, Any], "bool | None"]
# What must be equal for the values that were asked about to be equal, or None: they are not.
_Parts: TypeAlias = Iterable[tuple[Any, Any]] | None


class _Rules(NamedTuple):
    """When two numbers are the same, and whether the same instant in two zones is two values.

    Of arrays of floats ``same_floats`` may tell what ``same`` says of all elements.
    """

    same: SameNumber
    zones: bool
    same_floats: SameFloats | None

    @property
    def is_exact(self) -> bool:
        return self.same is same_number

    def charge(self, steps: int) -> None:
        charge(steps)


def equal_values(first: object, second: object) -> bool:
    """Tell whether two outputs are the same value.

    Equal are numbers of equal value (nan equals nan), strings, bytes and dates of the same type
    and value, moments with an offset from UTC that are the same instant, whatever their zones,
    moments and times without one that show the same with the same ``fold``, lists and tuples of the
    same type with equal elements, sets and dicts with equal members, of an ``OrderedDict`` in the
    same order, numpy arrays of the same shape with equal elements, tables of pandas with equal
    names and elements in the same order, and dataclasses, classes of attrs and pydantic, named
    tuples and enum members of the same class with equal fields.

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
    if type(first) is list is type(second):
        # Most often that is all; what `_take_apart` would say of them, with less to do.
        parts = _take_sequences_apart(first, second, rules)
        if not parts:
            return parts is not None
        pending, met[id(first), id(second)] = [iter(parts)], (first, second)
    while pending:
        for one, other in pending[-1]:
            kind = type(one)
            if kind in NUMBERS and type(other) in NUMBERS:
                if kind is Decimal or type(other) is Decimal:
                    look()  # a long integer takes long to become one
                if not rules.same(one, other):
                    return False
            elif kind in EXACT and kind is type(other):
                if one != other:
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


def _take_apart(  # noqa: C901, PLR0911 - one answer per shape
    first: Any, second: Any, rules: _Rules
) -> _Parts:
    known = [find_kind(type(value)) for value in (first, second)]
    for value, found in zip((first, second), known, strict=True):
        if found is None or not _is_comparable(found):
            raise Incomparable(value)
    kind, other = known
    assert kind is not None
    assert other is not None
    if kind.shape == other.shape == "set":
        return () if _same_sets(first, second, rules) else None
    left = first if kind.unwrap is None else kind.unwrap(first)
    right = second if other.unwrap is None else other.unwrap(second)
    if left is not first or right is not second:
        return ((left, right),)
    if kind.compare is not None and kind.compare is other.compare:
        return kind.compare(first, second, rules)
    if type(first) is not type(second):
        return None
    if kind.make_key is not None:
        return (
            () if kind.make_key(first, rules.zones) == kind.make_key(second, rules.zones) else None
        )
    match kind.shape:
        case "exact":
            return () if first == second else None
        case "sequence":
            return _take_sequences_apart(first, second, rules)
        case "mapping":
            return _take_mappings_apart(first, second, rules)
        case _:
            return _take_parts(kind, first, second)


def _is_comparable(kind: Kind) -> bool:
    return bool(kind.shape or kind.make_key or kind.compare or kind.list_parts)


def _take_parts(kind: Kind, first: Any, second: Any) -> _Parts:
    if kind.list_parts is None:
        raise Incomparable(first)
    left, right = kind.list_parts(first), kind.list_parts(second)
    for value, parts in ((first, left), (second, right)):
        if parts is None:
            raise Incomparable(value)
    return ((left, right),)


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
