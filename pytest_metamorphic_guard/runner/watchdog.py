"""Ends a call of a stranger's executor that does not keep the limit it was given."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

__all__ = ["Overdue", "guard_call"]

# Ignored unless somebody asks for it, and nobody's timer: SIGALRM is pytest-timeout's.
_SIGNAL = getattr(signal, "SIGURG", None)


class Overdue(BaseException):
    """The call had not returned when its limit was over for long.

    It is no `Exception`, so that an executor that catches those does not go on for ever.
    """


class _Watchdog:
    """One thread that wakes the main thread when a deadline passes."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._deadline: float | None = None
        threading.Thread(target=self._watch, daemon=True).start()

    def set(self, deadline: float | None) -> None:
        with self._changed:
            self._deadline = deadline
            self._changed.notify()

    def _watch(self) -> None:
        assert _SIGNAL is not None  # nobody makes a watchdog without it
        with self._changed:
            while True:
                left = None if self._deadline is None else self._deadline - time.monotonic()
                if left is not None and left <= 0:
                    self._deadline = None
                    signal.pthread_kill(threading.main_thread().ident or 0, _SIGNAL)
                    continue
                self._changed.wait(left)


_watchdogs: list[_Watchdog] = []


@contextlib.contextmanager
def guard_call(limit_s: float) -> Iterator[None]:
    """Raise `Overdue` in the block when it takes longer than ``limit_s`` seconds.

    It works in the main thread of systems with POSIX signals, where pytest runs its items;
    elsewhere the block is not limited.
    """
    if _SIGNAL is None or threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise Overdue

    if not _watchdogs:
        _watchdogs.append(_Watchdog())
    earlier = signal.signal(_SIGNAL, interrupt)
    _watchdogs[0].set(time.monotonic() + limit_s)
    try:
        yield
    finally:
        _watchdogs[0].set(None)
        signal.signal(_SIGNAL, earlier if earlier is not None else signal.SIG_DFL)
