"""Arguments on their way from host to worker."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, NamedTuple

from pytest_metamorphic_guard.contracts.arguments import DirectedArguments, WatchedArguments
from pytest_metamorphic_guard.executors.local.frames import DIRECTED, STEPS, WATCHED
from pytest_metamorphic_guard.executors.local.needs import dump_noting_needs
from pytest_metamorphic_guard.values.pickling import dump

if TYPE_CHECKING:
    from pytest_metamorphic_guard.executors.local.needs import Need

__all__ = [
    "ArgumentError",
    "Arguments",
    "PackedArguments",
    "dump_arguments",
    "explain_unreadable",
    "mark_name",
    "name_unreadable",
    "pack_arguments",
]

# How far into an argument the part is looked for that is at fault.
_DEEPEST = 20


class ArgumentError(Exception):
    """Arguments that cannot be pickled; its text says which, why, and what to do."""


class Arguments(NamedTuple):
    """Arguments as they are sent.

    Attributes:
        dumped: Their pickle.
        needs: What reading it would import, in the order in which it would.
    """

    dumped: bytes
    needs: tuple[Need, ...]


class PackedArguments(tuple[object, ...]):  # noqa: SLOT001 - a tuple's subclass can have none
    """Arguments that were pickled before, for several calls with the same ones.

    Whoever makes one sees to it that nothing changes them until the last of these calls.
    """

    packed: Arguments


def dump_arguments(args: tuple[object, ...]) -> Arguments:
    """Pickle the arguments, unless that was done.

    Raises:
        ArgumentError: One of them cannot be pickled.
    """
    if type(args) is PackedArguments:
        return args.packed
    sent: tuple[object, ...] = args
    if isinstance(args, DirectedArguments):
        sent = (tuple(args), args.directions._asdict())
    elif isinstance(args, WatchedArguments):
        sent = tuple(args)
    try:
        return Arguments(*dump_noting_needs(sent))
    except Exception as error:
        raise ArgumentError(_explain(args, error)) from error


def pack_arguments(args: tuple[object, ...]) -> tuple[object, ...]:
    """Return arguments that are pickled already, or as they are where they cannot be sent."""
    packed = PackedArguments(args)
    try:
        packed.packed = dump_arguments(args)
    except ArgumentError:
        return args
    return packed


def mark_name(func_name: str, args: tuple[object, ...]) -> str:
    """Return the name of a function with what its arguments ask for; see `frames`."""
    if isinstance(args, WatchedArguments):
        return func_name + WATCHED
    if not isinstance(args, DirectedArguments):
        return func_name
    directions = args.directions
    marks = (DIRECTED, directions.steps * STEPS, directions.watches * WATCHED)
    return func_name + "".join(marks)


def explain_unreadable(exception_type: str, message: str) -> str:
    """Return the sentence for arguments that the worker cannot unpickle."""
    return (
        f"an argument cannot be rebuilt in the worker: {exception_type}: {message};"
        " define its class in a module that can be imported by name"
    )


def name_unreadable(args: tuple[object, ...]) -> str:
    """Return the sentence for arguments of which nobody makes an equal one, or nothing.

    Some classes pickle and cannot be rebuilt: an exception, for one, is made anew from ``args``,
    which are what its ``__init__`` handed on and not what it takes.
    """
    for position, argument in enumerate(args, 1):
        found = _find_unreadable(argument, _DEEPEST)
        if found is not None:
            value, error = found
            return (
                f"argument {position} cannot be copied or sent: {type(value).__qualname__} pickles,"
                f" but its pickle cannot be read: {type(error).__name__}: {error};"
                " give the class a __reduce__ that says how it is made"
            )
    return ""


def _find_unreadable(value: object, depth: int) -> tuple[object, Exception] | None:
    """Return the innermost part of a value that pickles and cannot be rebuilt, and why."""
    try:
        pickle.loads(dump(value))
    except Exception as error:  # noqa: BLE001 - classes of arguments run code of their own
        parts = _list_parts(value) if depth else []
        found = (_find_unreadable(part, depth - 1) for part in parts)
        return next(filter(None, found), (value, error))
    return None


def _list_parts(value: object) -> list[object]:
    match value:
        case dict():
            return [*value.keys(), *value.values()]
        case list() | tuple() | set() | frozenset():
            return list(value)
        case _:
            return list(getattr(value, "__dict__", {}).values())


def _explain(args: tuple[object, ...], error: Exception) -> str:
    subject = "the arguments"
    for position, argument in enumerate(args):
        try:
            dump(argument)
        except Exception as found:  # noqa: BLE001 - classes of arguments run code of their own
            subject, error = f"argument {position} of type {type(argument).__qualname__}", found
            break
    return (
        f"{subject} cannot be sent to the worker: {type(error).__name__}: {error};"
        " pass plain data, or define its class at the top of a module that can be imported by name"
    )
