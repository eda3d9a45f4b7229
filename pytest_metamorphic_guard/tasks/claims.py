"""Which executor a specification chooses by itself: a URL, a command and a program each have one.

The whole rule stands in `docs/how-to/run-a-candidate.md`; `Settings.find_executor` applies it.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
from pathlib import Path

from pytest_metamorphic_guard.contracts.command_words import is_command, read_command, write_command
from pytest_metamorphic_guard.contracts.executors import ENTRY_POINT_GROUP

__all__ = ["COMMAND", "calls_python", "find_claim", "is_recorded", "takes_all", "write_target"]

COMMAND = "command"
_HTTP = "http"
_RECORDED = "recorded"
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://\S+\Z")
_SCHEMES = {"http": _HTTP, "https": _HTTP}
_FOR_PYTHON = frozenset({"local", "inprocess", "dask"})
# What these call is of one kind each, so that they leave to others what says that it is another.
_OF_ONE_KIND = _FOR_PYTHON | {_HTTP, COMMAND, _RECORDED}
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
    if is_recorded(target):
        return _RECORDED
    url = _URL.match(target)
    if url is not None:
        scheme = url[1].lower()
        return _SCHEMES.get(scheme) or (scheme if _is_installed(scheme) else None)
    return COMMAND if _is_program(target) else None


def is_recorded(text: str) -> bool:
    """Tell whether a specification names a file of answers, as ``recorded:answers.jsonl``."""
    return text.startswith(f"{_RECORDED}:")


def write_target(text: str, folder: Path) -> str:
    """Return what an executor receives of a command, or of a file of answers.

    Raises:
        ValueError: The command or the file cannot be used.
    """
    if is_command(text):
        return write_command(read_command(text, folder))
    place = folder / text.removeprefix(f"{_RECORDED}:")
    if not place.is_file():
        raise ValueError(f"there is no file {place}; --mg-record-baseline writes one")
    return f"{_RECORDED}:{place.resolve()}"


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
