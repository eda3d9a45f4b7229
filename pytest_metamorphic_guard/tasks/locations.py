"""Where in the user's files a declaration stands."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Location", "find_caller", "find_function"]

_OWN_FOLDER = str(Path(__file__).parent.parent)


class Location(NamedTuple):
    """A line of a file; ``line`` counts from 1."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"

    @property
    def is_ours(self) -> bool:
        """Whether it is in this package."""
        return self.path.startswith(_OWN_FOLDER)


def find_caller() -> Location | None:
    """Return the innermost line on the stack that is not this package's nor generated code."""
    frame = sys._getframe(1)  # noqa: SLF001 - the documented way to see the caller's line
    while frame is not None:
        path = frame.f_code.co_filename
        if not path.startswith((_OWN_FOLDER, "<")):
            return Location(path, frame.f_lineno)
        frame = frame.f_back  # type: ignore[assignment]
    return None


def find_function(function: Callable[..., object]) -> Location | None:
    """Return the line of a function's ``def`` or first decorator; None for one without source."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return None
    return Location(code.co_filename, code.co_firstlineno)
