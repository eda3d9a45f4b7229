"""What is said where a module has no function of the name that was asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.errors import suggest

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["describe_missing"]

_MOST_LISTED = 20


def describe_missing(where: str, wrong: str, names: Sequence[str]) -> str:
    """Return the sentence that says a module has no such function, and which to write instead."""
    if not names:
        return f"{where} has no function {wrong!r} (it defines no function)"
    near = suggest(wrong, names)
    file = where.removeprefix(f"{os.getcwd()}{os.sep}")  # noqa: PTH109 - of the text that names it
    one = names[0] if len(names) == 1 else "NAME with the one to call"
    instead = "" if near else f": write {file}:{one}"
    listed = ", ".join(names[:_MOST_LISTED])
    return f"{where} has no function {wrong!r}{near} (its functions: {listed}){instead}"
