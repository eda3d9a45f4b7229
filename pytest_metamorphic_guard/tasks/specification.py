"""The declarative form of a task, for specs written for metamorphic-guard."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from pytest_metamorphic_guard.tasks.task import Task
from pytest_metamorphic_guard.values.equivalence import equal_values

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from pytest_metamorphic_guard.tasks.declarations import MetamorphicRelation, Property
    from pytest_metamorphic_guard.tasks.metrics import Metric

__all__ = ["TaskSpec", "find_task"]

_OTHERS_PACKAGE = "metamorphic_guard"
_OTHERS_KINDS = ("Spec", "TaskSpec")


@dataclass(frozen=True)
class TaskSpec:
    """A task whose parts are listed; ``to_task()`` makes the `Task` that is collected.

    Args:
        name: Name of the task.
        gen_inputs: ``gen_inputs(n, seed)`` returns a list of ``n`` argument tuples.
        properties: Checks on one output.
        relations: Transformations with their expectations.
        equivalence: When two outputs count as equal.
        fmt_in: Writes an argument tuple in reports.
        fmt_out: Writes an output in reports.
        cluster_key: ``cluster_key(args)`` names the inputs that belong together.
        metrics: Numbers to take from every output.
        examples: Argument tuples that every item runs before any generated input.

    Raises:
        TaskError: With all faults of the declaration, its file and line.
    """

    name: str
    gen_inputs: Callable[[int, int], Sequence[tuple[Any, ...]]]
    properties: Sequence[Property]
    relations: Sequence[MetamorphicRelation]
    equivalence: Callable[[Any, Any], Any] = equal_values
    fmt_in: Callable[[tuple[Any, ...]], str] | None = None
    fmt_out: Callable[[Any], str] | None = None
    cluster_key: Callable[[tuple[Any, ...]], Hashable] | None = None
    metrics: Sequence[Metric] = ()
    examples: Sequence[tuple[Any, ...]] = ()
    _task: Task = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        __tracebackhide__ = True
        key = self.cluster_key
        task = Task(
            self.name,
            self.gen_inputs,
            equivalence=self.equivalence,
            relations=self.relations,
            properties=self.properties,
            metrics=self.metrics,
            examples=self.examples,
            cluster=None if key is None else lambda *arguments: key(arguments),
            format_input=self.fmt_in,
            format_output=self.fmt_out,
        )
        object.__setattr__(self, "_task", task)
        _ = (
            task.entries
        )  # a spec is complete when it is made: one without relations is refused here

    def to_task(self) -> Task:
        """Return the task that this spec declares; always the same object."""
        return self._task


def find_task(value: object, variable: str = "") -> Task | None:
    """Return the task that an object is or declares, or None for any other object.

    A spec of the distribution metamorphic-guard is one, too; ``variable`` names it where it has no
    name of its own.

    Raises:
        TaskError: A spec of that distribution cannot be run.
    """
    # Asked of the type: an object may answer for its class with code, as lazy settings do.
    kind = type(value)
    if issubclass(kind, TaskSpec):
        return cast("TaskSpec", value).to_task()
    if _is_foreign(kind):
        # Not loaded without the other distribution, for a run that starts sooner.
        from pytest_metamorphic_guard.tasks.foreign import convert_foreign

        return convert_foreign(value, variable)
    return cast("Task", value) if issubclass(kind, Task) else None


def _is_foreign(kind: type) -> bool:
    """Tell whether a class is a spec of the other distribution; nothing of it is asked."""
    module = str(getattr(kind, "__module__", ""))
    return kind.__name__ in _OTHERS_KINDS and module.partition(".")[0] == _OTHERS_PACKAGE
