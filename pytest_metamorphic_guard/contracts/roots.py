"""Paths that say on which folder imports begin: ``/src/./acme/sorting.py`` is ``acme.sorting``.

A file's place alone does not tell, since a folder without ``__init__.py`` may be a package too. The
path stays one that opens the file, for executors that look no closer.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ORIGIN", "REVISIONS", "TREE", "map_entries", "mark_root", "split_root"]

_MARK = f"{os.sep}.{os.sep}"
# Where revisions are kept in a user's cache: a folder for each repository, in which a file says
# where that is, and one for each commit, in which the files are.
REVISIONS = f"pytest-metamorphic-guard{os.sep}revisions"
ORIGIN = "repository"
TREE = "tree"


def mark_root(root: str, file: str) -> str:
    """Return the path of a file that says that its imports begin on ``root``, a folder above it."""
    return root.rstrip(os.sep) + _MARK + os.path.relpath(file, root)


def map_entries(path: str, search_path: Sequence[str]) -> tuple[str, ...]:
    """Return a search path for a file: of a revision, with its own folders for the repository's.

    Otherwise what it imports would be as it is in the work tree, beside what is of the revision.
    """
    if REVISIONS not in path:
        return tuple(search_path)
    before, _, after = path.partition(REVISIONS + os.sep)
    repository, commit, tree, *_ = [*PurePath(after).parts, "", "", ""]
    home = Path(before, REVISIONS, repository)
    try:
        origin = os.fsdecode((home / ORIGIN).read_bytes())
    except OSError:
        return tuple(search_path)
    if tree != TREE:
        return tuple(search_path)
    own = str(home / commit / TREE)
    return tuple(
        os.path.normpath(own + entry[len(origin) :]) if _is_of(entry, origin) else entry
        for entry in search_path
    )


def _is_of(entry: str, repository: str) -> bool:
    """Tell whether a folder is of a repository, and of no environment in it."""
    if not f"{entry}{os.sep}".startswith(repository + os.sep):
        return False
    return not any(
        f"{prefix}{os.sep}".startswith(repository + os.sep) and entry.startswith(prefix + os.sep)
        for prefix in (sys.prefix, sys.base_prefix)
    )


def split_root(path: str) -> tuple[str, str]:
    """Return the folder on which imports begin and the dotted name there; both empty if unsaid."""
    root, mark, inner = path.rpartition(_MARK)
    file = PurePath(inner)
    if not mark or not file.name:
        return "", ""
    parts = list(file.with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    if not parts or not all(part.isidentifier() for part in parts):
        return "", ""
    return root, ".".join(parts)
