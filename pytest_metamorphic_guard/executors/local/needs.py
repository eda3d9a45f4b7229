"""The modules that define classes of arguments: a worker has to import them to rebuild these."""

from __future__ import annotations

import contextlib
import io
import pickle
import sys
from dataclasses import dataclass
from typing import Self

__all__ = ["Need", "UnpreparedError", "find_needs"]

_PROTOCOL = 5
# The opcode that names a class or function which the reader has to import.
_STACK_GLOBAL = b"\x93"
# The library's modules are imported within milliseconds.
_LIGHT = sys.stdlib_module_names


@dataclass(frozen=True, slots=True)
class Need:
    """A module, and what arguments take from it.

    Attributes:
        module: Its dotted name.
        names: Names in it.
    """

    module: str
    names: tuple[str, ...]

    @property
    def is_light(self) -> bool:
        """Whether its import takes next to nothing."""
        return self.module.partition(".")[0] in _LIGHT

    @property
    def subject(self) -> str:
        """The beginning of a sentence about its import."""
        return f"importing {self.module}, which defines {self.names[0]} of an input,"

    def dump(self) -> bytes:
        """Pickle what reading the arguments would import, without a single value.

        A process that is to get ready for a call must not see what it will be called with, or it
        could do the work before its time is taken.
        """
        found = []
        for name in self.names:
            value: object = sys.modules.get(self.module)
            for part in name.split("."):
                value = getattr(value, part, None)
            found.append(value)
        try:
            return pickle.dumps((self.module, *found), _PROTOCOL)
        except Exception:  # noqa: BLE001 - a module's own __getattr__ may do anything
            return pickle.dumps((self.module,), _PROTOCOL)


class UnpreparedError(Exception):
    """A module that arguments need cannot be imported; its text is the sentence that says why."""

    def __init__(self, need: Need, reason: str) -> None:
        super().__init__(need, reason)
        self.need = need
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.need.subject} {self.reason}"


def find_needs(dumped: bytes) -> tuple[Need, ...]:
    """Return what reading pickled arguments would import, in the order in which it would."""
    if _STACK_GLOBAL not in dumped:
        return ()
    finder = _NameFinder(io.BytesIO(dumped))
    # What stands in for a class may not do; the rest is then imported in the call.
    with contextlib.suppress(Exception):
        finder.load()
    return tuple(Need(module, tuple(names)) for module, names in finder.found.items())


class _StandIn:
    """Takes whatever is done to an object that is rebuilt."""

    def __new__(cls, *_: object, **__: object) -> Self:
        return object.__new__(cls)

    def __init__(self, *_: object, **__: object) -> None:
        """Take the arguments of any class."""

    def __call__(self, *_: object, **__: object) -> _StandIn:
        return self

    def __setstate__(self, state: object) -> None:
        """Take any state."""

    def __setitem__(self, key: object, value: object) -> None:
        """Take any item."""

    def append(self, item: object) -> None:
        """Take an element of a list."""

    def extend(self, items: object) -> None:
        """Take the elements of a list."""

    def add(self, item: object) -> None:
        """Take an element of a set."""


class _NameFinder(pickle.Unpickler):
    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.found: dict[str, list[str]] = {}

    def find_class(self, module_name: str, global_name: str) -> object:
        names = self.found.setdefault(module_name, [])
        if global_name not in names:
            names.append(global_name)
        return _StandIn
