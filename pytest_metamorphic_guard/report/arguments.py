"""The arguments of a call as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.texts import clean_line
from pytest_metamorphic_guard.report.values import format_value, to_source
from pytest_metamorphic_guard.runner.argument_names import find_given_names
from pytest_metamorphic_guard.runner.named_inputs import read_names

if TYPE_CHECKING:
    from pytest_metamorphic_guard.report.page import Page
    from pytest_metamorphic_guard.runner.run import Run

__all__ = ["find_id", "format_arguments", "name_arguments", "name_sources"]

_LONGEST_ID = 200


def format_arguments(
    page: Page, names: tuple[str, ...] | None, args: tuple[object, ...]
) -> list[str]:
    """Write arguments with their names, on one line where they fit."""
    if names is None or len(names) != len(args):
        names = tuple(f"argument {index}" for index in range(1, len(args) + 1))
    single = ", ".join(f"{n} = {to_source(a)}" for n, a in zip(names, args, strict=True))
    if len(single) <= page.room and "\n" not in single:
        return [single]
    lines = []
    for name, value in zip(names, args, strict=True):
        formatted = format_value(value, page.room - len(name) - 3, page.value_lines)
        head = f"{name} = "
        lines += [(head if i == 0 else " " * len(head)) + part for i, part in enumerate(formatted)]
    return lines


def find_id(run: Run, args: tuple[object, ...]) -> str | None:
    """Return what the user calls an input; None where it has no name."""
    ids = run.task.inputs.ids
    return clean_line(ids[repr(args)], _LONGEST_ID) if ids and repr(args) in ids else None


def name_sources(run: Run, sources: tuple[tuple[object, ...], ...]) -> str:
    """Return what the user calls the inputs of a case; empty where none has a name."""
    return ", ".join(name for source in sources if (name := find_id(run, source)) is not None)


def name_arguments(run: Run) -> tuple[str, ...] | None:
    """Take the names of the arguments from the task's dict of inputs, or a user's own function."""
    given = find_given_names(run.task, run.entry)
    if given is not None:
        return given
    # Nothing in the task names them; positions are those of the baseline, if there is one.
    return read_names(run.callers[-1].implementation) or None
