"""How the inputs of a task become what an executor is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.arguments import (
    Call,
    DirectedArguments,
    Directions,
    WatchedArguments,
)
from pytest_metamorphic_guard.errors import ImplementationError
from pytest_metamorphic_guard.runner.call_errors import Unusable

if TYPE_CHECKING:
    from pytest_metamorphic_guard.loading import LoadedExecutor
    from pytest_metamorphic_guard.tasks.implementations import Implementation
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["Giving"]


@dataclass(slots=True)
class Giving:
    """How one implementation takes the inputs of a task.

    Attributes:
        order: Positions of the task's named inputs as the implementation takes them, or None.
        keywords: The names of the last of these, which it takes by name alone.
        watches: What calls leave of their arguments is wanted, see `WatchedArguments`.
        task: Where it says more of its calls than inputs; None where it does not.
    """

    order: tuple[int, ...] | None = None
    keywords: tuple[str, ...] = ()
    watches: bool = False
    task: Task | None = None

    @property
    def is_plain(self) -> bool:
        """Whether arguments are given as they are, unless some have names."""
        return not self.watches and self.task is None

    def take_task(self, task: Task) -> None:
        """Do what a task says of its calls, if it does."""
        words = (task.construct, task.max_items, task.operations, task.by_state or None)
        if any(word is not None for word in words):
            self.task = task

    def arrange(self, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the inputs in the order in which the implementation takes them."""
        if self.order is None:
            return inputs
        values = tuple(inputs[index] for index in self.order)
        return Call.of(values, self.keywords) if self.keywords else values

    def name_steps(self, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the steps of operations as an executor is given them, and other inputs as such."""
        if self.task is None or self.task.operations is None:
            return inputs
        try:
            return self._find_directed(inputs, inputs)
        except ValueError:
            return inputs  # the call itself says what is wrong

    def direct(
        self,
        arguments: tuple[Any, ...],
        inputs: tuple[Any, ...],
        loaded: LoadedExecutor,
        implementation: Implementation,
    ) -> tuple[Any, ...]:
        """Return arguments with what is to be done with them.

        Args:
            arguments: The arguments.
            inputs: The inputs from which they come.
            loaded: The executor that is given them.
            implementation: What it calls.

        Raises:
            Unusable: No call can be made with them, or not by this executor.
        """
        try:
            found = self._find_directed(arguments, inputs)
        except ValueError as error:
            raise _refuse(implementation, str(error)) from error
        if not isinstance(found, DirectedArguments):
            return found
        if getattr(loaded.executor, "takes_directions", False):
            return found
        if found.directions.keywords or found.directions.steps:
            what = "no operations" if found.directions.steps else "no arguments by name"
            said = f"the executor {loaded.identity.name!r} takes {what}"
            raise _refuse(implementation, said)
        # What it calls has no objects to be made, and gives no iterators.
        return WatchedArguments(found) if self.watches else tuple(found)

    def _find_directed(
        self, arguments: tuple[Any, ...], inputs: tuple[Any, ...]
    ) -> tuple[Any, ...]:
        task, keywords = self.task, arguments.keywords if type(arguments) is Call else ()
        if task is None and not keywords:
            return WatchedArguments(arguments) if self.watches else arguments
        if task is None:
            return DirectedArguments.of(arguments, Directions(keywords, watches=self.watches))
        directions = Directions(
            keywords=keywords,
            construct=_find_construct(task, inputs),
            most_items=task.max_items,
            watches=self.watches,
            by_state=task.by_state,
        )
        if task.operations is None:
            return DirectedArguments.of(arguments, directions)
        return _direct_steps(task, arguments, directions)


def _refuse(implementation: Implementation, said: str) -> Unusable:
    return Unusable(ImplementationError(implementation.specification, said))


def _find_construct(
    task: Task, inputs: tuple[Any, ...]
) -> tuple[tuple[Any, ...], dict[str, Any]] | None:
    # Not loaded for functions of arguments alone, for a run that starts sooner.
    from pytest_metamorphic_guard.tasks.construction import read_construct

    given = task.construct
    if given is None:
        return None
    if callable(given):
        try:
            given = given(*inputs)
        except Exception as error:
            raise ValueError(f"construct raised {type(error).__name__}: {error}") from error
    found = read_construct(given)
    if isinstance(found, str):
        raise ValueError(found)  # noqa: TRY004 - a sentence, and no kind of value
    return found


def _direct_steps(
    task: Task, arguments: tuple[Any, ...], directions: Directions
) -> tuple[Any, ...]:
    # As above.
    from pytest_metamorphic_guard.tasks.operations import part_inputs, read_steps

    args, named, operations = part_inputs(task, arguments)
    steps = read_steps(operations)
    if isinstance(steps, str):
        raise ValueError(steps)  # noqa: TRY004 - as above
    construct = (args, named) if args or named else directions.construct
    return DirectedArguments.of(
        (list(steps),), directions._replace(keywords=(), construct=construct, steps=True)
    )
