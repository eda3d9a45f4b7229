"""Where an item leaves what its test function needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.runner.functions import RunHolder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.runner.drawn_ahead import DrawnSamples
    from pytest_metamorphic_guard.runner.missed_rates import MissedRate
    from pytest_metamorphic_guard.runner.sample_run import Measuring

__all__ = ["FindingHolder", "MeasuringHolder"]


class FindingHolder(RunHolder):
    """Where the item of a search leaves what is drawn for all entries of its task."""

    drawn: DrawnSamples
    # Number of inputs that hypothesis tried since somebody set it back.
    tried: int = 0
    # The draws before the one that is to be shrunk: which of them became inputs.
    passed: Sequence[bool] = ()

    def find_passed(self) -> bool | None:
        """Count an input that hypothesis draws; None for one that is to be checked.

        Returns:
            Whether it became an input when it was drawn ahead.
        """
        self.tried += 1
        return self.passed[self.tried - 1] if self.tried <= len(self.passed) else None


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
