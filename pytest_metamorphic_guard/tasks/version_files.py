"""Implementations of which a specification says on which folder, or in which revision, they are."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pytest_metamorphic_guard.contracts.roots import map_entries
from pytest_metamorphic_guard.errors import ImplementationError
from pytest_metamorphic_guard.tasks.modules import find_inside
from pytest_metamorphic_guard.tasks.word_checks import is_dotted

if TYPE_CHECKING:
    from pytest_metamorphic_guard.tasks.revisions import Checkout

__all__ = ["Placed", "find_placed"]

# A module, and the function in it that may be named.
_MODULE = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?::([^:\s]+))?\Z")
_REVISION = re.compile(r"git:([^\s:]+):([^\s:][^\n]*)\Z")
_SOURCES = ("", "src")


class Placed(NamedTuple):
    """Where an implementation is.

    Attributes:
        file: The path of its file, which says on which folder its imports begin.
        function: The name of the function, if one was given.
        revision: The commit in full, where it is of one.
    """

    file: str
    function: str | None
    revision: str = ""


def find_placed(text: str, folder: Path) -> Placed | None:
    """Read ``root:module:function`` and ``git:REV:path.py:function``; None for anything else.

    Args:
        text: The specification.
        folder: Relative paths are relative to it, and in it the repository is looked for.

    Raises:
        ImplementationError: It is one of these, and there is no such thing.
    """
    try:
        written = _REVISION.match(text)
        if written is not None:
            return _find_in_revision(written[1], written[2], folder)
        return _find_below(text, folder)
    except LookupError as error:
        raise ImplementationError(text, str(error)) from error


def _find_below(text: str, folder: Path) -> Placed | None:
    root, _, rest = text.partition(":")
    named = _MODULE.match(rest)
    if named is None or not root:
        return None
    try:
        is_folder = (folder / root).is_dir()
    except (OSError, ValueError):
        return None
    if not is_folder:
        # Three parts are nothing else, if the first looks like a folder.
        if named[2] is None or "/" not in root or "//" in text:
            return None
        raise LookupError(f"there is no folder {root!r} in {folder}")
    file = find_inside(folder / root, named[1])
    if file is None:
        if named[2] is None:  # a module of this name with a function
            return None
        raise LookupError(f"there is no module {named[1]!r} in {folder / root}")
    return Placed(file, _check_function(named[2]))


def _find_in_revision(revision: str, named: str, folder: Path) -> Placed:
    # Not loaded for files that are there, for a run that starts sooner.
    from pytest_metamorphic_guard.tasks.revisions import check_out

    files = check_out(revision, folder)
    path, _, function = named.partition(":")
    if path.endswith(".py"):
        for start in (files.inner, files.folder):
            if (start / path).is_file() and (start / path).resolve().is_relative_to(files.folder):
                file = str((start / path).resolve())
                return Placed(file, _check_function(function or None), files.sha)
        raise LookupError(f"there is no file {path!r} in revision {revision} ({files.sha[:12]})")
    if _MODULE.match(path) is None:
        raise LookupError("expected git:REV:path.py:function or git:REV:package.module:function")
    for root in _list_roots(files):
        found = find_inside(root, path)
        if found is not None:
            return Placed(found, _check_function(function or None), files.sha)
    raise LookupError(f"there is no module {path!r} in revision {revision} ({files.sha[:12]})")


def _list_roots(files: Checkout) -> list[Path]:
    """Return the folders of a revision on which imports may begin, the likeliest first."""
    marked = str(files.folder / "any.py")
    mapped = map_entries(marked, [entry for entry in sys.path if entry])
    own = [Path(entry) for entry in mapped if Path(entry).is_relative_to(files.folder)]
    others = [start / name for start in (files.inner, files.folder) for name in _SOURCES]
    return [root for root in dict.fromkeys((*own, *others)) if root.is_dir()]


def _check_function(name: str | None) -> str | None:
    if name is not None and not is_dotted(name):
        raise LookupError(f"{name!r} is not the name of a function")
    return name
