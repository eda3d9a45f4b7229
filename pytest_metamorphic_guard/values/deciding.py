"""Questions about a value that nobody here can answer, and how they end what asked them."""

from __future__ import annotations

import contextlib
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Incomparable", "Undecidable", "deciding", "is_deciding", "resting"]

_MET: ContextVar[list[Undecidable] | None] = ContextVar("met", default=None)


class Undecidable(BaseException):
    """A check asked about a value that cannot be compared, so its answer decides nothing.

    It is no `Exception`: a check must not take it for an answer, nor hypothesis for a failure.

    Args:
        reason: What came, why it cannot be compared, and what to return instead.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        met = _MET.get()
        if met is not None:
            met.append(self)


class Incomparable(Exception):  # noqa: N818 - not an error: there is no answer
    """A value whose own code would have to run to compare or to hash it.

    Args:
        value: The value.
    """

    def __init__(self, value: object) -> None:
        super().__init__(value)
        self.value = value


class deciding:  # noqa: N801 - reads as what it does, in a with statement
    """Collect every `Undecidable` of the block, also those that the code in it caught."""

    __slots__ = ("_token",)

    def __enter__(self) -> list[Undecidable]:
        met: list[Undecidable] = []
        self._token: Token[list[Undecidable] | None] = _MET.set(met)
        return met

    def __exit__(self, *_: object) -> None:
        _MET.reset(self._token)


@contextlib.contextmanager
def resting() -> Iterator[None]:
    """Leave the check that is under way, for what is no part of it, such as a call it makes."""
    token = _MET.set(None)
    try:
        yield
    finally:
        _MET.reset(token)


def is_deciding() -> bool:
    """Tell whether a check is under way."""
    return _MET.get() is not None
