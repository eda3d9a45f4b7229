"""How a violation was found, and how to see it again."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.arguments import Call
from pytest_metamorphic_guard.contracts.titles import say_hung
from pytest_metamorphic_guard.report.names import fit_names
from pytest_metamorphic_guard.report.outcomes import are_same, write_outcomes
from pytest_metamorphic_guard.report.page import LABEL, wrap_source
from pytest_metamorphic_guard.report.values import to_source
from pytest_metamorphic_guard.tasks.declarations import makes_noise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_metamorphic_guard.contracts.verdicts import Confirmation
    from pytest_metamorphic_guard.runner.run import Run
    from pytest_metamorphic_guard.runner.violations import Violation

__all__ = ["Reproduction", "describe_search", "shorten_case", "write_example"]

_ROOM = 36

_CONFIRMATIONS = {
    "confirmed": "confirmed in a fresh process",
    "repeated": "repeated; this executor has no fresh process to confirm it in",
    "sometimes": "violated in some of its repeats, by chance",
    "earlier calls": "NOT seen in a fresh process: the candidate depends on earlier calls "
    "or on chance",
    "not deterministic": "NOT seen again: the candidate is not deterministic",
    "random check": "NOT seen again for the same outputs: the check or transformation is random",
    "unchecked": "not run again",
}


@dataclass(frozen=True, slots=True)
class Reproduction:
    """How to see the violation again.

    Attributes:
        command: The pytest command of this one item.
        task_variable: Name under which the task stands in the test module.
        location: File and line of the declaration, relative to where pytest was called.
        left_out: Options that the command needs and does not show.
    """

    command: str
    task_variable: str
    location: str
    left_out: tuple[str, ...] = ()


def describe_search(run: Run, violation: Violation, confirmation: Confirmation) -> list[str]:
    """Say when the violation was found, how sure it is, and what it was shrunk from."""
    first = run.first or violation
    number = run.first_number or first.case_number
    lines = [f"in case {number} of this run; {_describe_repeats(run, confirmation)}"]
    if run.hung:
        lines.append(say_hung(run.hung))
    seen = run.smallest
    if seen is not None and seen.case.key == violation.case.key and _varies(seen, violation):
        lines.append("its outputs change from run to run: the candidate is not deterministic")
    if first.case.key != violation.case.key:
        runs = "1 run" if run.shrinking.runs == 1 else f"{run.shrinking.runs} runs"
        lines.append(f"shrunk in {runs} from {shorten_case(first)}")
        if run.shrinking.stopped:
            lines.append(
                f"the search stopped after {run.shrinking.seconds:g} s; --mg-shrink=full goes on"
            )
    return lines


def _describe_repeats(run: Run, confirmation: Confirmation) -> str:
    if confirmation != "sometimes" or run.repeats is None:
        return _CONFIRMATIONS[confirmation]
    seen, times = run.repeats
    return f"violated in {seen} of {times} repeats, by chance"


def _varies(first: Violation, second: Violation) -> bool:
    # What cannot be compared may still read the same.
    return (
        first is not second
        and not are_same(first.candidate, second.candidate)
        and _read_outcomes(first) != _read_outcomes(second)
    )


def _read_outcomes(violation: Violation) -> list[str]:
    # Every process has its objects at other addresses.
    return [re.sub(r"\b0x[0-9a-f]+", "0x", line) for line in write_outcomes(violation.candidate)]


def shorten_case(violation: Violation) -> str:
    """Return the input of a violation as it is named where a smaller one was found."""
    room, source = _ROOM, violation.case.sources[0]
    if type(source) is Call:
        text = to_source(source).removeprefix("Call(").removesuffix(")").replace("\n", " ")
    else:
        text = ", ".join(to_source(value) for value in source).replace("\n", " ")
    return f"({text})" if len(text) <= room else f"({text[: room - 3]}...)"


def write_example(
    run: Run, violation: Violation, reproduction: Reproduction, width: int, room: int
) -> tuple[list[str], bool]:
    """Return the code that runs the violated input first from now on, and whether it fits."""
    if makes_noise(run.entry.subject):
        said = "with repeats= no input is kept or shrunk: the whole sample counts"
        return [" " * LABEL + said], True
    sources = violation.case.sources
    arguments: tuple[object, ...] = sources[0] if len(sources) == 1 else sources
    is_call = type(arguments) is Call
    if is_call:
        arguments = (arguments,)
    text = ", ".join(to_source(argument) for argument in arguments)
    imports: list[str] = []
    if _is_source(f"[{text}]"):
        text, imports = fit_names(f"[{text}]", arguments, _find_namespace(run))
        text = text[1:-1]
    listed = text if is_call else f"({text}{',' * (len(arguments) == 1)})"
    name = reproduction.task_variable
    line = f"@{name}.example({text})" if run.entry.decorated else f"examples=[{listed}]"
    if not _is_source(line.removeprefix("@")):
        said = "the input cannot be written as an @example line; the command finds it"
        return [" " * LABEL + said], True
    needed = [" " * LABEL + statement for statement in imports]
    if len(line) <= width - LABEL - 4:
        return [*needed, " " * LABEL + line], True
    # A long example keeps every character, so that it can be pasted.
    lines = wrap_source(line, width - 2)
    if len(lines) > room:
        said = "the input is too long for an @example line; the command finds it"
        return [" " * LABEL + said], False
    return [*needed, *lines], True


def _find_namespace(run: Run) -> Mapping[str, Any]:
    """Return the names of the module that an example is pasted into."""
    location = run.task.location
    function = inspect.unwrap(run.entry.function)
    if run.entry.decorated and hasattr(function, "__globals__"):
        return function.__globals__  # type: ignore[no-any-return]
    for module in list(sys.modules.values()):
        if location is not None and getattr(module, "__file__", None) == location.path:
            return vars(module)
    return {}


def _is_source(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last: nested too deeply
        return False
    return True
