"""The names that a user gives to the arguments of a task."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.tasks.declarations import Law, MetamorphicRelation

if TYPE_CHECKING:
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["find_given_names"]


def find_given_names(task: Task, entry: Entry) -> tuple[str, ...] | None:
    """Take the names from the task's inputs, or from a function of the user's.

    None where nothing in the task names its arguments.
    """
    names = task.inputs.names
    if names is not None:
        return names
    for one in (entry, *task.entries):
        subject = one.subject
        if isinstance(subject, MetamorphicRelation | Law) and subject.sources > 1:
            continue
        own = {"rng", *one.constants}
        try:
            found = list(inspect.signature(one.function).parameters.values())
        except (TypeError, ValueError):
            continue
        plain = [p.name for p in found if p.kind is p.POSITIONAL_OR_KEYWORD and p.name not in own]
        if not isinstance(subject, MetamorphicRelation):
            called = (
                subject.find_called(task.functions) if isinstance(subject, Law) else ("output",)
            )
            plain = plain[len(called) :]
        elif subject.wants_output:
            plain = [name for name in plain if name != "output"]
        width = task.inputs.arity
        if plain and (width is None or len(plain) >= width):
            return tuple(plain[:width])
    return None
