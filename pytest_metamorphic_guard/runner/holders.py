"""Where an item leaves what its test function needs, if it is measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.runner.functions import RunHolder

if TYPE_CHECKING:
    from pytest_metamorphic_guard.runner.missed_rates import MissedRate
    from pytest_metamorphic_guard.runner.sample_run import Measuring

__all__ = ["MeasuringHolder"]


class MeasuringHolder(RunHolder):
    """Where the item leaves its measuring for the test function that was built before it."""

    measuring: Measuring
    # What a share of a sample reports if the rate of the whole is missed.
    missed: MissedRate | None = None
    # Which of the drawn inputs a search found violated, and which of them other runs look at.
    found_at: int = -1
    elsewhere: frozenset[int] = frozenset()

    def passes_on(self) -> bool:
        """Count an input that a search draws; tell whether another run looks at it."""
        self.found_at += 1
        return self.found_at in self.elsewhere
