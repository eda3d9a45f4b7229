"""Samples without near copies, from which rates can be computed.

Hypothesis follows each input that it generates with up to five mutations of it, in which one part
is replaced by a copy of another. This finds bugs, and it makes inputs that repeat each other: a
sample of lists says three to six times less than equally many independent lists would, and a 95 %
bound computed from it lies below the truth in 16 to 33 % of the runs.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hypothesis.internal.conjecture.engine import ConjectureRunner

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["draw_without_mutations"]

_lock = threading.RLock()


@contextmanager
def draw_without_mutations() -> Iterator[None]:
    """Let hypothesis generate every input on its own, never from one before it."""
    with _lock:
        # Hypothesis has no setting for it; the tests pin that this method does what it did.
        before = ConjectureRunner.generate_mutations_from
        ConjectureRunner.generate_mutations_from = _mutate_nothing  # type: ignore[method-assign, assignment]
        try:
            yield
        finally:
            ConjectureRunner.generate_mutations_from = before  # type: ignore[method-assign]


def _mutate_nothing(runner: object, data: object) -> None:
    """Stand in for the method that runs mutations of one generated input."""
