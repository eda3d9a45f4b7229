"""One processor for a process and the thread that waits for it, as long as they take turns.

Where each has a processor of its own, that one sleeps while it is the other's turn, and to wake it
takes longer than a short call.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Turns", "take_turns"]


class Turns:
    """Keeps a process on one processor until it is left, and this thread during each call.

    Between calls the thread may run anywhere, and so does what it starts then.

    Args:
        pid: The process, whose first thread answers.
        processor: Where they meet.
        own: Where this thread may run.
        theirs: Where the process may.
    """

    def __init__(self, pid: int, processor: int, own: set[int], theirs: set[int]) -> None:
        self._pid = pid
        self._one = {processor}
        self._own = own
        self._theirs = theirs

    def __enter__(self) -> None:
        """Keep this thread there, for a call."""
        _keep(0, self._one)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let it run where it could."""
        _keep(0, self._own)

    def leave(self) -> None:
        """Let both run where they could: no call follows."""
        # Ctrl-C may have come just before a call.
        _keep(0, self._own)
        _keep(self._pid, self._theirs)


def take_turns(pid: int) -> Turns | None:
    """Let a process meet this thread where it runs now; None where the system has no such thing.

    Only the main thread does so: others may all be under way at once.
    """
    if _find_processor is None or threading.current_thread() is not threading.main_thread():
        return None
    try:
        own, theirs = os.sched_getaffinity(0), os.sched_getaffinity(pid)
        processor = _find_processor()
        if len(own) == 1 or processor not in own & theirs:
            return None
        os.sched_setaffinity(pid, {processor})
    except OSError:  # it may have ended, or nobody may ask for that here
        return None
    return Turns(pid, processor, own, theirs)


def _keep(pid: int, processors: set[int]) -> None:
    # Who took a processor away meanwhile knows better.
    with contextlib.suppress(OSError):
        os.sched_setaffinity(pid, processors)


_find_processor = None
if hasattr(os, "sched_setaffinity"):
    with contextlib.suppress(OSError, AttributeError):  # no such C library
        _find_processor = ctypes.CDLL(None).sched_getcpu
