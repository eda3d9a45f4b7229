"""What a run may spend, and what it has spent."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.spending import Spent, read_spent, sum_spent
from pytest_metamorphic_guard.errors import MetamorphicGuardError
from pytest_metamorphic_guard.runner.call_errors import Unusable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = ["BudgetError", "Purse", "SpentUp"]

# Parts are summed before they are many.
_MOST_PARTS = 256


class BudgetError(MetamorphicGuardError):
    """A run that has spent what it may, or cannot know whether it has.

    Args:
        budget_usd: What it may spend.
        spent_usd: What it has spent.
        calls: On how many calls.
        unpriced: The executor that does not say what its tokens cost; empty for none.
    """

    def __init__(self, budget_usd: float, spent_usd: float, calls: int, unpriced: str = "") -> None:
        super().__init__(budget_usd, spent_usd, calls, unpriced)
        self.budget_usd = budget_usd
        self.spent_usd = spent_usd
        self.calls = calls
        self.unpriced = unpriced

    def __str__(self) -> str:
        if self.unpriced:
            return (
                f"the budget of {self.budget_usd:g} USD cannot be kept: the executor "
                f"{self.unpriced!r} does not know what its tokens cost; name the prices in its "
                "configuration, or leave out --mg-budget"
            )
        return (
            f"the budget of {self.budget_usd:g} USD is spent: {self.calls} calls cost "
            f"{self.spent_usd:.6g} USD; no further call is made (--mg-budget)"
        )


class SpentUp(Unusable):
    """Ends an item: nothing is left to spend."""


class Purse:
    """Counts what the calls of a process cost, from any thread.

    Args:
        budget_usd: What they may cost; None for any amount.
    """

    def __init__(self, budget_usd: float | None = None) -> None:
        self.budget_usd = budget_usd
        self._lock = threading.Lock()
        self._parts: list[Spent] = []
        self._spent_usd = 0.0
        self._calls = 0
        self._unpriced = ""

    @property
    def is_spent(self) -> bool:
        """Whether no further call may be made."""
        if self.budget_usd is None:
            return False
        return self._spent_usd >= self.budget_usd or bool(self._unpriced)

    def require_left(self) -> None:
        """Refuse a call for which nothing is left.

        Raises:
            SpentUp: Nothing is.
        """
        if self.budget_usd is not None and self.is_spent:
            spent_usd, calls = self._spent_usd, self._calls
            raise SpentUp(BudgetError(self.budget_usd, spent_usd, calls, self._unpriced))

    def count(self, role: str, executor: str, payload: Mapping[str, Any]) -> None:
        """Count one call, however it ended."""
        spent = read_spent(role, executor, payload)
        if spent is None:
            return
        with self._lock:
            self._parts.append(spent)
            if len(self._parts) > _MOST_PARTS:
                self._parts[:] = sum_spent(self._parts)
            self._spent_usd += spent.cost_usd
            self._calls += spent.priced
            if spent.tokens and not spent.priced:
                self._unpriced = executor

    def take(self) -> tuple[Spent, ...]:
        """Return what was spent since this was last asked."""
        with self._lock:
            parts = sum_spent(self._parts)
            self._parts.clear()
        return parts
