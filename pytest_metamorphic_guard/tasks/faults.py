"""What can be wrong with a task, one sentence per fault."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Protocol

from pytest_metamorphic_guard.contracts.arguments import Call
from pytest_metamorphic_guard.relations.signatures import accepts, list_parameters
from pytest_metamorphic_guard.tasks.declarations import (
    Agreement,
    Law,
    MetamorphicRelation,
    Property,
    Subject,
    function_of,
)
from pytest_metamorphic_guard.tasks.metrics import Metric
from pytest_metamorphic_guard.tasks.word_checks import is_dotted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["check_arity", "check_examples", "check_marks", "check_task", "read_all"]


class _Words(Protocol):
    """A task whose words may still be wrong."""

    function: str
    agreement: bool | None
    timeout_s: float | None
    mem_mb: int | None
    examples: tuple[Any, ...]
    metrics: tuple[Any, ...]
    marks: tuple[Any, ...]


def check_task(task: _Words, width: int | None) -> list[str]:
    """Return the faults of a task's own words; ``width`` is the number of inputs, if known."""
    faults = []
    if not isinstance(task.function, str) or not is_dotted(task.function):
        faults.append(f"function={task.function!r} is not the name of a function")
    for word, count in (
        ("equivalence", 2),
        ("precondition", width),
        ("group", width),
        ("format_input", 1),
        ("format_output", 1),
    ):
        value = getattr(task, word)
        if value is None and word != "equivalence":
            continue
        if not callable(value):
            faults.append(f"{word} is a {type(value).__name__}, expected a function")
        elif count is not None and not accepts(value, count):
            faults.append(f"{word} takes {list_parameters(value)}, expected {_arguments(count)}")
    if task.agreement not in (None, True, False):
        faults.append(f"agreement={task.agreement!r:.60}, expected True or False")
    if task.timeout_s is not None and not _is_duration(task.timeout_s):
        faults.append(f"timeout_s={task.timeout_s!r}, expected a number of seconds above 0")
    if task.mem_mb is not None and not (type(task.mem_mb) is int and task.mem_mb >= 0):
        faults.append(f"mem_mb={task.mem_mb!r}, expected a whole number from 0")
    for index, example in enumerate(task.examples):
        faults += _check_example(example, f"examples[{index}]", width)
    faults += [
        f"metrics has a {type(metric).__name__}, expected a Metric"
        for metric in task.metrics
        if not isinstance(metric, Metric)
    ]
    return faults + check_marks(task.marks)


def check_arity(subject: Subject, width: int | None, functions: tuple[str, ...] = ()) -> list[str]:
    """Return the faults of a declaration whose functions do not take the task's inputs."""
    if width is None:
        return []
    function = function_of(subject)
    inputs = "the 1 input" if width == 1 else f"the {width} inputs"
    match subject:
        case MetamorphicRelation():
            kind, expected = "relation", inputs
            fits = subject.sources > 1 or subject.takes(width)
        case Property():
            kind, expected = "property", f"the output, or the output and {inputs}"
            words = ("arguments",) if subject.wants_arguments else ()
            fits = accepts(function, width + 1 if subject.takes_inputs else 1, *words)
        case Law():
            called = subject.find_called(functions)
            kind, expected = "law", f"{', '.join(called)} and {inputs}"
            count = width if subject.sources == 1 else subject.sources
            fits = _has_room(function, count + len(called))
        case Agreement():
            kind, expected, fits = "agreement", inputs, True
    faults = []
    if not fits:
        taken = list_parameters(function)
        faults.append(f"{kind} {subject.name!r} takes {taken}, expected {expected}")
    if subject.precondition is not None and not accepts(subject.precondition, width):
        taken = list_parameters(subject.precondition)
        faults.append(f"precondition of {subject.name!r} takes {taken}, expected {inputs}")
    return faults


def check_examples(subject: Subject, examples: Iterable[object], width: int | None) -> list[str]:
    """Return the faults of the examples given to a relation, property or law."""
    count = subject.sources if isinstance(subject, MetamorphicRelation | Law) else 1
    what = f"example of {subject.name!r}"
    faults = []
    for example in examples:
        if count == 1:
            faults += _check_example(example, what, width)
        elif not isinstance(example, tuple) or len(example) != count:
            faults.append(f"{what} must be {count} argument tuples, one per source")
        else:
            for number, source in enumerate(example, start=1):
                faults += _check_example(source, f"source {number} in the {what}", width)
    return faults


def check_marks(marks: Iterable[object]) -> list[str]:
    """Return the faults of what should be pytest marks."""
    return [
        f"marks has a {type(mark).__name__}, expected a mark such as pytest.mark.slow"
        for mark in marks
        if not all(hasattr(mark, word) for word in ("name", "args", "kwargs"))
    ]


def read_all(given: Any, what: str, faults: list[str]) -> tuple[Any, ...]:
    """Return what should be a list as a tuple; empty, with a fault added, where it is none."""
    if isinstance(given, str) or not hasattr(given, "__iter__"):
        faults.append(f"{what} is a {type(given).__name__}, expected a list")
        return ()
    return tuple(given)


def _check_example(arguments: object, what: str, width: int | None) -> list[str]:
    if type(arguments) is not tuple and not isinstance(arguments, Call):
        return [f"{what} is a {type(arguments).__name__}, expected a tuple of arguments"]
    if width is not None and len(arguments) != width:
        return [f"{what} has {_arguments(len(arguments))}, inputs have {width}"]
    return []


def _has_room(function: Callable[..., Any], count: int) -> bool:
    """Tell whether a function has so many positional parameters; further ones are fixtures."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return True
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return True
    return sum(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters) >= count


def _is_duration(value: object) -> bool:
    return isinstance(value, int | float) and value is not True and 0 < value < float("inf")


def _arguments(count: int) -> str:
    return "1 argument" if count == 1 else f"{count} arguments"
