"""The first step in which the candidate did not do what the baseline did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.arguments import Call
from pytest_metamorphic_guard.contracts.outcomes import READ_KEY
from pytest_metamorphic_guard.relations.raised import RaisedAnswer
from pytest_metamorphic_guard.runner.case_results import Fault
from pytest_metamorphic_guard.runner.comparing import compare_values
from pytest_metamorphic_guard.tasks.operations import part_inputs, read_steps

if TYPE_CHECKING:
    from pytest_metamorphic_guard.runner.case_results import Execution
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["compare_steps"]

_SHOWN = 60
_METHOD, _READ = "a method that is called", "a value that is read"
_SHOWN_CALL = 40


def compare_steps(
    task: Task, entry: Entry, before: Execution, after: Execution, *, messages: bool
) -> Fault | None:
    """Return what is wrong with the first step that does not agree, or None.

    A step agrees where both return what is equal under the task's equivalence, or both raise an
    exception of the same type.

    Args:
        task: The task.
        entry: The agreement.
        before: What the baseline did, which returned the answers of all steps.
        after: What the candidate did, which did so, too.
        messages: Exceptions must say the same, too.

    Raises:
        Undecided: Two answers cannot be compared.
        Unusable: The task's equivalence does not say whether they agree.
    """
    expected, found = (_get_answers(execution) for execution in (before, after))
    read, also_read = (_list_read(execution) for execution in (before, after))
    for index, (one, other) in enumerate(zip(expected, found, strict=True)):
        both = any(isinstance(answer, RaisedAnswer) for answer in (one, other))
        alike = both or (index in read) == (index in also_read)
        if alike and _agrees(task, entry, one, other, messages=messages):
            continue
        steps = read_steps(part_inputs(task, after.args)[2])
        assert not isinstance(steps, str)  # they were done
        name, args, named = steps[index]
        call = f"{name}{_shorten(repr(Call(*args, **named)).removeprefix('Call'), _SHOWN_CALL)}"
        said = (
            f"step {index + 1} of {len(found)}, {call}: the candidate {_write(other)}, "
            f"the baseline {_write(one)}"
        )
        if not alike:
            words = [_METHOD if index not in numbers else _READ for numbers in (also_read, read)]
            said = (
                f"step {index + 1} of {len(found)}, {name}: of the candidate it is {words[0]}, "
                f"of the baseline {words[1]}"
            )
        return Fault("agreement", said, label=f"step {name} {_end(one)} {_end(other)}")
    return None


def _list_read(execution: Execution) -> list[int]:
    numbers: list[int] = getattr(execution.outcome, "payload", {}).get(READ_KEY, [])
    return numbers


def _get_answers(execution: Execution) -> list[Any]:
    value = getattr(execution.outcome, "value", None)
    assert isinstance(value, list)  # the caller saw that both returned
    return value


def _agrees(task: Task, entry: Entry, before: Any, after: Any, *, messages: bool) -> bool:
    raised = [isinstance(answer, RaisedAnswer) for answer in (before, after)]
    if not any(raised):
        return compare_values(task, entry, before, after) is None
    if not all(raised) or before.type != after.type:
        return False
    return not messages or before.message == after.message


def _end(answer: Any) -> str:
    return answer.type if isinstance(answer, RaisedAnswer) else "returned"


def _write(answer: Any) -> str:
    if isinstance(answer, RaisedAnswer):
        return f"raises {_shorten(str(answer), _SHOWN)}"
    return f"returns {_shorten(repr(answer), _SHOWN)}"


def _shorten(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[:most]}..."
