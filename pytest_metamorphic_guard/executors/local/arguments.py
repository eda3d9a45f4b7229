"""Arguments on their way from host to worker."""

from __future__ import annotations

import pickle

__all__ = ["ArgumentError", "dump_arguments", "explain_unreadable", "needs_imports"]

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
