"""Calls that an executor could not make: asked again, counted for nobody, and not too many."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.outcomes import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_metamorphic_guard.contracts.outcomes import Outcome

__all__ = ["Availability", "LastAvailability", "lose_too_many"]

_MOST_SHARE = 0.1
_MOST_RETRIES = 3
_MOST_WAIT_S = 10.0
# A server that is down stays so for the next input, which then needs no patience.
_IN_A_ROW = 5
# Nor does it for later items, which see with one call whether it is up again.
_IN_A_ROW_AGAIN = 1


@dataclass(slots=True)
class Availability:
    """How often one implementation could be asked at all, in one item.

    Attributes:
        calls: Number of calls, each counted once however often it was tried.
        lost: Number of those that could not be made.
        said: How the first of these ended.
        in_a_row: Number of calls just now that could not be made.
        patience: After how many of these calls are made without another try.
    """

    calls: int = 0
    lost: int = 0
    said: str = ""
    in_a_row: int = 0
    patience: int = _IN_A_ROW

    def note_made(self) -> None:
        """Count a call that was made, and ended."""
        self.calls += 1
        self.in_a_row = 0

    def ask(self, ask: Callable[[], Outcome], default_s: object, deadline: float | None) -> Outcome:
        """Make one call, and again where the executor says when that may help.

        Args:
            ask: Makes it.
            default_s: Seconds to wait where the answer itself says none; None to ask once.
            deadline: `time.monotonic` until which there is time.
        """
        self.calls += 1
        left_s = _MOST_WAIT_S
        if deadline is not None:
            left_s = min(left_s, deadline - time.monotonic())
        outcome = ask()
        retries = 0 if self.in_a_row >= self.patience else _MOST_RETRIES
        while isinstance(outcome, Unavailable) and retries:
            wait_s = default_s if outcome.retry_after_s is None else outcome.retry_after_s
            if not isinstance(wait_s, int | float) or not 0 <= wait_s <= left_s:
                break
            time.sleep(wait_s)
            left_s -= wait_s
            retries -= 1
            outcome = ask()
        if isinstance(outcome, Unavailable):
            self.lost += 1
            self.in_a_row += 1
            self.said = self.said or " ".join(outcome.error.split())
        else:
            self.in_a_row, self.patience = 0, _IN_A_ROW
        return outcome

    @property
    def is_gone(self) -> bool:
        """Whether there is no hope for the next call, and more was lost than may be."""
        return self.in_a_row >= 2 * _IN_A_ROW and self.is_too_low

    @property
    def is_too_low(self) -> bool:
        """Whether more than a tenth of the calls could not be made."""
        return self.lost > _MOST_SHARE * self.calls

    def describe(self, whose: str = "") -> str:
        """Say in words what was lost."""
        were = "was" if self.lost == 1 else "were"
        return f"{self.lost} of {self.calls} calls{whose} {were} unavailable ({self.said[:200]})"


class LastAvailability:
    """What the last item knew of every implementation, so that the next one need not wait for it.

    Each counts its own calls, as many whichever items ran before in the same process.
    """

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], Availability] = {}

    def begin(self, role: str, implementation: str) -> Availability:
        """Return the counts of an item that begins."""
        before = self._last.get((role, implementation))
        is_gone = before is not None and before.is_gone
        now = Availability(patience=_IN_A_ROW_AGAIN if is_gone else _IN_A_ROW)
        self._last[role, implementation] = now
        return now


def lose_too_many(cases: int, lost: Sequence[int]) -> bool:
    """Tell whether more than a tenth of all cases ended with a call that could not be made.

    Args:
        cases: Number of cases that ran.
        lost: Number of calls that were lost, by role.
    """
    return sum(lost) > _MOST_SHARE * (cases + sum(lost))
