"""When another minute of a run is over, for a log that is written to no oftener."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Minutes"]

_EVERY_S = 60.0


class Minutes:
    """Tells when another minute is over.

    Args:
        every_s: Seconds between two lines, and before the first.
        clock: Returns the seconds of a clock that never goes back.
    """

    def __init__(
        self, every_s: float = _EVERY_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._every_s, self._clock = every_s, clock
        self._due = clock() + every_s

    def is_over(self) -> bool:
        """Tell whether a line is due, once for each minute."""
        now = self._clock()
        if now < self._due:
            return False
        self._due = now + self._every_s
        return True
