"""The file that an implementation comes from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.tasks.modules import find_module

if TYPE_CHECKING:
    from pytest_metamorphic_guard.tasks.implementations import Implementation

__all__ = ["describe", "find_origin"]

_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*\Z")


def describe(implementation: Implementation) -> str:
    """Return its specification, with the commit where it is of one."""
    commit = implementation.revision[:12]
    return f"{implementation.specification} ({commit})" if commit else implementation.specification


def find_origin(implementation: Implementation) -> Path | None:
    """Find the file that an implementation comes from, without importing anything.

    Returns None for a raw text, and for a module that has no file.
    """
    if implementation.is_file:
        return Path(implementation.target).resolve()
    if not _NAME.match(implementation.target):
        return None
    origin, _ = find_module(implementation.target)
    return Path(origin).resolve() if origin and Path(origin).is_file() else None
