"""What stands for a value in sets, so that equal values are found without comparing each pair."""

from __future__ import annotations

import enum
from collections import Counter
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.values import pandas as tables
from pytest_metamorphic_guard.values.budget import look
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
    list_fields,
    unwrap_scalar,
)
from pytest_metamorphic_guard.values.moments import read_moment, read_time
from pytest_metamorphic_guard.values.numerics import is_nan
from pytest_metamorphic_guard.values.records import Opaque, Record

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["count_frozen", "freeze"]


def count_frozen(items: Iterable[Any], *, zones: bool = False) -> Counter[object]:
    """Count what stands for the elements in sets; numbers can be chosen so that they collide.

    Raises:
        Incomparable: One is of another kind than plain data.
        Undecidable: It takes too long.
    """
    counted: Counter[object] = Counter()
    for number, item in enumerate(items):
        counted[freeze(item, zones=zones)] += 1
        if not number % 64:
            look()
    return counted


def freeze(  # noqa: C901, PLR0911, PLR0912 - one answer per kind
    item: Any, *, zones: bool = False
) -> object:
    """Return what stands for a value in sets: equal for equal values, hashed by Python's code.

    Args:
        item: The value.
        zones: Whether the same instant in two zones is two values.

    Raises:
        Incomparable: The value is of another kind than plain data.
    """
    kind = type(item)
    if kind in EXACT:
        return item
    if kind in NUMBERS:
        if kind is complex and is_nan(item):
            return ("nan", freeze(item.real), freeze(item.imag))
        return ("nan",) if is_nan(item) else item
    if kind is bytearray:
        return ("bytearray", bytes(item))
    if kind in ATOMS:
        return item
    if kind in MOMENTS:
        return ("moment", *read_moment(item, zones=zones))
    if kind in SEQUENCES:
        return (kind, *_freeze_all(item, zones=zones))
    if kind in SETS:
        return ("set", frozenset(count_frozen(item, zones=zones).items()))
    if kind in MAPPINGS:
        pairs = zip(
            _freeze_all(item, zones=zones), _freeze_all(item.values(), zones=zones), strict=True
        )
        return (kind, frozenset(pairs))
    if kind is Record:
        return ("record", item.kind, item.type_name, freeze(item.fields, zones=zones))
    if kind is Opaque:
        raise Incomparable(item)
    if isinstance(item, enum.Enum):
        return ("enum", id(item))
    if tables.is_time(kind):
        return ("time", *read_time(item, zones=zones))
    if is_numpy(kind) and kind.__name__ != "ndarray":
        if item.dtype.kind in "mM":
            return ("time", *read_time(item, zones=zones))
        if (plain := unwrap_scalar(item)) is not item:
            return freeze(plain)
    if (fields := list_fields(item)) is not None:
        return ("instance", kind, tuple(_freeze_all(fields, zones=zones)))
    raise Incomparable(item)


def _freeze_all(items: Iterable[Any], *, zones: bool) -> list[object]:
    return [freeze(item, zones=zones) for item in items]
