"""Paths that say on which folder imports begin: ``/src/./acme/sorting.py`` is ``acme.sorting``.

A file's place alone does not tell, since a folder without ``__init__.py`` may be a package too. The
path stays one that opens the file, for executors that look no closer.
"""

from __future__ import annotations

import os
from pathlib import PurePath

__all__ = ["mark_root", "split_root"]

_MARK = f"{os.sep}.{os.sep}"


def mark_root(root: str, file: str) -> str:
    """Return the path of a file that says that its imports begin on ``root``, a folder above it."""
    return root.rstrip(os.sep) + _MARK + os.path.relpath(file, root)


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
