"""What ends an item or a case instead of an outcome, and how a call fails for a law."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.errors import MetamorphicGuardError

if TYPE_CHECKING:
    from pytest_metamorphic_guard.contracts.outcomes import (
        Outcome,
    )

__all__ = ["CallFailed", "NotAvailable", "Undecided", "Unusable"]

# How an executor says that a candidate did not run for want of a file it may not read.
_WITHHELD = "SANDBOX_WITHHELD"


class Unusable(BaseException):
    """Ends an item at once: no further input can change what is wrong.

    It is no `Exception`, so that hypothesis neither shrinks nor replays it.
    """

    def __init__(self, error: MetamorphicGuardError) -> None:
        super().__init__(error)
        self.error = error


class Undecided(Unusable):
    """Nothing can be concluded from one case, because an output cannot be compared."""


class NotAvailable(Unusable):
    """A call could not be made, by no fault of the implementation: its case counts for nobody."""


class CallFailed(MetamorphicGuardError):  # noqa: N818 - reads as what happened, in pytest.raises
    """A call made by a law, or through a fixture, did not return.

    Args:
        implementation: What the user wrote to name it.
        error: What happened, as a sentence.
        error_type: The category, such as ``"timeout"``.
        outcome: The whole outcome.
    """

    def __init__(self, implementation: str, error: str, error_type: str, outcome: Outcome) -> None:
        super().__init__(implementation, error, error_type, outcome)
        self.implementation = implementation
        self.error = error
        self.error_type = error_type
        self.outcome = outcome

    def __str__(self) -> str:
        return f"{self.implementation}: {self.error}"

    @property
    def is_withheld(self) -> bool:
        """Whether it could not be called for want of a file that it may not read."""
        return self.outcome.payload.get("error_code") == _WITHHELD
