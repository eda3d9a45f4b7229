"""Arguments on their way from host to worker."""

from __future__ import annotations

import contextlib
import io
import pickle
from typing import Self

__all__ = ["ArgumentError", "dump_arguments", "dump_names", "explain_unreadable", "needs_imports"]

_PROTOCOL = 5
# The opcode that names a class or function which the reader has to import.
_STACK_GLOBAL = b"\x93"


class ArgumentError(Exception):
    """Arguments that cannot be pickled; its text says which, why, and what to do."""


def dump_arguments(args: tuple[object, ...]) -> bytes:
    """Pickle the arguments.

    Raises:
        ArgumentError: One of them cannot be pickled.
    """
    try:
        return pickle.dumps(args, _PROTOCOL)
    except Exception as error:
        raise ArgumentError(_explain(args, error)) from error


def needs_imports(dumped: bytes) -> bool:
    """Return whether unpickling may import something."""
    return _STACK_GLOBAL in dumped


def dump_names(dumped: bytes) -> bytes:
    """Pickle what unpickling the arguments would import, without a single value.

    A process that is to get ready for a call must not see what it will be called with, or it
    could do the work before its time is taken.
    """
    finder = _NameFinder(io.BytesIO(dumped))
    # What stands in for a class may not do; the rest is then imported in the call.
    with contextlib.suppress(Exception):
        finder.load()
    return pickle.dumps(tuple(finder.found), _PROTOCOL)


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
        self.found: list[object] = []

    def find_class(self, module_name: str, global_name: str) -> object:
        self.found.append(super().find_class(module_name, global_name))
        return _StandIn


def explain_unreadable(exception_type: str, message: str) -> str:
    """Return the sentence for arguments that the worker cannot unpickle."""
    return (
        f"an argument cannot be rebuilt in the worker: {exception_type}: {message};"
        " define its class in a module that can be imported by name"
    )


def _explain(args: tuple[object, ...], error: Exception) -> str:
    subject = "the arguments"
    for position, argument in enumerate(args):
        try:
            pickle.dumps(argument, _PROTOCOL)
        except Exception as found:  # noqa: BLE001 - classes of arguments run code of their own
            subject, error = f"argument {position} of type {type(argument).__qualname__}", found
            break
    return (
        f"{subject} cannot be sent to the worker: {type(error).__name__}: {error};"
        " pass plain data, or define its class at the top of a module that can be imported by name"
    )
