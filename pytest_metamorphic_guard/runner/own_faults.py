"""Whether it is the candidate's own fault that nothing can be called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.errors import PluginError
from pytest_metamorphic_guard.runner.call_errors import Unusable
from pytest_metamorphic_guard.runner.purse import BudgetError

if TYPE_CHECKING:
    from pytest_metamorphic_guard.errors import MetamorphicGuardError
    from pytest_metamorphic_guard.runner.run import Run

__all__ = ["find_own_fault", "is_for_want_of_calls"]

# What code does when it is imported, or lacks. A process that does not start is not its doing.
_OWN = frozenset({"import_error", "function_missing"})


def find_own_fault(run: Run, error: MetamorphicGuardError) -> str | None:
    """Return why the candidate alone cannot be called; None where that is not what is wrong.

    What keeps the baseline from being called, too, such as a package that is not installed, says
    nothing about the candidate.
    """
    failed = run.candidate.unusable
    if failed is None or failed is not error:
        return None
    if failed.error_type not in _OWN and not failed.is_withheld:
        return None
    if run.baseline is not None and not _can_be_called(run):
        return None
    return " ".join(str(failed).split())


def is_for_want_of_calls(run: Run, error: MetamorphicGuardError) -> bool:
    """Tell whether an item could not be judged for want of calls.

    Too many were unavailable, or nothing was left to spend.
    """
    # An executor that breaks its contract is a fault, whatever it could not do before.
    if isinstance(error, BudgetError):
        return True
    too_many = any(caller.availability.is_too_low for caller in run.callers)
    return too_many and not isinstance(error, PluginError)


def _can_be_called(run: Run) -> bool:
    baseline = run.baseline
    assert baseline is not None  # the caller asked
    if baseline.unusable is None and baseline.executions == 0 and run.last_input:
        try:
            baseline.call(run.last_input[0])
        except Unusable:
            return False
    return baseline.unusable is None and baseline.executions > 0
