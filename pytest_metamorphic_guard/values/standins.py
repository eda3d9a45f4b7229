"""What stands for a value in sets, so that equal values are found without comparing each pair."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.values.budget import look
from pytest_metamorphic_guard.values.deciding import Incomparable
from pytest_metamorphic_guard.values.lookup import find_kind
from pytest_metamorphic_guard.values.numerics import EXACT, NUMBERS, is_nan

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


def freeze(  # noqa: C901, PLR0911 - one answer per shape
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
    found = find_kind(kind)
    if found is None:
        raise Incomparable(item)
    if found.unwrap is not None and (plain := found.unwrap(item)) is not item:
        return freeze(plain, zones=zones)
    if found.make_key is not None:
        return found.make_key(item, zones)
    match found.shape:
        case "exact":
            return item
        case "sequence":
            return (kind, *_freeze_all(item, zones=zones))
        case "set":
            return ("set", frozenset(count_frozen(item, zones=zones).items()))
        case "mapping":
            keys, values = (_freeze_all(part, zones=zones) for part in (item, item.values()))
            return (kind, frozenset(zip(keys, values, strict=True)))
        case _:
            pass
    parts = None if found.list_parts is None else found.list_parts(item)
    if parts is None:
        raise Incomparable(item)
    return ("instance", kind, tuple(_freeze_all(parts, zones=zones)))


def _freeze_all(items: Iterable[Any], *, zones: bool) -> list[object]:
    return [freeze(item, zones=zones) for item in items]
