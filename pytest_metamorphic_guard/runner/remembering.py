"""Outcomes that are repeated instead of executed again, while a smaller input is looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.outcomes import Returned
from pytest_metamorphic_guard.runner.cases import snapshot
from pytest_metamorphic_guard.values.sizes import Allowance

if TYPE_CHECKING:
    from pytest_metamorphic_guard.contracts.outcomes import Outcome

__all__ = ["Remembered"]

# A call whose result does not fit is executed again.
_BYTES = 64 << 20


class Remembered:
    """The outcomes of calls by their arguments, as far as they fit."""

    def __init__(self) -> None:
        self._outcomes: dict[bytes, Outcome] = {}
        self._room = Allowance(_BYTES)

    def find(self, key: bytes) -> Outcome | None:
        """Return the outcome of a call with arguments of this snapshot, if it is known."""
        return self._outcomes.get(key)

    def add(self, key: bytes, outcome: Outcome) -> None:
        """Keep the outcome of a call with arguments of this snapshot."""
        if self._room.take(key, outcome.value if isinstance(outcome, Returned) else None):
            self._outcomes[key] = outcome

    def add_all(self, calls: list[tuple[tuple[Any, ...], Outcome]]) -> None:
        """Keep the outcomes of these calls."""
        for args, outcome in calls:
            key = snapshot(args)
            if key is not None and key not in self._outcomes:
                self.add(key, outcome)
