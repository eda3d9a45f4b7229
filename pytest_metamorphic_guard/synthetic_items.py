"""Items that nobody collected: a monitor or the gate, reported like any test."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from pytest_metamorphic_guard.warning_classes import MonitorAlertWarning

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["emit_item"]

_PREFIX = "metamorphic-guard::"


class MonitorAlert(AssertionError):  # noqa: N818 - its name is what the terminal shows
    """An alert, or a decision, that fails the run."""


# Like pytest's own failures: without a module before its name in the terminal's summary.
MonitorAlert.__module__ = "builtins"


def emit_item(
    session: pytest.Session, name: str, failing: Sequence[str], warning: Sequence[str]
) -> bool:
    """Report one item as passed or failed, and its warnings; return whether it failed.

    All three phases are reported: junit XML, pytest-html and the cache of failed tests each look
    at another one. A passing item is reported too, so that a failure of it is forgotten.

    Args:
        session: The session, on the process that reports.
        name: What follows ``metamorphic-guard::`` in the node id.
        failing: Messages that fail it.
        warning: Messages that are shown as warnings.
    """
    config = session.config
    failing = list(failing)
    for message in warning:
        try:
            config.issue_config_time_warning(
                MonitorAlertWarning(f"{name}: {message}"), stacklevel=2
            )
        except MonitorAlertWarning:  # -W error
            failing.append(message)
    if session.shouldfail or session.shouldstop:
        return bool(failing)
    session.testscollected += 1  # or the progress would pass 100 %
    node_id, location = _PREFIX + name, (_find_file(config), 0, name)
    config.hook.pytest_runtest_logstart(nodeid=node_id, location=location)
    for when in ("setup", "call", "teardown"):
        failed = when == "call" and bool(failing)
        report = pytest.TestReport(
            nodeid=node_id,
            location=location,
            keywords={"metamorphic": 1},
            outcome="failed" if failed else "passed",
            longrepr=_make_longrepr("\n".join(failing)) if failed else None,
            when=when,  # type: ignore[arg-type]
            sections=[],
            duration=0.0,
            start=(now := time.time()),
            stop=now,
        )
        config.hook.pytest_runtest_logreport(report=report)
    config.hook.pytest_runtest_logfinish(nodeid=node_id, location=location)
    return bool(failing)


def _make_longrepr(message: str) -> object:
    # A plain text would have no message in the short summary.
    try:
        raise MonitorAlert(message)
    except MonitorAlert as alert:
        return pytest.ExceptionInfo.from_exception(alert).getrepr(style="value")


def _find_file(config: pytest.Config) -> str:
    """Return a file that exists, so that annotations of CI services have a place."""
    if config.inipath is not None:
        try:
            return str(config.inipath.relative_to(config.rootpath))
        except ValueError:
            return str(config.inipath)
    return "."
