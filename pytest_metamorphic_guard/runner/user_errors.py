"""Errors in what users declared, told from what hypothesis and pytest raise through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.errors import TaskError

if TYPE_CHECKING:
    from pytest_metamorphic_guard.runner.cases import Case
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["broken", "is_control", "is_users", "refuse", "say"]


def say(error: BaseException) -> str:
    """Say what an exception of the user says, without its type where it is a failed assert."""
    text = str(error).strip()
    if isinstance(error, AssertionError):
        return text or "an assert failed"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def broken(task: Task, entry: Entry, case: Case, what: str, error: BaseException) -> TaskError:
    """Return the error that says what of a task raised, for which input, and where."""
    line = ""
    trace = error.__traceback__
    own = entry.location.path if entry.location else None
    while trace is not None:
        # The innermost line of the user's file, below which are only libraries.
        if trace.tb_frame.f_code.co_filename == own or not line:
            line = f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        trace = trace.tb_next
    given = case.sources[0] if len(case.sources) == 1 else case.sources
    fault = (
        f"{what} of {entry.name!r} raised {type(error).__name__}: {error}{line}, "
        f"with the source input {given!r:.200}"
    )
    return refuse(task, entry, fault)


def refuse(task: Task, entry: Entry, fault: str) -> TaskError:
    """Return the error that says what is wrong with an entry."""
    return TaskError(task.name, [fault], str(entry.location) if entry.location else None)


def is_users(error: BaseException) -> bool:
    """Tell what a stranger's code raised from what pytest, hypothesis or we must see."""
    if isinstance(error, Exception):
        return not is_control(error)
    # pytest.fail(), also in pytest.raises(), is no Exception; this layer does not import pytest.
    fails = any(kind.__module__ == "_pytest.outcomes" for kind in type(error).__mro__)
    return isinstance(error, SystemExit) or (fails and type(error).__name__ == "Failed")


def is_control(error: Exception) -> bool:
    """Tell hypothesis's own signals (assume, reject, stop) from errors of the user's code."""
    return type(error).__module__.startswith("hypothesis.errors") or any(
        kind.__module__ == "hypothesis.errors" for kind in type(error).__mro__
    )
