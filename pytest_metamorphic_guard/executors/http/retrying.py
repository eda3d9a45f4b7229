"""Requests made again: after a while that the service names, and within the time of the call."""

from __future__ import annotations

import email.utils
import math
import random
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.http.exchange import Reply, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.executors.http.watchdog import Watch

__all__ = ["BUSY", "Attempts", "Pause", "Persistence", "read_retry_after"]

_FIRST_WAIT_S = 0.25
# A service that says zero means as soon as may be.
_LEAST_WAIT_S = 0.05
_LONGEST_WAIT_S = 8.0
_LONGEST_PAUSE_S = 60.0
BUSY = frozenset({429, 503, 529})
_AGAIN = BUSY | {408, 425, 500, 502, 504}


class Pause:
    """One pause for all calls of a service, so that many that were refused do not ask at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0

    def extend(self, seconds: float) -> None:
        """Let nobody ask for so long."""
        with self._lock:
            until = time.monotonic() + min(seconds, _LONGEST_PAUSE_S)
            self._until = max(self._until, until)

    @property
    def left_s(self) -> float:
        """Seconds until it ends; not below zero."""
        return max(0.0, self._until - time.monotonic())


@dataclass(slots=True)
class Attempts:
    """How often one call asked.

    Attributes:
        made: Number of requests.
        retry_after_s: Seconds after which there is hope again, where that is longer than the call
            may take.
    """

    made: int = 0
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Persistence:
    """When a request is made again.

    Attributes:
        retries: How often at most, beside those that a service puts off.
        idempotent: Whether a request that may have arrived may be made again.
        pause: The service's pause.
        statuses: Statuses after which there is hope.
    """

    retries: int
    idempotent: bool
    pause: Pause
    statuses: frozenset[int] = field(default=_AGAIN)

    def ask(self, send: Callable[[], Reply], watch: Watch, attempts: Attempts) -> Reply:
        """Ask until there is an answer, or no hope or no time for one.

        Raises:
            Trouble: There is no answer.
        """
        tries = 0
        while True:
            self._rest(watch, attempts)
            attempts.made += 1
            reply = trouble = None
            try:
                reply = send()
            except Trouble as found:
                trouble = found
            # What the service puts off is limited by time, not by number.
            tries += not (reply is not None and reply.status in BUSY and _read_wait(reply))
            wait_s = self._find_wait(reply, trouble, tries)
            if wait_s is not None and wait_s < watch.left_s:
                watch.wait(wait_s)
                continue
            if wait_s is not None and _is_for_later(reply, trouble):
                attempts.retry_after_s = wait_s
            if trouble is not None:
                raise trouble
            assert reply is not None
            return reply

    def _rest(self, watch: Watch, attempts: Attempts) -> None:
        """Wait until the service's pause is over."""
        left_s = self.pause.left_s
        while left_s > 0 and not watch.aborted:
            if left_s >= watch.left_s:
                attempts.retry_after_s = left_s
                said = f"the service asked all calls to wait, for {left_s:.1f} s more"
                raise Trouble("unavailable", said, sent=False)
            # Not all in the same moment.
            watch.wait(left_s + random.uniform(0, _LEAST_WAIT_S))
            left_s = self.pause.left_s

    def _find_wait(self, reply: Reply | None, trouble: Trouble | None, tries: int) -> float | None:
        """Return the seconds to wait before the next request; None for no further one."""
        if tries > self.retries:
            return None
        back_off_s = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** min(max(tries - 1, 0), 10))
        back_off_s *= random.uniform(0.5, 1)
        if reply is None:
            assert trouble is not None
            may = self.idempotent or not trouble.sent
            return back_off_s if may and trouble.kind in ("unavailable", "connection") else None
        if not self.idempotent or reply.status not in self.statuses:
            return None
        asked_s = _read_wait(reply)
        wait_s = back_off_s if asked_s is None else max(asked_s, _LEAST_WAIT_S)
        if reply.status in BUSY:
            self.pause.extend(wait_s)
        return wait_s


def read_retry_after(text: str | None) -> float | None:
    """Return the seconds that ``Retry-After`` names, as a number or as a date; None for none."""
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            when: float = email.utils.parsedate_to_datetime(text).timestamp()
        except (ValueError, OverflowError):
            return None
        seconds = when - time.time()
    return None if math.isnan(seconds) else max(0.0, seconds)


def _read_wait(reply: Reply) -> float | None:
    return read_retry_after(reply.headers.get("retry-after"))


def _is_for_later(reply: Reply | None, trouble: Trouble | None) -> bool:
    if reply is not None:
        return reply.status in BUSY
    return trouble is not None and trouble.kind == "unavailable"
