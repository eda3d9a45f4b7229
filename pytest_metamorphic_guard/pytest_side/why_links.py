"""Leads from a message to what explains it: ``pytest --mg-why=WORD``."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from pytest_metamorphic_guard.errors import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["explain", "linked_usage_errors", "note_why", "read_why", "unusable"]

# Names on an exception, and on a report, which pytest-xdist carries as it is.
_ERROR = "_mg_error"
_WHY = "_mg_why"


def explain(word: str) -> int:
    """Print what a topic's messages are about, and return the exit status.

    Raises:
        pytest.UsageError: There is no such topic.
    """
    from pytest_metamorphic_guard.report.topics import describe_topic, list_topics, read_topics

    topics = read_topics()
    if word == "all":
        sys.stdout.write("\n".join(list_topics()) + "\n")
        return pytest.ExitCode.OK
    if word not in topics:
        fault = f"--mg-why: no message leads to {word!r}{suggest(word, topics)}"
        raise pytest.UsageError(f"{fault} --mg-why=all lists the words.")
    sys.stdout.write(describe_topic(topics[word]) + "\n")
    return pytest.ExitCode.OK


@contextmanager
def linked_usage_errors(config: pytest.Config) -> Iterator[None]:
    """Say above a usage error what explains it; the error itself stays the line that it is."""
    try:
        yield
    except pytest.UsageError as error:
        if not hasattr(config, "workerinput"):  # there, standard output is the controller's
            sys.stdout.write(f"{_lead(error, 'options')}\n")
        raise


def unusable(error: Exception) -> BaseException:
    """Return what fails an item that cannot be judged, for an error that says why."""
    failure = pytest.fail.Exception(str(error), pytrace=False)
    setattr(failure, _ERROR, error)
    return failure


def note_why(report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
    """Let the report of an item that could not be judged say what explains it."""
    error = getattr(call.excinfo and call.excinfo.value, _ERROR, None)
    if error is not None:
        setattr(report, _WHY, _lead(error, "not-called"))


def read_why(report: pytest.TestReport) -> str | None:
    """Return the line that leads to what explains an item's failure, if there is one."""
    why: str | None = getattr(report, _WHY, None)
    return why


def _lead(error: BaseException, otherwise: str) -> str:
    # Not loaded for a run without errors, which starts sooner.
    from pytest_metamorphic_guard.report.topics import name_topic

    return f"why: pytest --mg-why={name_topic(error, otherwise)}"
