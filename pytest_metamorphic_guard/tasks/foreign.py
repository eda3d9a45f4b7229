"""Specs that are made of the classes of the distribution metamorphic-guard."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.errors import TaskError
from pytest_metamorphic_guard.tasks.declarations import MetamorphicRelation, Property
from pytest_metamorphic_guard.tasks.locations import find_function
from pytest_metamorphic_guard.tasks.metrics import Metric
from pytest_metamorphic_guard.tasks.task import Task
from pytest_metamorphic_guard.values.equivalence import equal_values

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["convert_foreign"]

_PACKAGE = "metamorphic_guard"
_KEPT = "_pytest_mg_task"


def convert_foreign(value: Any, variable: str) -> Task:
    """Return the task that a spec of the other distribution declares; always the same object.

    Args:
        value: The spec.
        variable: Its name in the test module, which a spec without a name of its own is called.

    Raises:
        TaskError: It has what is no part of a task here, with its file and line.
    """
    kept = getattr(value, _KEPT, None)
    if isinstance(kept, Task):
        return kept
    name = getattr(value, "name", None) or variable or "task"
    location = find_function(value.gen_inputs) if callable(value.gen_inputs) else None
    try:
        task = _convert(value, name)
        _ = task.entries  # a spec is complete when it is made
    except TaskError as error:
        advice = f"import {type(value).__name__} from pytest_metamorphic_guard, and mend it there"
        if type(value).__name__ == "Spec":
            advice = "write a TaskSpec of pytest_metamorphic_guard"
        said = f"{'; '.join(error.faults)} (a spec of the distribution metamorphic-guard: {advice})"
        raise TaskError(name, [said], str(location) if location else None) from error
    task.location = location
    # A frozen dataclass refuses what is assigned in the usual way.
    object.__setattr__(value, _KEPT, task)
    return task


def _convert(value: Any, name: str) -> Task:
    key = value.cluster_key
    return Task(
        name,
        value.gen_inputs,
        equivalence=value.equivalence or equal_values,
        relations=[_copy(one, MetamorphicRelation) for one in value.relations],
        properties=[_copy(one, Property) for one in value.properties],
        metrics=[_copy(one, Metric) for one in value.metrics],
        cluster=None if key is None else lambda *arguments: key(arguments),
        format_input=_keep_own(value.fmt_in),
        format_output=_keep_own(value.fmt_out),
    )


def _copy(one: object, kind: type[Any]) -> Any:
    if isinstance(one, kind):
        return one
    names = [field.name for field in fields(kind) if hasattr(one, field.name)]
    return kind(**{name: getattr(one, name) for name in names})


def _keep_own(function: Callable[..., str] | None) -> Callable[..., str] | None:
    """Return a function of the user's; the other distribution's own default writes only text."""
    module = str(getattr(function, "__module__", ""))
    return None if module.partition(".")[0] == _PACKAGE else function
