"""Which files belong to libraries: nobody edits those during a run."""

from __future__ import annotations

import os

__all__ = ["is_installed"]

_LIBRARY = os.path.dirname(os.path.abspath(os.__file__))
_INSTALLED = ("site-packages", "dist-packages")


def is_installed(path: str) -> bool:
    """Return whether a path belongs to the standard library or to an installed distribution."""
    if path == _LIBRARY or path.startswith(_LIBRARY + os.sep):
        return True
    return any(part in _INSTALLED for part in path.split(os.sep))
