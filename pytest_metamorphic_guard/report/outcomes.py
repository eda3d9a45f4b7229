"""Whether two implementations, or two runs of one, did the same with one case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.outcomes import Returned
from pytest_metamorphic_guard.report.values import format_outcome
from pytest_metamorphic_guard.values.deciding import Undecidable
from pytest_metamorphic_guard.values.equivalence import equal_values

if TYPE_CHECKING:
    from pytest_metamorphic_guard.contracts.outcomes import Outcome
    from pytest_metamorphic_guard.runner.case_results import CaseResult

__all__ = ["are_same", "write_outcomes"]


def are_same(first: CaseResult, second: CaseResult) -> bool:
    """Tell whether two results of one case have the same outputs or failures."""
    return len(first.executions) == len(second.executions) and all(
        _is_same(a.outcome, b.outcome)
        for a, b in zip(first.executions, second.executions, strict=True)
    )


def write_outcomes(result: CaseResult) -> list[str]:
    """Return what every call concluded as text, for a comparison of what a reader sees."""
    return [line for e in result.executions for line in format_outcome(e.outcome, 1000, 5)]


def _is_same(first: Outcome, second: Outcome) -> bool:
    if isinstance(first, Returned) and isinstance(second, Returned):
        try:
            return equal_values(first.value, second.value)
        except Undecidable:
            return False
    return type(first) is type(second) and format_outcome(first, 1000, 1) == format_outcome(
        second, 1000, 1
    )
