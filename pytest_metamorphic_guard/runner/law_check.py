"""Whether a law holds for one implementation in one case."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from hypothesis.errors import UnsatisfiedAssumption

from pytest_metamorphic_guard.runner.call_errors import CallFailed, NotAvailable, Unusable
from pytest_metamorphic_guard.runner.calling import LEAST_CALLS, Caller
from pytest_metamorphic_guard.runner.case_results import CaseResult, Fault
from pytest_metamorphic_guard.runner.solving import Solve
from pytest_metamorphic_guard.runner.user_errors import is_users, refuse, say
from pytest_metamorphic_guard.tasks.declarations import Law
from pytest_metamorphic_guard.values.deciding import deciding

if TYPE_CHECKING:
    from pytest_metamorphic_guard.runner.cases import Case
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["evaluate_law"]

_NOTHING = contextlib.nullcontext()
# Calls that take longer on average are not made shorter by being close.
_BRIEF_MS = 0.5


def evaluate_law(
    task: Task, entry: Entry, case: Case, caller: Caller, fixtures: dict[str, Any]
) -> CaseResult:
    """Run a law on one case, whose calls it makes itself.

    Raises:
        Undecidable: The law was told of an output that cannot be compared.
        Unusable: It returned something, or a call ends the item.
    """
    __tracebackhide__ = True
    law = entry.subject
    assert isinstance(law, Law)  # the caller asked
    given = case.copy()
    solve = Solve(caller, task.equivalence)
    names = law.find_called(task.functions) if task.functions else ("solve",)
    called = [solve.function(name) if name in task.functions else solve for name in names]
    sources = given if law.sources > 1 else given[0]
    fault = skip = None
    answer = None
    caller.not_available = None
    with deciding() as met, _hold(caller):
        try:
            answer = law.body(*called, *sources, **fixtures)
        except CallFailed as error:
            fault = Fault("execution", error.error, error, error.error_type)
        except UnsatisfiedAssumption as error:
            skip = error
        except BaseException as error:
            if not is_users(error):
                raise
            fault = Fault("law", say(error), error)
    if caller.unusable is not None:  # and the law caught what ends an item
        raise Unusable(caller.unusable)
    if caller.not_available is not None:  # or a case
        raise NotAvailable(caller.not_available)
    if met:
        raise met[0]
    if answer is not None:
        # A law that returns a comparison instead of asserting it would hold for everything.
        said = f"law {law.name!r} returned a {type(answer).__name__}, expected asserts and None"
        raise Unusable(refuse(task, entry, said))
    return CaseResult(role=caller.role, sources=tuple(solve.executions), fault=fault, skip=skip)


def _hold(caller: Caller) -> contextlib.AbstractContextManager[None]:
    """Return a block for the calls of a case, which an executor may see as one piece of work."""
    # What is special about a caller is special about every single call, as in `count_together`.
    is_usual = type(caller) is Caller and caller.loaded.is_ours
    if is_usual and caller.goes_together and caller.pool is None:
        hold = getattr(caller.loaded.executor, "hold", None)
        block: contextlib.AbstractContextManager[None] | None = (
            None
            if hold is None
            else hold(caller.implementation.target, caller.mem_mb, is_brief=_is_brief(caller))
        )
        if block is not None:
            return block
    return _NOTHING


def _is_brief(caller: Caller) -> bool:
    known = caller.executions
    return known >= LEAST_CALLS and caller.spent_ms / known < _BRIEF_MS
