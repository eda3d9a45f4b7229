"""Which executor a specification chooses by itself: a URL, a command and a program each have one.

The whole rule stands in `docs/how-to/run-a-candidate.md`; `Settings.find_executor` applies it.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
from pathlib import Path

from pytest_metamorphic_guard.contracts.command_words import is_command
from pytest_metamorphic_guard.contracts.executors import ENTRY_POINT_GROUP

__all__ = ["COMMAND", "calls_python", "find_claim", "takes_all"]

COMMAND = "command"
_HTTP = "http"
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://\S+\Z")
_SCHEMES = {"http": _HTTP, "https": _HTTP}
_FOR_PYTHON = frozenset({"local", "inprocess", "dask"})
# What these call is of one kind each, so that they leave to others what says that it is another.
_OF_ONE_KIND = _FOR_PYTHON | {_HTTP, COMMAND}
# Python files are called, not run, whether or not they may be executed.
_SUFFIXES = frozenset({".py", ".pyw", ".pyc"})


def find_claim(target: str) -> str | None:
    """Return the name of the executor that a target chooses by itself; None for most.

    ``command: ...`` and a file that may be executed choose ``command``, ``http://...`` and
    ``https://...`` choose ``http``, and any other ``NAME://...`` the executor of that name, where
    one is installed. Nothing is loaded.
    """
    if is_command(target):
        return COMMAND
    url = _URL.match(target)
    if url is not None:
        scheme = url[1].lower()
        return _SCHEMES.get(scheme) or (scheme if _is_installed(scheme) else None)
    return COMMAND if _is_program(target) else None


def calls_python(executor: str) -> bool:
    """Tell whether an executor calls functions of Python and nothing else, no raw text say."""
    return executor.lower() in _FOR_PYTHON


def takes_all(executor: str) -> bool:
    """Tell whether an executor, where it is named, takes every specification as it is written."""
    return executor.lower() not in _OF_ONE_KIND


def _is_installed(scheme: str) -> bool:
    points = importlib.metadata.entry_points(group=ENTRY_POINT_GROUP)
    return any(point.name.lower() == scheme for point in points)


def _is_program(target: str) -> bool:
    if not target.startswith("/") or "\n" in target:
        return False
    path = Path(target)
    try:
        return (
            path.suffix.lower() not in _SUFFIXES and path.is_file() and os.access(target, os.X_OK)
        )
    except (OSError, ValueError):
        return False
