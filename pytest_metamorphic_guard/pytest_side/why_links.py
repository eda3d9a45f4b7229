"""Leads from a message to what explains it: ``pytest --mg-why=WORD``."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_metamorphic_guard.errors import MetamorphicGuardError, suggest
from pytest_metamorphic_guard.report.links import list_links, name_item

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "explain",
    "find_shown",
    "linked_usage_errors",
    "note_refused",
    "note_synthetic",
    "note_why",
    "show_links",
    "unusable",
]

# Names on an exception, and on a report, which pytest-xdist carries as it is.
_ERROR = "_mg_error"
_WHY = "_mg_why"
_PACKAGE = str(Path(__file__).parents[1])
_TITLE = "metamorphic guard"
# What stands before the message of a warning, or of an error, where pytest prints it.
_WARNED = re.compile(r": (MetamorphicGuard|MonitorAlert|Isolation|Cluster)Warning: (.+)")
_PYTESTS = (pytest.fail.Exception, pytest.UsageError, pytest.Collector.CollectError)
_RAISED = re.compile(r"^pytest_metamorphic_guard[\w.]*: (.+)", re.DOTALL)


def explain(word: str) -> int:
    """Print what a topic's messages are about, and return the exit status.

    Args:
        word: The topic's word, ``all``, or a message as it was printed.

    Raises:
        pytest.UsageError: There is no such topic, and no such message.
    """
    from pytest_metamorphic_guard.report.recognising import recognise
    from pytest_metamorphic_guard.report.topics import describe_topic, list_topics, read_topics

    topics = read_topics()
    if word == "all":
        sys.stdout.write("\n".join(list_topics()) + "\n")
        return pytest.ExitCode.OK
    found = [word] if word in topics else recognise(word)
    if not found:
        fault = f"--mg-why: no message leads to {word!r}{suggest(word, topics) or '.'}"
        said = f"Words: {', '.join(topics)}. --mg-why=all says what each is about"
        raise pytest.UsageError(f"{fault} {said}; a message itself will do, too: --mg-why='...'")
    sys.stdout.write("\n\n".join(describe_topic(topics[one]) for one in found) + "\n")
    return pytest.ExitCode.OK


@contextmanager
def linked_usage_errors(config: pytest.Config) -> Iterator[None]:
    """Say above a usage error what explains it; the error itself stays the line that it is."""
    try:
        yield
    except pytest.UsageError as error:
        if not hasattr(config, "workerinput"):  # there, standard output is the controller's
            sys.stdout.write("".join(f"{line}\n" for line in list_links([_name(error, "options")])))
        raise


def unusable(error: BaseException) -> BaseException:
    """Return what fails an item that cannot be judged, for an error that says why."""
    failure = pytest.fail.Exception(str(error), pytrace=False)
    setattr(failure, _ERROR, error)
    return failure


def note_why(
    report: pytest.TestReport | pytest.CollectReport,
    error: BaseException | None,
    *,
    violated: bool = False,
) -> None:
    """Let the report of what failed say what explains it.

    Args:
        report: The report.
        error: What it failed by.
        violated: Whether it failed since something is violated.
    """
    if not report.failed or error is None:
        return
    if violated:
        setattr(report, _WHY, "violation")
        return
    told = getattr(error, _ERROR, error)
    if told is not error or isinstance(told, MetamorphicGuardError) or _is_ours(error):
        setattr(report, _WHY, _name(told, "task" if report.when == "collect" else "not-called"))


def note_refused(report: pytest.CollectReport, message: str) -> None:
    """Let the report of a run that is refused as a whole say what explains it."""
    setattr(report, _WHY, _name_said(message, "options"))


def note_synthetic(report: pytest.TestReport, name: str) -> None:
    """Let the report of an item that nobody collected say what explains it.

    Args:
        report: The report.
        name: The item's name, such as ``gate`` or ``monitor[latency]``.
    """
    setattr(report, _WHY, name_item(name))


def find_shown(reporter: pytest.TerminalReporter) -> set[str]:
    """Return the words of the topics of all that a terminal's reporter shows of this project."""
    words = set()
    for report in (*reporter.stats.get("error", ()), *reporter.stats.get("failed", ())):
        word = getattr(report, _WHY, None) or _read_crash(report)
        words |= {word} if word else set()
    for warning in reporter.stats.get("warnings", ()) if reporter.hasopt("w") else ():
        said = _WARNED.search(warning.message)
        if said is not None and said[1] == "MonitorAlert":
            words.add(name_item(said[2]))
        elif said is not None:
            words.add(_name_said(said[2], "isolation"))
    return words


def show_links(reporter: pytest.TerminalReporter) -> None:
    """Write the lines alone, for a run in which nothing else is to be said."""
    lines = list_links(find_shown(reporter))
    if lines:
        reporter.section(_TITLE)
    for line in lines:
        reporter.line(line)


def _is_ours(error: BaseException) -> bool:
    """Tell whether code of this package raised what fails a test."""
    if not isinstance(error, _PYTESTS):
        return False
    files = []
    trace = error.__traceback__
    while trace is not None:
        files.append(trace.tb_frame.f_code.co_filename)
        trace = trace.tb_next
    return bool(files) and files[-1].startswith(_PACKAGE)


def _read_crash(report: Any) -> str | None:
    """Return the word of an error of this project that some test raised by itself."""
    crash = getattr(getattr(report, "longrepr", None), "reprcrash", None)
    said = _RAISED.match(getattr(crash, "message", ""))
    return _name_said(said[1], "options") if said else None


def _name(error: BaseException, otherwise: str) -> str:
    # Not loaded for a run without a fault, which starts sooner.
    from pytest_metamorphic_guard.report.topics import name_topic

    return name_topic(error, otherwise)


def _name_said(text: str, otherwise: str) -> str:
    # As above.
    from pytest_metamorphic_guard.report.topics import name_said

    return name_said(text, otherwise)
