"""Turns of calls, where only so many may be made in a minute."""

from __future__ import annotations

import threading
import time

__all__ = ["Turns"]

_MINUTE_S = 60.0


class Turns:
    """Gives each call its turn.

    Args:
        per_minute: Calls in a minute; None for any number.
    """

    def __init__(self, per_minute: float | None) -> None:
        self._apart_s = 0.0 if per_minute is None else _MINUTE_S / per_minute
        self._lock = threading.Lock()
        self._next = 0.0
        self._stopped = threading.Event()

    def wait(self) -> bool:
        """Wait for the next turn; false where nobody waits for the call any more."""
        if not self._apart_s:
            return True
        with self._lock:
            stopped = self._stopped
            turn = max(self._next, time.monotonic())
            self._next = turn + self._apart_s
        return not stopped.wait(max(0.0, turn - time.monotonic()))

    def stop(self) -> None:
        """End the waiting of all that wait now."""
        with self._lock:
            self._stopped.set()
            self._stopped = threading.Event()
            self._next = 0.0
