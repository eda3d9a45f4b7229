"""What readers ask of the parts of a frame, which a stranger wrote."""

from __future__ import annotations

from typing import Any

from pytest_metamorphic_guard.values.frames import MAX_INT_BYTES, DecodeError, keep_builtins

__all__ = ["read_int", "require", "require_ints", "require_text"]

keep_builtins(globals())


def require(value: Any, kind: type) -> Any:
    """Return a value of exactly this type; refuse any other."""
    if type(value) is not kind:
        raise DecodeError(f"{type(value).__name__} where a {kind.__name__} belongs")
    return value


def require_ints(*values: object) -> None:
    """Refuse anything but exact integers."""
    if set(map(type, values)) - {int}:
        raise DecodeError("no integer where one belongs")


def require_text(value: Any, limit: int) -> str:
    """Return a text of at most so many characters; refuse anything else."""
    if type(value) is not str or len(value) > limit:
        raise DecodeError("no text, or too long a one")
    return value


def read_int(data: bytes, limit: int = MAX_INT_BYTES) -> int:
    """Return the integer in two's complement of at most ``limit`` bytes."""
    if type(data) is not bytes or len(data) > limit:
        raise DecodeError("no bytes of an integer")
    return int.from_bytes(data, "little", signed=True)
