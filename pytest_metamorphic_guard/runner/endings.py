"""How calls end, apart from what they return: whether both roles ended alike on one case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_metamorphic_guard.contracts.outcomes import Crashed, Outcome, Returned, TimedOut
from pytest_metamorphic_guard.runner.followups import sees_output
from pytest_metamorphic_guard.tasks.declarations import Law
from pytest_metamorphic_guard.values.equivalence import equal_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_metamorphic_guard.runner.case_results import CaseResult, Execution
    from pytest_metamorphic_guard.runner.cases import Case
    from pytest_metamorphic_guard.tasks.entries import Entry

__all__ = ["Difference", "find_difference", "is_cut_off", "name_end", "was_cut_off"]


class Difference(NamedTuple):
    """A call that one role answers and the other does not, or that they fail in different ways.

    Attributes:
        case: The inputs of the case.
        args: What the call was made with.
        baseline: How it ended for the baseline.
        candidate: How it ended for the candidate.
    """

    case: Case
    args: tuple[Any, ...]
    baseline: Outcome
    candidate: Outcome


def find_difference(
    entry: Entry, case: Case, candidate: CaseResult, baseline: CaseResult
) -> Difference | None:
    """Return the first call of a case that does not end alike for both roles; None for none.

    A time-out or a crash of the baseline is no answer that a candidate could agree with.
    """
    if _has_returned(candidate) and _has_returned(baseline):
        return None
    for before, after in _pair_calls(entry, candidate, baseline):
        name = name_end(before.outcome)
        if name != name_end(after.outcome) or is_cut_off(before.outcome):
            return Difference(case, after.args, before.outcome, after.outcome)
    return None


def was_cut_off(result: CaseResult) -> bool:
    """Tell whether a call of a case timed out or crashed."""
    return any(is_cut_off(execution.outcome) for execution in result.executions)


def is_cut_off(outcome: Outcome) -> bool:
    """Tell whether a call was ended from outside, or ended its process."""
    return isinstance(outcome, TimedOut | Crashed)


def name_end(outcome: Outcome) -> tuple[str, str] | None:
    """Return what a failed call has in common with another one like it; None where it returned."""
    if isinstance(outcome, Returned):
        return None
    exception = outcome.payload.get("exception_type")
    return outcome.error_type, str(exception or outcome.error_code)


def _has_returned(result: CaseResult) -> bool:
    return all(isinstance(execution.outcome, Returned) for execution in result.executions)


def _pair_calls(
    entry: Entry, candidate: CaseResult, baseline: CaseResult
) -> Iterator[tuple[Execution, Execution]]:
    """Yield the calls that both roles made with the same arguments, baseline first."""
    makes_own = isinstance(entry.subject, Law) or sees_output(entry)
    # Where one role's source call failed there are no follow-ups, and the sources differ already.
    for before, after in zip(baseline.executions, candidate.executions, strict=False):
        # These call with inputs of their own making, which may come from earlier outputs.
        if makes_own and not equal_values(before.args, after.args):
            break
        yield before, after
    else:
        return
    failed = [
        result.fault is not None and result.fault.kind == "execution"
        for result in (candidate, baseline)
    ]
    if any(failed):
        yield baseline.executions[-1], candidate.executions[-1]
