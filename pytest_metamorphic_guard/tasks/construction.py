"""What a task says of its calls beside inputs, such as how objects are made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from pytest_metamorphic_guard.contracts.arguments import Call
from pytest_metamorphic_guard.relations.signatures import accepts, list_parameters
from pytest_metamorphic_guard.tasks.word_checks import is_dotted

__all__ = ["check_calls", "read_construct"]


class _Words(Protocol):
    """A task whose words may still be wrong."""

    construct: Any
    setup: Any
    max_items: int | None
    by_state: bool
    operations: Any
    functions: tuple[Any, ...]


def check_calls(task: _Words, width: int | None, given: object) -> list[str]:
    """Return the faults of what a task says of its calls.

    Args:
        task: The task.
        width: The number of inputs, if known.
        given: What the user gave as ``inputs=``.
    """
    faults = []
    if task.max_items is not None and not (type(task.max_items) is int and task.max_items > 0):
        faults.append(f"max_items={task.max_items!r:.40}, expected a whole number from 1")
    if type(task.by_state) is not bool:
        faults.append(f"by_state={task.by_state!r:.40}, expected True or False")
    construct = task.construct
    if construct is not None:
        fault = read_construct(construct) if not _is_function(construct) else None
        if isinstance(fault, str):
            faults.append(fault)
        elif _is_function(construct) and width is not None and not accepts(construct, width):
            taken = list_parameters(construct)
            faults.append(f"construct takes {taken}, expected the {width} inputs")
        if task.operations is not None and given is not None:
            faults.append("construct= and inputs= both say with what objects are made: give one")
    if task.setup is not None and not (isinstance(task.setup, str) and is_dotted(task.setup)):
        faults.append(f"setup={task.setup!r:.40} is not the name of a function")
    names = task.functions
    if not all(isinstance(n, str) and is_dotted(n) for n in names):
        faults.append(f"functions={names!r:.60}, expected names of functions")
    elif len(set(names)) < len(names):
        faults.append(f"functions={names!r:.60} has a name twice")
    return faults


def read_construct(given: object) -> tuple[tuple[Any, ...], dict[str, Any]] | str:
    """Return with what an object is made; a string that comes back says what is wrong."""
    if isinstance(given, Call):
        return given.args, given.named
    if type(given) is tuple:
        return given, {}
    if isinstance(given, Mapping) and all(isinstance(name, str) for name in given):
        return (), dict(given)
    return (
        f"construct is {given!r:.60}, expected a tuple of arguments, a dict of those by name, "
        "Call(...), or a function of the inputs that returns one of these"
    )


def _is_function(construct: object) -> bool:
    return callable(construct) and not isinstance(construct, type)
