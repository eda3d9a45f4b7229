"""Inputs from calls that --mg-record has kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_metamorphic_guard.errors import TaskError
from pytest_metamorphic_guard.tasks.existing.files import find_beside
from pytest_metamorphic_guard.tasks.existing.plain_data import from_json, to_json
from pytest_metamorphic_guard.tasks.inputs import FixedInputs
from pytest_metamorphic_guard.tasks.locations import find_caller

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["RecordedCall", "read_calls", "recorded"]


class RecordedCall(NamedTuple):
    """One call.

    Attributes:
        function: The function, as ``package.module:function``.
        arguments: Its arguments by the names of its parameters.
    """

    function: str
    arguments: dict[str, Any]

    def to_line(self) -> str:
        """Write it as a line of JSON.

        Raises:
            NotPlain: An argument is no plain data.
        """
        return to_json({"function": self.function, "arguments": self.arguments})


def recorded(path: str | Path, function: str | None = None) -> FixedInputs:
    """Take the arguments of calls that ``--mg-record=package.module:function`` has kept.

    Args:
        path: The file that it wrote, relative to the test file.
        function: Whose calls, as ``package.module:function``; needed where the file has those of
            several functions.

    Returns:
        What ``Task(inputs=)`` takes: the arguments by their names, each call once.

    Raises:
        TaskError: The file or a line of it, which is named with its number, cannot be used.
    """
    __tracebackhide__ = True
    try:
        calls = read_calls(find_beside(path).read_text(encoding="utf-8"))
        fault = _find_fault(calls, function)
    except OSError as error:
        calls, fault = [], f"cannot be read: {error.strerror}; --mg-record writes one"
    except ValueError as error:
        calls, fault = [], str(error)
    if fault:
        where = find_caller()
        said = f"recorded calls in {str(path)!r}: {fault}"
        raise TaskError(None, [said], str(where) if where else None)
    own = [call for call in calls if function in (None, call.function)]
    names = tuple(own[0].arguments)
    left_out: tuple[str, ...] = ()
    if len(own) < len(calls):
        left_out = (f"{len(calls) - len(own)} calls of other functions in {path}",)
    return FixedInputs([tuple(c.arguments[n] for n in names) for c in own], names, None, left_out)


def read_calls(text: str) -> list[RecordedCall]:
    """Read recorded calls, one a line.

    Raises:
        ValueError: A line, which is named with its number, is none.
    """
    calls = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            found = from_json(line)
            call = RecordedCall(str(found["function"]), dict(found["arguments"]))
        except (ValueError, KeyError, TypeError, RecursionError):
            raise ValueError(f"line {number}: is no call that --mg-record wrote") from None
        calls.append(call)
    return calls


def _find_fault(calls: list[RecordedCall], function: str | None) -> str:
    known = list(dict.fromkeys(call.function for call in calls))
    if not calls:
        return "has no calls"
    if function is None and len(known) > 1:
        return f"has calls of {', '.join(known)}: say of which, with function="
    if function is not None and function not in known:
        return f"has no call of {function!r}, it has those of {', '.join(known)}"
    own = [call for call in calls if function in (None, call.function)]
    names = own[0].arguments.keys()
    if not names:
        return "has calls without arguments"
    if any(call.arguments.keys() != names for call in own):
        return f"has calls of {own[0].function} with other parameters than the first: record anew"
    return ""
