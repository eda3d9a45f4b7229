"""Calls that timed out, which no other entry of the task has to wait for again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_metamorphic_guard.contracts.outcomes import Outcome

__all__ = ["TimeOuts"]


class TimeOuts:
    """The calls of one implementation that timed out, for all entries of one task.

    What one entry waited for in vain, the others need not wait for again. An entry does not learn
    from itself: when it is run again, it calls again.
    """

    def __init__(self) -> None:
        self._found: dict[bytes, tuple[str, Outcome]] = {}

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._found)

    def find(self, key: bytes, entry: str) -> Outcome | None:
        """Return how the call ended for another entry, or None where none has waited for it."""
        owner, outcome = self._found.get(key, (entry, None))
        return None if owner == entry else outcome

    def add(self, key: bytes, entry: str, outcome: Outcome) -> None:
        """Take a call that timed out."""
        self._found.setdefault(key, (entry, outcome))
