"""The answers of steps, as a worker sends them, each in a frame of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.arguments import make_raised, make_returned
from pytest_metamorphic_guard.contracts.texts import clean, clean_name
from pytest_metamorphic_guard.executors.directed import READ
from pytest_metamorphic_guard.executors.local.responses import ForgedError
from pytest_metamorphic_guard.values import wire

if TYPE_CHECKING:
    from pytest_metamorphic_guard.values.wire import Limits

__all__ = ["read_steps"]

_FAILURE_FIELDS = 5
_MOST_MESSAGE = 2_500
_MOST_BASES = 20


def read_steps(answer: object, limits: Limits) -> list[dict[str, Any]]:
    """Return the answers of steps as a payload has them.

    Raises:
        BrokenKindError: One of them is of a kind that fails to be read.
        ForgedError: No harness of ours sends this.
    """
    if type(answer) is not list:
        raise ForgedError("the response is of no known kind")
    return [_read_step(step, limits) for step in answer]


def _read_step(step: object, limits: Limits) -> dict[str, Any]:
    match step:
        case (True | "read" as how, bytes(frame)):
            try:
                return make_returned(wire.decode(memoryview(frame), limits), read=how == READ)
            except wire.BrokenKindError:
                raise
            except wire.DecodeError as error:
                raise ForgedError(str(error)) from None
        case (False, tuple(texts)) if len(texts) == _FAILURE_FIELDS and all(
            type(text) is str for text in texts
        ):
            bases = [clean_name(name) for name in str(texts[4]).splitlines()[:_MOST_BASES]]
            name, message = clean_name(str(texts[1])), clean(str(texts[2]), _MOST_MESSAGE)
            return make_raised(name, message, bases)
        case _:
            raise ForgedError("the response is of no known kind")
