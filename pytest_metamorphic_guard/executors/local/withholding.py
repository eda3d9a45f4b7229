"""Files that lie in what a process may read, and that are withheld from it all the same."""

from __future__ import annotations

import os
import re
from importlib.util import cache_from_source
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from pytest_metamorphic_guard.executors.local.payloads import Payload

__all__ = ["WITHHELD", "explain_withheld", "leave_out"]

# The error code of a candidate that could not be called for want of such a file.
WITHHELD = "SANDBOX_WITHHELD"
# As Python says it of a path, which may go by way of links.
_PATH = re.compile(r"PermissionError: [^\n]*?'(/[^'\n]+)'")
_KEPT_FROM_RUNNING = frozenset({"import_error", "argument_encoding"})


def leave_out(readable: Iterable[str], withheld: Collection[str]) -> tuple[list[str], list[str]]:
    """Return what may be read instead, and the folders of which only names may be listed.

    What is allowed for a folder is allowed for everything below. So a folder that holds such a file
    is replaced by what is in it, down to the file, which is left out together with its compiled
    forms and its hard links in these folders.

    Args:
        readable: Files, and directories with everything below.
        withheld: Absolute paths of files, or of folders with all that is in them.
    """
    if not withheld:
        return list(readable), []
    hidden = {os.path.realpath(path) for path in withheld}
    inodes = {(found.st_dev, found.st_ino) for path in hidden if (found := _stat(path))}
    hidden |= {_find_cache(path) for path in hidden}
    kept, listed = [], []
    seen: set[str] = set()
    waiting = [(path, os.path.realpath(path)) for path in readable]
    while waiting:
        path, real = waiting.pop()
        if real in hidden or any(real.startswith(other + os.sep) for other in hidden):
            continue
        below = real.rstrip(os.sep) + os.sep
        if not any(other.startswith(below) for other in hidden):
            kept.append(path)
        elif real not in seen:  # a link may lead to a folder above it
            seen.add(real)
            listed.append(path)
            waiting += _list_others(path, real, inodes)
    return kept, listed


def explain_withheld(payload: Payload, where: str, withheld: Mapping[str, str]) -> Payload:
    """Return the payload of a failed call; where it says that such a file was asked for, with why.

    Args:
        payload: As it came.
        where: The candidate's file.
        withheld: What each of the files or folders is, by its path.
    """
    error = payload.get("error") or ""
    asked = [os.path.realpath(path) for path in _PATH.findall(error)]
    named = next((name for path, name in withheld.items() if _holds(path, asked)), None)
    if named is None:
        return payload
    own = os.path.basename(where)
    if payload.get("error_type") in _KEPT_FROM_RUNNING:
        advice = "keep what both need in a module of its own"
        text = f"{own} imports {named}, which candidates cannot read: {advice}"
        return payload | {"error": text, "error_code": WITHHELD}
    return payload | {"error": f"{own} reads {named}, which candidates cannot: {error}"}


def _holds(path: str, asked: Iterable[str]) -> bool:
    return any(other == path or other.startswith(path + os.sep) for other in asked)


def _find_cache(path: str) -> str:
    """Return the folder that holds the compiled forms of what is in the folder of a file.

    All of them are left out: there is one per version of Python and per tool, and they cost no more
    than that modules beside the file are compiled again.
    """
    return os.path.dirname(os.path.realpath(cache_from_source(path)))


def _list_others(
    path: str, real: str, inodes: Collection[tuple[int, int]]
) -> Iterable[tuple[str, str]]:
    try:
        entries = list(os.scandir(path))
    except OSError:
        return
    numbers = {number for _, number in inodes}
    for entry in entries:
        if entry.inode() in numbers:
            found = _stat(entry.path)
            if found is None or (found.st_dev, found.st_ino) in inodes:
                continue
        inner = os.path.join(real, entry.name)
        yield entry.path, os.path.realpath(inner) if entry.is_symlink() else inner


def _stat(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except OSError:
        return None
