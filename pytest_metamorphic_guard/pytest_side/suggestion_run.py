"""A session that searches for relations, and runs no test."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import pytest

from pytest_metamorphic_guard.contracts.texts import clean_line
from pytest_metamorphic_guard.errors import MetamorphicGuardError
from pytest_metamorphic_guard.pytest_side.task_classes import CandidateModule, find_plan
from pytest_metamorphic_guard.suggesting.input_sources import (
    ground_on_file,
    ground_on_source,
    ground_on_task,
)
from pytest_metamorphic_guard.suggesting.jobs import find_suggestions
from pytest_metamorphic_guard.suggesting.module_text import write_module
from pytest_metamorphic_guard.suggesting.summary_text import render_found

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_metamorphic_guard.pytest_side.session import GuardSession
    from pytest_metamorphic_guard.pytest_side.suggest_options import SuggestOptions
    from pytest_metamorphic_guard.suggesting.ground import Ground
    from pytest_metamorphic_guard.suggesting.suggestion import Found
    from pytest_metamorphic_guard.tasks import Task
    from pytest_metamorphic_guard.tasks.implementations import Assignment, Implementation

__all__ = ["SuggestionRun"]

_TITLE = "metamorphic guard: suggestions"
_WIDEST = 80


class _Declared(NamedTuple):
    """A task in a test module: the module's file and name, and the task's name there."""

    task: Task
    path: Path
    module: str
    variable: str


class SuggestionRun:
    """Collects as any session, for the inputs of tasks, and searches instead of running tests.

    Args:
        session: What the session owns.
        options: Where suggestions go, and where inputs come from.
    """

    def __init__(self, session: GuardSession, options: SuggestOptions) -> None:
        self._session = session
        self._options = options
        self._declared: dict[str, _Declared] = {}
        self._lines: list[str] = []
        if session.settings.candidates:
            self._lines.append("the candidate is not run: suggestions are about the baseline")
        self._failed = False
        self._found = False

    # --- hooks

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            plan, module = find_plan(item), item.getparent(pytest.Module)
            if plan is not None and module is not None and not isinstance(module, CandidateModule):
                name = module.obj.__name__
                declared = _Declared(plan.task, module.path, name, plan.variable)
                self._declared.setdefault(f"{module.path}::{plan.task.name}", declared)
        items.clear()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if not session.config.option.collectonly:
            self._search_all()
        return True

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._failed:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        elif session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and self._found:
            session.exitstatus = pytest.ExitCode.OK

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the section."""
        if self._lines:
            terminalreporter.section(_TITLE)
        for line in self._lines:
            terminalreporter.line(self._session.redaction.hide(line))

    # --- the search

    def _search_all(self) -> None:
        jobs = self._list_jobs()
        if self._options.path is not None and len(jobs) > 1:
            names = ", ".join(declared.task.name for _, declared in jobs if declared)
            self._fail(
                f"--mg-suggest={self._options.path.name}: one file takes the suggestions for one "
                f"task, and there are {len(jobs)} ({names}): choose one with --mg-task"
            )
            return
        for implementation, declared in jobs:
            try:
                self._search(implementation, declared)
            except MetamorphicGuardError as error:
                self._fail(" ".join(str(error).split()))

    def _list_jobs(self) -> list[tuple[Implementation, _Declared | None]]:
        jobs: list[tuple[Implementation, _Declared | None]] = []
        for assignment in self._session.settings.baselines:
            implementation = assignment.implementation
            fitting = [one for one in self._declared.values() if _fits(assignment, one.task)]
            if self._options.inputs is not None or not fitting:
                jobs.append((implementation.with_function("solve"), None))
                continue
            jobs += [(implementation.with_function(one.task.function), one) for one in fitting]
        return jobs

    def _search(self, implementation: Implementation, declared: _Declared | None) -> None:
        options = self._options
        grounds: tuple[Ground, ...]
        folder = options.path.parent if options.path else None
        if options.inputs is not None:
            shown = os.path.relpath(options.inputs, folder or ".")
            grounds = (ground_on_file(options.inputs, shown, implementation),)
        elif declared is not None:
            if folder is not None and folder.resolve() != declared.path.parent.resolve():
                self._fail(
                    f"{declared.path.name} has the inputs: write the file beside it, as "
                    f"--mg-suggest={os.path.relpath(declared.path.parent)}/{options.path.name}"  # type: ignore[union-attr]
                )
                return
            grounds = (ground_on_task(declared.task, declared.module, declared.variable),)
        else:
            grounds = ground_on_source(implementation)
        with _Progress(self._session.config) as progress:
            found, faults = find_suggestions(
                self._session.settings, implementation, grounds, progress=progress.show
            )
        self._tell(found, implementation)
        self._lines += faults

    def _tell(self, found: Found, implementation: Implementation) -> None:
        self._found = True
        text = write_module(found)
        path = self._options.path
        self._lines += ["", *render_found(found, _WIDEST)]
        if path is None:
            self._lines += ["", *text.splitlines()]
            return
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            self._fail(f"{path}: cannot be written: {error.strerror}")
            return
        shown = os.path.relpath(path)
        function = found.ground.function
        baseline = clean_line(implementation.specification)
        self._lines += [
            f"wrote {shown}; next:",
            f"  pytest {shown} --mg-gate --mg-candidate=new.py:{function} \\",
            f"    --mg-baseline={baseline}",
        ]

    def _fail(self, said: str) -> None:
        self._failed = True
        self._lines += ["", clean_line(said, 1000)]


class _Progress:
    """A line at the bottom of a terminal that says what is being done."""

    def __init__(self, config: pytest.Config) -> None:
        self._reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
        self._shows = self._reporter is not None and self._reporter.isatty
        self._longest = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.show("")

    def show(self, text: str) -> None:
        """Write the line in the place of the one before; an empty text takes it away."""
        if self._shows:
            self._longest = max(self._longest, len(text))
            self._reporter.rewrite(
                text.ljust(self._longest) if text else " " * self._longest + "\r"
            )
            sys.stdout.flush()


def _fits(assignment: Assignment, task: Task) -> bool:
    function = assignment.implementation.function
    named = assignment.task is None or task.name in assignment.find_tasks((task.name,))
    return named and function in (None, task.function)
