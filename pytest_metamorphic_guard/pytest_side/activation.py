"""Brings the session to life: on an option, or on the first task that is found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_metamorphic_guard.errors import MetamorphicGuardError
from pytest_metamorphic_guard.pytest_side.executor_check import ExecutorMaking
from pytest_metamorphic_guard.pytest_side.interrupting import Interruption, interrupt_once
from pytest_metamorphic_guard.pytest_side.items import ItemRunner
from pytest_metamorphic_guard.pytest_side.known_runs import KnownNames
from pytest_metamorphic_guard.pytest_side.parsing import (
    find_idle,
    read_settings,
)
from pytest_metamorphic_guard.pytest_side.record_options import (
    read_answer_options,
    read_record_options,
)
from pytest_metamorphic_guard.pytest_side.results import ResultKeeper
from pytest_metamorphic_guard.pytest_side.session import GuardSession
from pytest_metamorphic_guard.pytest_side.suggest_options import read_suggest_options
from pytest_metamorphic_guard.pytest_side.task_classes import load_tasks
from pytest_metamorphic_guard.pytest_side.terminal import TerminalSummary
from pytest_metamorphic_guard.pytest_side.warning_classes import warn_of_run

if TYPE_CHECKING:
    from pytest_metamorphic_guard.pytest_side.strength_runs import StrengthRuns

__all__ = ["get_session", "join_late", "start_session"]

_SESSION = pytest.StashKey[GuardSession]()


def start_session(config: pytest.Config) -> None:
    """Read the options and load the tasks they name, before anything is collected.

    Raises:
        pytest.UsageError: An option is wrong.
    """
    session = get_session(config)
    _start_suggesting(config, session)
    _start_recording(config)
    _keep_answers(config, session)
    try:
        if session.settings.tasks:
            session.registered_tasks = load_tasks(session.settings.tasks)
    except MetamorphicGuardError as error:
        raise pytest.UsageError(str(error)) from None
    # With nothing named on the command line, a registered task is all there is to run.
    if session.registered_tasks and config.args_source is not config.ArgsSource.ARGS:
        config.args[:] = [str(path) for path in session.task_paths]


def _start_suggesting(config: pytest.Config, session: GuardSession) -> None:
    options = read_suggest_options(config, session.settings)
    if options is None:
        return
    # Not loaded for a run of tests, which starts sooner.
    from pytest_metamorphic_guard.pytest_side.suggestion_run import SuggestionRun

    # No test runs that pytest-xdist could distribute; it looks at this after us.
    config.option.dist, config.option.tx = "no", []
    run = SuggestionRun(session, options)
    config.pluginmanager.register(run, "metamorphic_guard_suggestions")


def _start_recording(config: pytest.Config) -> None:
    options = read_record_options(config)
    if options is not None:
        # Not loaded for a run that records nothing, which starts sooner.
        from pytest_metamorphic_guard.pytest_side.call_keeper import Recording

        recording = Recording(config, *options)
        config.pluginmanager.register(recording, "metamorphic_guard_recording")


def _keep_answers(config: pytest.Config, session: GuardSession) -> None:
    options = read_answer_options(config)
    if options is None:
        return
    # Not loaded for a run that keeps no answers, which starts sooner.
    from pytest_metamorphic_guard.evaluation.answer_keeping import AnswerKeeper
    from pytest_metamorphic_guard.pytest_side.baseline_answers import BaselineAnswers

    keeper = session.evaluation.answers = AnswerKeeper()
    path, update = options
    answers = BaselineAnswers(config, keeper, path, session.settings.seed, update=update)
    config.pluginmanager.register(answers, "metamorphic_guard_answers")


def _make_strength_runs(session: GuardSession) -> StrengthRuns | None:
    if session.settings.strength is None and not session.settings.tries_trivial_answers:
        return None
    # Not loaded for a run that does neither, which starts sooner.
    from pytest_metamorphic_guard.pytest_side.strength_runs import StrengthRuns

    return StrengthRuns(session)


def join_late(config: pytest.Config, report: pytest.TestReport) -> None:
    """Bring it to life in a process that collects nothing, on the first report that concerns it."""
    if config.stash.get(_SESSION, None) is not None:
        return
    get_session(config)
    keeper = config.pluginmanager.get_plugin("metamorphic_guard_results")
    keeper.pytest_runtest_logreport(report)  # type: ignore[union-attr]


def get_session(config: pytest.Config) -> GuardSession:
    """Return the session's one object, made and registered on first use."""
    session = config.stash.get(_SESSION, None)
    if session is None:
        settings = read_settings(config)
        if hasattr(config, "workerinput"):
            # Without an option the controller has no session, and the seed is the default.
            interrupt_once()
            settings = replace(settings, seed=config.workerinput.get("mg_seed", settings.seed))
        try:
            session = GuardSession(config, settings)
        except MetamorphicGuardError as error:
            raise pytest.UsageError(str(error)) from None
        config.stash[_SESSION] = session
        config.pluginmanager.register(session, "metamorphic_guard_session")
        config.pluginmanager.register(ItemRunner(session), "metamorphic_guard_items")
        config.pluginmanager.register(ExecutorMaking(session), "metamorphic_guard_executors")
        config.pluginmanager.register(session.selection, "metamorphic_guard_selection")
        config.pluginmanager.register(session.input_notes, "metamorphic_guard_input_notes")
        config.pluginmanager.register(Interruption(config), "metamorphic_guard_interruption")
        if session.known is not None:
            names = KnownNames(session, session.known)
            config.pluginmanager.register(names, "metamorphic_guard_known")
        if session.early_stopping is not None:
            config.pluginmanager.register(session.early_stopping, "metamorphic_guard_early_stop")
        runs = _make_strength_runs(session)
        if runs is not None:
            config.pluginmanager.register(runs, "metamorphic_guard_strength")
        if not hasattr(config, "workerinput"):
            keeper = ResultKeeper(session, runs)
            config.pluginmanager.register(keeper, "metamorphic_guard_results")
            config.pluginmanager.register(keeper.workers, "metamorphic_guard_workers")
            config.pluginmanager.register(TerminalSummary(keeper), "metamorphic_guard_terminal")
            if getattr(config.option, "htmlpath", None):
                # Not loaded where pytest-html writes nothing, for a run that starts sooner.
                from pytest_metamorphic_guard.pytest_side.html_extras import HtmlSummary

                page, hide = config.option.htmlpath, session.redaction.hide
                summary = HtmlSummary(lambda: keeper.ranking, hide, settings.html, page)
                config.pluginmanager.register(summary, "metamorphic_guard_html")
            for flag in find_idle(config, settings):
                warn_of_run(config, f"{flag} has no effect without --mg-gate")
    return session
