"""The comparison of outputs that monitors use unless they are given another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.outcomes import STEPS_KEY
from pytest_metamorphic_guard.monitors.reading import read_name
from pytest_metamorphic_guard.values.approximation import Approx
from pytest_metamorphic_guard.values.deciding import Undecidable, deciding
from pytest_metamorphic_guard.values.equivalence import equal_values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord

__all__ = ["compare_outcomes", "make_comparator", "read_error_type"]


def make_comparator(rel_tol: float, abs_tol: float) -> Callable[[object, object], bool]:
    """Return the equality of relations, under which numbers may differ by a tolerance."""
    return Approx(rel_tol, abs_tol) if rel_tol or abs_tol else equal_values


def compare_outcomes(
    first: MonitorRecord, second: MonitorRecord, comparator: Callable[[object, object], bool]
) -> bool | None:
    """Tell whether two calls ended alike: equal outputs, or failures of the same type.

    Of operations every step is judged so, as an agreement judges it: messages do not count.
    None where an output cannot be compared.
    """
    if not first.success or not second.success:
        return first.success == second.success and (
            read_error_type(first) == read_error_type(second)
        )
    same = False
    with deciding() as met:
        try:
            same = _agree(first.result, second.result, comparator)
        except Undecidable:
            return None
    return None if met else same


def _agree(
    first: Mapping[str, Any],
    second: Mapping[str, Any],
    comparator: Callable[[object, object], bool],
) -> bool:
    one, other = first.get("result"), second.get("result")
    if not (_has_steps(first) and _has_steps(second)):
        return bool(comparator(one, other))
    assert isinstance(one, list)  # as was looked at
    assert isinstance(other, list)
    return len(one) == len(other) and all(
        _is_same_step(step, twin, comparator) for step, twin in zip(one, other, strict=True)
    )


def _has_steps(payload: Mapping[str, Any]) -> bool:
    result = payload.get("result")
    return (
        STEPS_KEY in payload
        and isinstance(result, list)
        and all(isinstance(step, dict) for step in result)
    )


def _is_same_step(
    step: Mapping[str, Any], twin: Mapping[str, Any], comparator: Callable[[object, object], bool]
) -> bool:
    if "value" in step and "value" in twin:
        # What is read and what is called are not the same, whatever they give.
        if (step.get("read") is True) != (twin.get("read") is True):
            return False
        return bool(comparator(step["value"], twin["value"]))
    raised = [read_name(one.get("exception_type")) for one in (step, twin)]
    return raised[0] is not None and raised[0] == raised[1]


def read_error_type(record: MonitorRecord) -> str:
    """Return the failure's category; of an exception its type, where the executor names it."""
    given = (record.error_type, record.result.get("error_type"))
    category = next(filter(None, map(read_name, given)), "error")
    if category in ("exception", "error"):
        category = read_name(record.result.get("exception_type")) or category
    return category
