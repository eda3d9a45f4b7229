"""Exceptions that a task counts as answers, and the expectation of one."""

from __future__ import annotations

import builtins
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ExceptionKind", "RaisedAnswer", "name_kinds", "read_kinds"]

ExceptionKind: TypeAlias = "type[BaseException] | str"


@dataclass(frozen=True, slots=True)
class RaisedAnswer:
    """What properties and expectations receive in the place of an output, where a call raised.

    Only exceptions that a task names with ``raises=`` are answers; see `Task`.

    Attributes:
        type: Name of the exception's class, without its module.
        message: What it says.
        bases: Names of the classes that its class is derived from.
    """

    type: str
    message: str = ""
    bases: tuple[str, ...] = ()

    def is_a(self, *kinds: ExceptionKind) -> bool:
        """Tell whether it is of one of these classes, or of a class derived from one.

        Classes are told by their names: the exception itself stays in its own process.
        """
        return any(self._is_of(kind) for kind in kinds)

    def is_like(self, other: object) -> bool:
        """Tell whether the other one is an exception of the same type; messages do not count."""
        return isinstance(other, RaisedAnswer) and self.type == other.type

    def _is_of(self, kind: ExceptionKind) -> bool:
        name = kind if isinstance(kind, str) else kind.__qualname__
        if name == self.type or name in self.bases:
            return True
        # An executor need not tell what the class is derived from.
        known = getattr(builtins, self.type, None)
        return (
            not self.bases
            and isinstance(known, type)
            and isinstance(kind, type)
            and issubclass(known, kind)
        )

    def __repr__(self) -> str:
        said = f", {self.message!r}" if self.message else ""
        return f"RaisedAnswer({self.type!r}{said})"

    def __str__(self) -> str:
        return f"{self.type}: {self.message}" if self.message else self.type


def read_kinds(given: object, what: str) -> tuple[tuple[ExceptionKind, ...], list[str]]:
    """Read one exception or several as a user gives them, and return what is wrong with them."""
    several = given if isinstance(given, tuple | list | set | frozenset) else (given,)
    faults = [
        f"{what} has {kind!r:.60}, expected exception classes or their names"
        for kind in several
        if not (isinstance(kind, str) and kind.replace(".", "_").isidentifier())
        and not (isinstance(kind, type) and issubclass(kind, BaseException))
    ]
    return (() if faults else tuple(several)), faults


def name_kinds(kinds: Iterable[ExceptionKind]) -> str:
    """Return the names of exceptions as a part of a sentence."""
    names = [kind if isinstance(kind, str) else kind.__qualname__ for kind in kinds]
    return " or ".join(names)
