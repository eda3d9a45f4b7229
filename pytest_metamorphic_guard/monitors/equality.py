"""The comparison of outputs that monitors use unless they are given another one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.values import Record
from pytest_metamorphic_guard.monitors.reading import read_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord

__all__ = ["make_comparator", "read_error_type", "same_outcome"]


def make_comparator(rel_tol: float, abs_tol: float) -> Callable[[object, object], bool]:
    """Return a comparison under which nan equals nan and numbers may differ by a tolerance."""

    def same(first: Any, second: Any) -> bool:
        if isinstance(first, int | float) and isinstance(second, int | float):
            return _same_number(first, second, rel_tol, abs_tol)
        if isinstance(first, list | tuple | dict | Record):
            return type(first) is type(second) and _same_members(first, second, same)
        if _is_array(first) and _is_array(second):
            plain = first.tolist(), second.tolist()
            # A long double has no plain value: it gives itself.
            if not any(map(_is_array, plain)):
                return bool(first.shape == second.shape and same(*plain))
        try:
            return bool(first == second)
        except Exception:  # noqa: BLE001 - values of strangers whose == may raise
            return False

    return same


def same_outcome(
    first: MonitorRecord, second: MonitorRecord, comparator: Callable[[object, object], bool]
) -> bool:
    """Tell whether two calls ended alike: equal outputs, or failures of the same type."""
    if first.success and second.success:
        return comparator(first.result.get("result"), second.result.get("result"))
    return first.success == second.success and read_error_type(first) == read_error_type(second)


def read_error_type(record: MonitorRecord) -> str:
    """Return the failure's category; of an exception its type, where the executor names it."""
    given = (record.error_type, record.result.get("error_type"))
    category = next(filter(None, map(read_name, given)), "error")
    if category in ("exception", "error"):
        category = read_name(record.result.get("exception_type")) or category
    return category


def _is_array(value: object) -> bool:
    return hasattr(value, "shape") and hasattr(value, "tolist")


def _same_members(first: Any, second: Any, same: Callable[[object, object], bool]) -> bool:
    if isinstance(first, Record):
        return (first.kind, first.type_name) == (second.kind, second.type_name) and same(
            first.fields, second.fields
        )
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(
            same(value, second[key]) for key, value in first.items()
        )
    return len(first) == len(second) and all(map(same, first, second))


def _same_number(first: float, second: float, rel_tol: float, abs_tol: float) -> bool:
    if first == second or (first != first and second != second):  # noqa: PLR0124 - both nan
        return True
    try:
        return math.isclose(first, second, rel_tol=rel_tol, abs_tol=abs_tol)
    except OverflowError:  # an int too large for a float
        return False
