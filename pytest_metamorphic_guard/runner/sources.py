"""What a task's strategy draws, and the source inputs of a case that this is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from pytest_metamorphic_guard.contracts.arguments import Call
from pytest_metamorphic_guard.errors import TaskError
from pytest_metamorphic_guard.runner.call_errors import Unusable
from pytest_metamorphic_guard.runner.functions import count_sources
from pytest_metamorphic_guard.tasks.inputs import StrategyInputs

if TYPE_CHECKING:
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["check_tuple", "to_sources", "to_strategy"]


def to_strategy(task: Task, count: int) -> st.SearchStrategy[Any]:
    """Return the strategy of a task's inputs, or of ``count`` of them at a time."""
    assert isinstance(task.inputs, StrategyInputs)  # the caller asked
    one = task.inputs.strategy
    if isinstance(one, dict):
        one = st.tuples(*one.values())
    if task.inputs.operations is not None:
        one = st.tuples(one, task.inputs.operations).map(_append)
    return one if count == 1 else st.tuples(*[one] * count)


def to_sources(task: Task, entry: Entry, drawn: Any) -> tuple[tuple[Any, ...], ...]:
    """Return the source inputs of one case from what the strategy drew.

    Raises:
        Unusable: It drew no tuples.
    """
    sources = (drawn,) if count_sources(entry) == 1 else drawn
    for source in sources:
        check_tuple(task, source)
    return sources


def check_tuple(task: Task, source: object) -> None:
    """Refuse a drawn input that is no tuple of arguments.

    Raises:
        Unusable: It is something else.
    """
    if type(source) in (tuple, Call):
        return
    fault = (
        f"inputs yields a {type(source).__name__}, expected a tuple of arguments: "
        "wrap it, as in st.tuples(st.lists(st.integers()))"
    )
    where = str(task.location) if task.location else None
    raise Unusable(TaskError(task.name, [fault], where))


def _append(drawn: tuple[Any, Any]) -> tuple[Any, ...]:
    made_with, last = drawn
    if type(made_with) is Call:
        return Call.of((*made_with.args, last, *made_with.named.values()), made_with.keywords)
    return (*made_with, last) if type(made_with) is tuple else made_with
