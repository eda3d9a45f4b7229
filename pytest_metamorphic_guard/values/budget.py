"""What one question about results may cost the host: a candidate decides how large they are.

Lengths and leading dimensions are charged before anything is made of them, so that what is refused
has cost nothing. The same results are refused on every machine, but for those whose elements were
chosen to collide or to take long, which time ends.
"""

from __future__ import annotations

import math
import time
from contextvars import ContextVar, Token
from typing import Any, Final

from pytest_metamorphic_guard.values.deciding import Undecidable
from pytest_metamorphic_guard.values.lookup import find_kind

__all__ = ["MOST_ELEMENTS", "charge", "charge_elements", "look", "spending"]

# As many elements as one result may bring (`executors.wire`).
MOST_ELEMENTS: Final = 1_000_000
_MOST_STEPS: Final = 10_000_000
_MOST_SECONDS: Final = 5.0
_STEPS_UNSEEN: Final = 10_000
_SECONDS_UNSEEN: Final = 0.05


class _Budget:
    __slots__ = ("_next_look", "_next_step", "_started", "_steps")

    def __init__(self) -> None:
        self._steps = 0
        self._next_step = _STEPS_UNSEEN
        self._next_look = 0.0
        self._started = 0.0

    def charge(self, steps: int) -> None:
        self._steps += steps
        if self._steps > _MOST_STEPS:
            raise Undecidable(
                f"results came that are too large to compare: more than {_MOST_STEPS:,} "
                "comparisons of elements; return less, or a summary"
            )
        if self._steps >= self._next_step:
            self._next_step = self._steps + _STEPS_UNSEEN
            self.look()

    def look(self) -> None:
        # The clock that is cheap to read tells when to look at the one that other processes
        # cannot make run.
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + _SECONDS_UNSEEN
        spent = time.thread_time()
        if not self._started:
            self._started = spent
        elif spent - self._started > _MOST_SECONDS:
            raise Undecidable(
                "results came that are too large to compare: it takes more than "
                f"{_MOST_SECONDS:g} s; return less, or elements that are compared faster"
            )


_CURRENT: ContextVar[_Budget | None] = ContextVar("budget", default=None)


class spending:  # noqa: N801 - reads as what it does, in a with statement
    """Give one budget to everything in the block; a block inside another shares its."""

    __slots__ = ("_token",)

    def __enter__(self) -> None:
        found = _CURRENT.get()
        self._token: Token[_Budget | None] | None = None
        if found is None:
            self._token = _CURRENT.set(_Budget())

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _CURRENT.reset(self._token)


def charge(steps: int) -> None:
    """Count steps that are about to be taken.

    Raises:
        Undecidable: There are too many of them, or they have taken too long.
    """
    budget = _CURRENT.get()
    if budget is not None:
        budget.charge(steps)


def look() -> None:
    """Look at the time that the block has taken.

    Raises:
        Undecidable: It is over.
    """
    budget = _CURRENT.get()
    if budget is not None:
        budget.look()


def charge_elements(value: Any) -> None:
    """Count the elements that a list of what a value consists of would have.

    Raises:
        Undecidable: There are more than a result is compared by.
    """
    count = _count_elements(value)
    if count > MOST_ELEMENTS:
        name = type(value).__name__
        article = "an" if name[:1] in "aeiouAEIOU" else "a"
        raise Undecidable(
            f"{article} {name} of {count:,} elements came, which is too large to compare: at most "
            f"{MOST_ELEMENTS:,} elements are; return less, or a summary"
        )
    charge(count)


def _count_elements(value: Any) -> int:
    kind = find_kind(type(value))
    if kind is not None and kind.count_elements is not None:
        return kind.count_elements(value)
    shape = getattr(value, "shape", None) if hasattr(value, "tolist") else None
    if isinstance(shape, tuple) and all(type(length) is int for length in shape):
        # A list per row as well, and rows without elements are lists, too.
        return sum(math.prod(shape[:axes]) for axes in range(1, len(shape) + 1))
    try:
        return len(value)
    except TypeError:  # it has none, or more than a number holds
        return 0
    except OverflowError:
        return math.prod((MOST_ELEMENTS, MOST_ELEMENTS))
