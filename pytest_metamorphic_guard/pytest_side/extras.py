"""What a session has only where it is asked for, and does not load otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_metamorphic_guard.evaluation.known.covering import KnownViolations
    from pytest_metamorphic_guard.evaluation.past.earlier_reports import Past
    from pytest_metamorphic_guard.evaluation.replaying import Replay
    from pytest_metamorphic_guard.pytest_side.log_progress import LogProgress
    from pytest_metamorphic_guard.pytest_side.progress import LocalProgress
    from pytest_metamorphic_guard.settings import Settings
    from pytest_metamorphic_guard.watch.setting_up import LoadedMonitor

__all__ = [
    "check_page_can_be_made",
    "choose_progress",
    "load_known",
    "load_monitors",
    "load_past",
    "load_replay",
]


def load_monitors(config: pytest.Config, settings: Settings) -> tuple[LoadedMonitor, ...]:
    """Return the monitors that options and plugins ask for.

    Raises:
        pytest.UsageError: A plugin asks for something else.
    """
    wanted = list(settings.monitors)
    for more in config.hook.pytest_mg_monitors(config=config):
        if not isinstance(more, list | tuple) or not all(isinstance(m, str) for m in more):
            fault = f"returned {more!r:.80}, expected a list of specifications"
            raise pytest.UsageError(f"hook pytest_mg_monitors: {fault} such as 'latency'")
        wanted += more
    if not wanted:
        return ()
    # Not loaded for a run without monitors, which starts sooner.
    from pytest_metamorphic_guard.watch.setting_up import load_monitors as load

    return load(wanted)


def load_replay(settings: Settings) -> Replay | None:
    """Return the report whose violations are run again, if one is."""
    if not settings.replay:
        return None
    # Not loaded for a run that replays nothing, which starts sooner.
    from pytest_metamorphic_guard.evaluation.replaying import read_replay

    return read_replay(settings.replay)


def load_known(config: pytest.Config, settings: Settings) -> KnownViolations | None:
    """Return the known violations, if there is a file of them.

    Raises:
        MetamorphicGuardError: The file is wrong.
        pytest.UsageError: A new file of them would be written over another one.
    """
    if settings.write_known is not None and settings.write_known.exists():
        said = "exists already, and known violations are not written over it: name a new file"
        raise pytest.UsageError(f"--mg-write-known={settings.write_known}: {said}")
    if settings.known is None:
        return None
    # Not loaded for a run without known violations, which starts sooner.
    from pytest_metamorphic_guard.evaluation.known.covering import load_known as load

    return load(settings.known, getattr(config, "workerinput", {}).get("mg_today"))


def load_past(config: pytest.Config, settings: Settings) -> Past | None:
    """Return what is known of earlier runs, where the run is compared or kept.

    Raises:
        MetamorphicGuardError: The report that it is compared with cannot be read.
    """
    is_asked = settings.compare is not None or settings.history is not None
    if not is_asked or hasattr(config, "workerinput"):
        return None
    # Not loaded for a run without earlier ones, which starts sooner.
    from pytest_metamorphic_guard.evaluation.past.earlier_reports import find_past

    return find_past(settings.compare, settings.history)


def check_page_can_be_made(settings: Settings) -> None:
    """Refuse a page before a run that would end without it.

    Raises:
        pytest.UsageError: What makes it is not installed.
    """
    if settings.html is None:
        return
    # Not loaded for a run without a page, which starts sooner.
    from pytest_metamorphic_guard.report.html.writing import PageError, check_page

    try:
        check_page()
    except PageError as error:
        raise pytest.UsageError(f"--mg-html: {error}") from None


def choose_progress(config: pytest.Config) -> LocalProgress | LogProgress | None:
    """Return what tells how far an item of this process is; None where nobody is told."""
    worker = getattr(config, "workerinput", None)
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    if worker is None and (reporter is None or reporter.verbosity < 0):
        return None
    if worker is None and not reporter.isatty:
        from pytest_metamorphic_guard.pytest_side.log_progress import LogProgress

        return LogProgress.create(config)
    folder: Any = None if worker is None else worker.get("mg_progress")
    if worker is not None and folder is None:
        return None
    # Not loaded where no line can change, for a run that starts sooner.
    from pytest_metamorphic_guard.pytest_side.progress import (
        LocalProgress,
        ProgressBoard,
        SharedProgress,
    )

    if worker is not None:
        return LocalProgress(SharedProgress(folder, worker["workerid"]).show)
    return LocalProgress(ProgressBoard.create(config).show)
