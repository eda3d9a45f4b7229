"""Two outputs, compared as the task of an agreement says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.runner.asking_checks import ask
from pytest_metamorphic_guard.runner.call_errors import Undecided, Unusable
from pytest_metamorphic_guard.runner.user_errors import refuse
from pytest_metamorphic_guard.values.deciding import Undecidable

if TYPE_CHECKING:
    from pytest_metamorphic_guard.runner.case_results import Fault
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["compare_values"]


def compare_values(task: Task, entry: Entry, before: object, after: object) -> Fault | None:
    """Return why two outputs do not agree, or None.

    Raises:
        Undecided: They cannot be compared.
        Unusable: The task's equivalence does not say whether they do.
    """
    try:
        fault, strange = ask("agreement", task.equivalence, (before, after))
    except Undecidable as error:
        said = f"{entry.name!r} decides nothing: of the outputs of both {error.reason}"
        raise Undecided(refuse(task, entry, said)) from error
    if strange:
        raise Unusable(refuse(task, entry, f"equivalence {strange}"))
    return fault
