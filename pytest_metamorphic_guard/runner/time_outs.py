"""Calls that timed out, which no other entry of the task has to wait for again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.outcomes import TimedOut
from pytest_metamorphic_guard.runner.cases import snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

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

    def ask(
        self,
        args: tuple[Any, ...],
        entry: str,
        execute: Callable[[], Outcome],
        *,
        changes: bool,
        keeps: bool,
    ) -> tuple[Outcome, bool]:
        """Return how a call ended for another entry, or else for this one; and whether it is known.

        Args:
            args: The arguments.
            entry: Name of the entry for which the call is made.
            execute: Makes the call.
            changes: Whether the executor may change the arguments.
            keeps: Whether the others may learn from it that it timed out.
        """
        is_early = bool(self._found) or changes
        key = snapshot(args) if is_early else None
        known = None if key is None else self.find(key, entry)
        if known is not None:
            return known, True
        outcome = execute()
        if isinstance(outcome, TimedOut) and keeps:
            key = key if is_early else snapshot(args)
            if key is not None:
                self._found.setdefault(key, (entry, outcome))
        return outcome, False

    def find(self, key: bytes, entry: str) -> Outcome | None:
        """Return how the call ended for another entry, or None where none has waited for it."""
        owner, outcome = self._found.get(key, (entry, None))
        return None if owner == entry else outcome
