"""What the parts of a task check of their own words, and how all faults are said at once."""

from __future__ import annotations

import inspect
import re

from pytest_metamorphic_guard.errors import TaskError
from pytest_metamorphic_guard.tasks.locations import find_caller

__all__ = [
    "check_function",
    "check_name",
    "check_rate",
    "check_task_name",
    "is_dotted",
    "raise_faults",
]

# Node ids are split at '::' and '['; a name with either cannot be selected on a command line.
_NAME = re.compile(r"[^\[\]:\s][^\[\]:\n]*\Z")

# Names that pytest reads from the class that a task's items are collected from.
_RESERVED = frozenset(
    {"pytestmark", "setup_class", "setup_method", "teardown_class", "teardown_method"}
)


def is_dotted(name: str) -> bool:
    """Tell whether a text is the name of a function, or of a method as in ``Class.method``."""
    return all(part.isidentifier() for part in name.split("."))


def check_name(name: object) -> list[str]:
    """Return the faults of a name that becomes part of a node id."""
    if not isinstance(name, str) or not _NAME.match(name):
        return [f"name {name!r} must be a text without '[', ']', ':' and line breaks"]
    if name in _RESERVED or (name.startswith("__") and name.endswith("__")):
        return [f"name {name!r} has a meaning for pytest; choose another"]
    return []


def check_task_name(name: object) -> list[str]:
    """Return the faults of a task's name, which also stands before ``=`` in ``TASK=SPEC``."""
    if isinstance(name, str) and "=" in name:
        return [f"name {name!r} must be a text without '=', which ends it in TASK=SPEC"]
    return check_name(name)


def raise_faults(kind: str, name: object, faults: list[str]) -> None:
    """Raise all faults of a part of a task as one `TaskError` at the caller's line."""
    __tracebackhide__ = True
    if faults:
        location = find_caller()
        raise TaskError(
            None,
            [f"{kind} {name!r}: {fault}" for fault in faults],
            str(location) if location else None,
        )


def check_rate(rate: object) -> list[str]:
    """Return the faults of a ``min_pass_rate``."""
    if rate is None or (type(rate) in (int, float) and 0 <= rate <= 1):  # type: ignore[operator]
        return []
    return [f"min_pass_rate={rate!r}, expected a share from 0 to 1"]


def check_function(function: object, what: str) -> list[str]:
    """Return the faults of a value that must be a plain function."""
    if not callable(function):
        return [f"{what} is a {type(function).__name__}, expected a function"]
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        return [f"{what} is a coroutine function; write a plain function"]
    return []
