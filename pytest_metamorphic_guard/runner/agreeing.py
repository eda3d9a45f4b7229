"""Whether the candidate did what the baseline did with the same input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.outcomes import Raised, Returned
from pytest_metamorphic_guard.runner.call_errors import Undecided
from pytest_metamorphic_guard.runner.case_results import Fault
from pytest_metamorphic_guard.runner.comparing import compare_values
from pytest_metamorphic_guard.runner.endings import is_cut_off, name_end
from pytest_metamorphic_guard.runner.entry_needs import read_arguments
from pytest_metamorphic_guard.runner.user_errors import refuse
from pytest_metamorphic_guard.tasks.declarations import Agreement
from pytest_metamorphic_guard.values.equivalence import equal_values

if TYPE_CHECKING:
    from pytest_metamorphic_guard.contracts.outcomes import Outcome
    from pytest_metamorphic_guard.runner.case_results import CaseResult, Execution
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["settle_agreement"]

# How a call ends that returned something that nobody can look at.
_SHOWN = 60
_UNSEEN = frozenset({"output_limit", "result_encoding", "result_endless", "result_too_large"})


def settle_agreement(
    task: Task, entry: Entry, results: dict[str, CaseResult]
) -> dict[str, CaseResult]:
    """Return the results of a case, in which the candidate has to do what the baseline did.

    Raises:
        Undecided: The baseline gave no answer that anybody could agree with.
    """
    agreement = entry.subject
    if not isinstance(agreement, Agreement):
        return results
    before, after = (results[role].sources[0] for role in ("baseline", "candidate"))
    fault = _find_fault(task, entry, before, after)
    if fault is None and agreement.compare_arguments:
        fault = _compare_arguments(task, entry, before.outcome, after.outcome)
    if fault is None and agreement.compare_messages:
        fault = _compare_messages(before.outcome, after.outcome)
    return {**results, "candidate": results["candidate"]._replace(fault=fault)}


def _find_fault(
    task: Task, entry: Entry, baseline: Execution, candidate: Execution
) -> Fault | None:
    before, after = baseline.outcome, candidate.outcome
    if is_cut_off(after):
        return Fault("execution", f"the call did not return: {_say(after)}", label=str(type(after)))
    if is_cut_off(before) or (isinstance(before, Raised) and before.error_type in _UNSEEN):
        said = f"{entry.name!r} decides nothing: the baseline gave no answer to agree with"
        raise Undecided(refuse(task, entry, f"{said}: {_say(before)}"))
    if isinstance(before, Returned) and isinstance(after, Returned):
        if task.operations is not None:
            # Not loaded for functions, for a run that starts sooner.
            from pytest_metamorphic_guard.runner.step_faults import compare_steps

            agreement = entry.subject
            messages = isinstance(agreement, Agreement) and agreement.compare_messages
            return compare_steps(task, entry, baseline, candidate, messages=messages)
        return compare_values(task, entry, before.value, after.value)
    ends = name_end(before), name_end(after)
    if ends[0] == ends[1]:
        return None
    return Fault("agreement", "", label=f"ends {isinstance(after, Returned)}")


def _compare_arguments(task: Task, entry: Entry, before: Outcome, after: Outcome) -> Fault | None:
    if not (isinstance(before, Returned) and isinstance(after, Returned)):
        return None
    kept = read_arguments(task, entry, before, "baseline")
    own = read_arguments(task, entry, after, "candidate")
    for number, (expected, found) in enumerate(zip(kept, own, strict=True), start=1):
        if not equal_values(expected, found):
            said = f"argument {number} is left as {_shorten(found)}, by the baseline as "
            return Fault("agreement", said + _shorten(expected), label="arguments")
    return None


def _shorten(value: object) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _compare_messages(before: Outcome, after: Outcome) -> Fault | None:
    if isinstance(before, Returned) or isinstance(after, Returned) or before.error == after.error:
        return None
    return Fault("agreement", "their messages differ", label="messages")


def _say(outcome: Outcome) -> str:
    return "" if isinstance(outcome, Returned) else " ".join(outcome.error.split())[:200]
