"""The pytest hooks, and only the hooks.

pytest loads this module in every run on the machine, so it loads nothing else: what a hook hands
over to is imported inside it, once a task or an option asks for this plugin.

PYTEST_DONT_REWRITE: loaded as installed.
"""

from __future__ import annotations

import gc
import importlib
import sys
from typing import TYPE_CHECKING, Any

import pytest

from pytest_metamorphic_guard import load_as_installed

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path
    from types import ModuleType

# The package may have been loaded before pytest was started.
load_as_installed(globals())


def pytest_addoption(parser: pytest.Parser) -> None:
    from pytest_metamorphic_guard.pytest_side.options import add_options

    # This module may be there from an earlier run in the same process.
    load_as_installed(globals())
    add_options(parser)


def pytest_load_initial_conftests(args: list[str]) -> None:
    from pytest_metamorphic_guard.pytest_side.options import mark_bare

    mark_bare(args)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    from pytest_metamorphic_guard.pytest_side import hookspecs

    pluginmanager.add_hookspecs(hookspecs)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "mg: a relation, property or law of a task")
    from pytest_metamorphic_guard.pytest_side.options import is_active

    if is_active(config):
        from pytest_metamorphic_guard.pytest_side.why_links import linked_usage_errors

        with linked_usage_errors(config):
            _load_activation().start_session(config)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    word = config.getoption("mg_why")
    if word is None:
        return None
    from pytest_metamorphic_guard.pytest_side.why_links import explain

    return explain(word)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Collector, name: str, obj: object) -> Any:
    # Only a module that imported our tasks can hold one, or one that imported the package of the
    # distribution metamorphic-guard, where that is installed.
    if "pytest_metamorphic_guard.tasks" not in sys.modules and not (
        "metamorphic_guard" in sys.modules
        and str(type(obj).__module__).startswith("metamorphic_guard.")
    ):
        return None
    from pytest_metamorphic_guard.errors import TaskError
    from pytest_metamorphic_guard.tasks import find_task

    try:
        task = find_task(obj, name)
    except TaskError as error:
        raise collector.CollectError(str(error)) from None
    if task is None:
        return None
    session = _load_activation().get_session(collector.config)
    return session.collect(collector, name, task)


def _load_activation() -> ModuleType:
    # All of what is loaded here stays. To walk over it for garbage again and again takes a tenth of
    # the processor time that a start takes.
    collects = gc.isenabled()
    gc.disable()
    try:
        return importlib.import_module("pytest_metamorphic_guard.pytest_side.activation")
    finally:
        if collects:
            gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    collectors = yield
    session: Any = parent.config.pluginmanager.get_plugin("metamorphic_guard_session")
    return collectors if session is None else session.replace_module(file_path, parent, collectors)


def pytest_exception_interact(call: pytest.CallInfo[Any], report: Any) -> None:
    if report.when == "collect" and "pytest_metamorphic_guard.errors" in sys.modules:
        from pytest_metamorphic_guard.pytest_side.why_links import note_why

        note_why(report, call.excinfo and call.excinfo.value)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    # Where a task is at work, its own summary says it.
    is_told = terminalreporter.config.pluginmanager.has_plugin("metamorphic_guard_terminal")
    if not is_told and not {"error", "failed", "warnings"}.isdisjoint(terminalreporter.stats):
        from pytest_metamorphic_guard.pytest_side.why_links import show_links

        show_links(terminalreporter)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    # pytest-xdist's process that starts the others collects nothing, so without an option it hears
    # of a task when an item of one is skipped.
    node: Any = getattr(report, "node", None)
    if node is not None and report.skipped:
        from pytest_metamorphic_guard.pytest_side.options import NO_CANDIDATE

        if NO_CANDIDATE in str(report.longrepr):
            from pytest_metamorphic_guard.pytest_side.activation import join_late

            join_late(node.config, report)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "mg_candidate" in metafunc.fixturenames:
        from pytest_metamorphic_guard.pytest_side.fixtures import parametrize_candidates

        parametrize_candidates(metafunc)


@pytest.fixture(scope="session")
def mg_candidate(request: pytest.FixtureRequest) -> Any:
    """The candidate as a function; a call that does not return raises CallFailed."""
    from pytest_metamorphic_guard.pytest_side.fixtures import make_solve

    return make_solve(request, "candidate")


@pytest.fixture(scope="session")
def mg_baseline(request: pytest.FixtureRequest) -> Any:
    """The baseline as a function; a call that does not return raises CallFailed."""
    from pytest_metamorphic_guard.pytest_side.fixtures import make_solve

    return make_solve(request, "baseline")


@pytest.fixture(scope="session")
def mg_monitors(request: pytest.FixtureRequest) -> Any:
    """The session's monitors by id; ``mg_monitors["latency"].record(...)`` shows one a record."""
    from pytest_metamorphic_guard.pytest_side.fixtures import find_monitors

    return find_monitors(request)
