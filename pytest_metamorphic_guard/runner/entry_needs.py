"""What an entry needs of the calls that are made for it: arguments back, exceptions as answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.arguments import ARGUMENTS_KEY
from pytest_metamorphic_guard.contracts.outcomes import Returned
from pytest_metamorphic_guard.runner.call_errors import Unusable
from pytest_metamorphic_guard.runner.user_errors import refuse
from pytest_metamorphic_guard.tasks.declarations import Agreement, MetamorphicRelation, Property

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_metamorphic_guard.runner.calling import Caller
    from pytest_metamorphic_guard.runner.case_results import Execution
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["bind_arguments", "prepare_callers", "read_arguments"]


def prepare_callers(task: Task, entry: Entry, callers: Iterable[Caller]) -> None:
    """Tell callers what is an answer, and have them bring arguments back where that is wanted.

    Raises:
        TaskError: An executor does not tell what a call leaves of its arguments.
    """
    subject = entry.subject
    own = subject.expectation.answers if isinstance(subject, MetamorphicRelation) else ()
    for caller in callers:
        caller.answers = (*task.raises, *own)
        caller.giving.take_task(task)
        if not _asks(task, entry):
            continue
        if not getattr(caller.loaded.executor, "watches_arguments", False):
            name = caller.loaded.identity.name
            said = f"the executor {name!r} does not tell what a call leaves of its arguments"
            raise refuse(task, entry, f"{entry.name!r} cannot be judged: {said}")
        caller.giving.watches = True
        caller.shared = None  # other entries did not ask for them


def read_arguments(task: Task, entry: Entry, outcome: Returned, role: str) -> tuple[Any, ...]:
    """Return what a call that returned has left of its arguments.

    Raises:
        Unusable: The executor did not bring them back.
    """
    left = outcome.payload.get(ARGUMENTS_KEY)
    if not isinstance(left, list):
        said = f"the executor of the {role} brought no arguments back"
        raise Unusable(refuse(task, entry, f"{entry.name!r} cannot be judged: {said}"))
    return tuple(left)


def bind_arguments(
    task: Task, entry: Entry, declared: Property, execution: Execution
) -> Callable[..., Any]:
    """Return the check of a property, with what the call has left of its arguments if it asks."""
    outcome = execution.outcome
    if not declared.wants_arguments:
        return declared.check
    if not isinstance(outcome, Returned):
        return partial(declared.check, arguments=None)
    left = read_arguments(task, entry, outcome, "implementation")
    return partial(declared.check, arguments=left)


def _asks(task: Task, entry: Entry) -> bool:
    subject = entry.subject
    match subject:
        case Agreement():
            return subject.compare_arguments
        case Property():
            return subject.wants_arguments
        case MetamorphicRelation() if subject.expectation.name == "properties_hold":
            return any(declared.wants_arguments for declared in task.hard_properties)
        case _:
            return False
