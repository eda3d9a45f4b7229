"""One thread that ends calls whose time is over, by cutting their sockets.

The time-out of a socket starts anew with every byte, so a body that trickles would never end.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import socket
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Line", "Watch", "Watchdog"]


class Line:
    """What one call at a time uses to reach a service: it can be cut from another thread."""

    def __init__(self) -> None:
        self.sockets: list[socket.socket] = []

    def cut(self) -> None:
        """End whatever waits for its sockets."""
        for sock in tuple(self.sockets):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


class Watch:
    """The time that one call has.

    Attributes:
        limit_s: Seconds that it has.
        deadline: `time.monotonic` at which they are over.
        expired: They were over before it ended.
        aborted: Nobody waits for it any more.
        line: What it uses just now.
    """

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        self.deadline = time.monotonic() + limit_s
        self.expired = False
        self.aborted = False
        self.line: Line | None = None
        self.ended = False
        self._woken = threading.Event()

    @property
    def left_s(self) -> float:
        """Seconds that are left; not below zero."""
        return max(0.0, self.deadline - time.monotonic())

    @property
    def is_over(self) -> bool:
        """Whether nothing may be begun any more."""
        return self.expired or self.aborted or self.left_s <= 0

    def wait(self, seconds: float) -> None:
        """Wait, unless nobody waits for the call any more."""
        self._woken.wait(seconds)

    def cut(self, *, aborted: bool) -> None:
        """End what it waits for."""
        self.aborted = self.aborted or aborted
        self.expired = self.expired or not aborted
        self._woken.set()
        if self.line is not None:
            self.line.cut()


class Watchdog:
    """Watches the calls of one executor."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._heap: list[tuple[float, int, Watch]] = []
        self._under_way: set[Watch] = set()
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None
        self._closed = False

    @contextlib.contextmanager
    def watch(self, limit_s: float) -> Iterator[Watch]:
        """Watch one call, which ends with the context."""
        watch = Watch(limit_s)
        with self._changed:
            watch.aborted = self._closed
            is_first = not self._heap or watch.deadline < self._heap[0][0]
            heapq.heappush(self._heap, (watch.deadline, next(self._numbers), watch))
            self._under_way.add(watch)
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="mg-watchdog", daemon=True)
                self._thread.start()
            elif is_first:
                self._changed.notify()
        try:
            yield watch
        finally:
            with self._changed:
                watch.ended = True
                self._under_way.discard(watch)

    @contextlib.contextmanager
    def hold(self, watch: Watch, line: Line) -> Iterator[None]:
        """Let a call use a line: afterwards nobody cuts it any more for this call."""
        with self._changed:
            watch.line = line
        try:
            yield
        finally:
            with self._changed:
                watch.line = None

    def abort(self) -> None:
        """End all calls that are under way."""
        with self._changed:
            for watch in self._under_way:
                watch.cut(aborted=True)

    def close(self) -> None:
        """End all calls, and the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self.abort()

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                while self._heap and self._heap[0][2].ended:
                    heapq.heappop(self._heap)
                if not self._heap:
                    self._changed.wait()
                    continue
                deadline, _, watch = self._heap[0]
                left_s = deadline - time.monotonic()
                if left_s > 0:
                    self._changed.wait(left_s)
                    continue
                heapq.heappop(self._heap)
                watch.cut(aborted=False)
