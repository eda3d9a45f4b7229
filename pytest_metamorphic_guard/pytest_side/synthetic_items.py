"""Items that nobody collected: a monitor or the gate, reported like any test."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import pytest

from pytest_metamorphic_guard.contracts.texts import clean_line
from pytest_metamorphic_guard.pytest_side.warning_classes import MonitorAlertWarning
from pytest_metamorphic_guard.pytest_side.why_links import note_synthetic

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Synthetic", "emit_item"]

_PREFIX = "metamorphic-guard::"


class Synthetic(NamedTuple):
    """One item that nobody collected.

    Attributes:
        name: What follows ``metamorphic-guard::`` in the node id.
        label: What the terminal's short summary shows before the message, in one word.
        failing: Messages that fail it.
        warning: Messages that are shown as warnings.
        properties: Names with values, for junit XML.
    """

    name: str
    label: str
    failing: Sequence[str] = ()
    warning: Sequence[str] = ()
    properties: Sequence[tuple[str, object]] = ()


def emit_item(session: pytest.Session, item: Synthetic) -> bool:
    """Report one item as passed or failed, and its warnings; return whether it failed.

    All three phases are reported: junit XML, pytest-html and the cache of failed tests each look
    at another one. A passing item is reported too, so that a failure of it is forgotten.

    Args:
        session: The session, on the process that reports.
        item: The item.
    """
    config = session.config
    # What a monitor or the gate says may quote a candidate.
    failing = [clean_line(message) for message in (*item.failing, *_warn(config, item))]
    if session.shouldfail or session.shouldstop:
        return bool(failing)
    session.testscollected += 1  # or the progress would pass 100 %
    node_id, location = _PREFIX + item.name, (_find_file(config), 0, item.name)
    config.hook.pytest_runtest_logstart(nodeid=node_id, location=location)
    phases: tuple[Literal["setup", "call", "teardown"], ...] = ("setup", "call", "teardown")
    for when in phases:
        failed = when == "call" and bool(failing)
        report = pytest.TestReport(
            nodeid=node_id,
            location=location,
            keywords={"metamorphic": 1},
            outcome="failed" if failed else "passed",
            longrepr=_make_longrepr(item.label, "\n".join(failing)) if failed else None,
            when=when,
            sections=[],
            duration=0.0,
            start=(now := time.time()),
            stop=now,
            user_properties=list(item.properties),
        )
        if failed:
            note_synthetic(report, item.name)
        config.hook.pytest_runtest_logreport(report=report)
    config.hook.pytest_runtest_logfinish(nodeid=node_id, location=location)
    return bool(failing)


def _warn(config: pytest.Config, item: Synthetic) -> list[str]:
    """Issue the warnings; return those that ``-W error`` makes failures."""
    failing = []
    for message in item.warning:
        try:
            config.issue_config_time_warning(
                MonitorAlertWarning(f"{item.name}: {clean_line(message)}"), stacklevel=2
            )
        except MonitorAlertWarning:
            failing.append(message)
    return failing


def _make_longrepr(label: str, message: str) -> Any:
    # A plain text would have no message in the short summary, and an exception of a module of
    # ours would have the module's name before it; pytest's own failures have none.
    alert = type(label, (AssertionError,), {"__module__": "builtins"})
    try:
        raise alert(message)
    except AssertionError as error:
        return pytest.ExceptionInfo.from_exception(error).getrepr(style="value")


def _find_file(config: pytest.Config) -> str:
    """Return a file that exists, so that annotations of CI services have a place."""
    if config.inipath is not None:
        try:
            return str(config.inipath.relative_to(config.rootpath))
        except ValueError:
            return str(config.inipath)
    return "."
