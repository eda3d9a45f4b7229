"""The comparison of outputs that monitors use unless they are given another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.monitors.reading import read_name
from pytest_metamorphic_guard.values.approximation import Approx
from pytest_metamorphic_guard.values.deciding import Undecidable, deciding
from pytest_metamorphic_guard.values.equivalence import equal_values

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord

__all__ = ["compare_outcomes", "make_comparator", "read_error_type"]


def make_comparator(rel_tol: float, abs_tol: float) -> Callable[[object, object], bool]:
    """Return the equality of relations, under which numbers may differ by a tolerance."""
    return Approx(rel_tol, abs_tol) if rel_tol or abs_tol else equal_values


def compare_outcomes(
    first: MonitorRecord, second: MonitorRecord, comparator: Callable[[object, object], bool]
) -> bool | None:
    """Tell whether two calls ended alike: equal outputs, or failures of the same type.

    None where an output cannot be compared.
    """
    if not first.success or not second.success:
        return first.success == second.success and (
            read_error_type(first) == read_error_type(second)
        )
    same = False
    with deciding() as met:
        try:
            same = bool(comparator(first.result.get("result"), second.result.get("result")))
        except Undecidable:
            return None
    return None if met else same


def read_error_type(record: MonitorRecord) -> str:
    """Return the failure's category; of an exception its type, where the executor names it."""
    given = (record.error_type, record.result.get("error_type"))
    category = next(filter(None, map(read_name, given)), "error")
    if category in ("exception", "error"):
        category = read_name(record.result.get("exception_type")) or category
    return category
