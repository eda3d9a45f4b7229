"""The host's side of a warm worker: one process that imported the candidate and answers calls."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.local import frames
from pytest_metamorphic_guard.executors.local.durations import SLACK_MS, Stopwatch, is_contradicted
from pytest_metamorphic_guard.executors.local.payloads import Payload, make_ended
from pytest_metamorphic_guard.executors.local.responses import (
    ExpiredError,
    ForgedError,
    GoneError,
)
from pytest_metamorphic_guard.executors.local.sandbox import LONGEST_S, Sandbox, make_body

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_metamorphic_guard.executors.local.process import Process
    from pytest_metamorphic_guard.executors.local.wishes import Wish

__all__ = ["WarmWorker"]

# Answers wait for their turn in the host: what gives larger ones is called one by one, and calls
# end that suddenly give more than so much together.
_LARGE_ANSWER = 16 << 10
_MOST_ANSWERS = 4 << 20


class WarmWorker(Sandbox):
    """A process in which calls follow each other, and see what earlier ones left.

    Attributes:
        prints: Whether a call printed something that was sent together with others: whose it is
            nobody can tell then.
    """

    entry = "worker"
    takes_many = True

    def __init__(self, wish: Wish, process: Process) -> None:
        super().__init__(wish, process)
        self._watch = Stopwatch(self._process.pid)
        self.prints = False
        self._largest = 0

    def end(self) -> None:
        """Kill it."""
        self._watch.close()
        super().end()

    def begin_all(
        self, func_name: str, arguments: Sequence[bytes], timeout_s: float
    ) -> Callable[[], tuple[list[Payload], bool]] | None:
        """Send calls that are answered one after another, and return what waits for the answers.

        That returns the payloads of the first of these calls, at least of one, and whether another
        call can be made. None where the first, or an answer so far, is too large for that.
        """
        if self._largest > _LARGE_ANSWER:
            return None
        timeout_s = min(timeout_s, LONGEST_S)
        bodies = [make_body(func_name, dumped, timeout_s) for dumped in arguments]
        bodies = bodies[: self._channel.count_together(bodies)]
        if not bodies:
            return None
        self._preparation.begin_calls()
        begun = self._watch.begin()
        try:
            nonces = self._channel.send_all(bodies, begun + timeout_s, self._process.wake)
        except (ExpiredError, GoneError) as end:
            lost = [self._conclude(end, timeout_s)], False
            return lambda: lost
        sizes = tuple(map(len, bodies))
        return lambda: self._finish_all(func_name, nonces, sizes, begun, timeout_s)

    def _finish_all(
        self,
        func_name: str,
        nonces: Sequence[bytes],
        sizes: tuple[int, ...],
        begun: float,
        timeout_s: float,
    ) -> tuple[list[Payload], bool]:
        payloads: list[Payload] = []
        before, left = begun, _MOST_ANSWERS
        received = self._channel.receive_all(nonces, timeout_s)
        try:
            for (response, was_awaited), size in zip(received, sizes, strict=True):
                now = time.monotonic()
                payload = self._reader.read_call(response, func_name, now - begun)
                if was_awaited:  # otherwise nobody saw when it came
                    self._correct(payload, now - before, (size, len(response.body)))
                before = now
                payloads.append(payload)
                self._largest = max(self._largest, len(response.body))
                left -= len(response.body)
                if payload["stdout"] or payload["stderr"]:
                    self.prints = True
                if payload.get("error_type") == "output_limit" or left < 0:
                    return payloads, False
        except (ExpiredError, GoneError, ForgedError) as end:
            return [*payloads, self._conclude(end, timeout_s)], False
        self._process.rest()
        return payloads, True

    def _exchange(self, func_name: str, body: bytes, timeout_s: float) -> tuple[Payload, bool]:
        start = self._watch.begin()
        wake = self._process.wake
        response = self._channel.exchange(frames.CALL, body, start + timeout_s, wake)
        observed_s = time.monotonic() - start
        payload = self._reader.read_call(response, func_name, observed_s)
        self._correct(payload, observed_s, (len(body), len(response.body)))
        self._largest = max(self._largest, len(response.body))
        # What did not fit into the file is still in the buffers, and a later call would print it.
        return payload, payload.get("error_type") != "output_limit"

    def _correct(self, payload: Payload, seen_s: float, sizes: tuple[int, int]) -> None:
        """Give a call the duration that the host saw, where the process claims too little."""
        seen_ms = seen_s * 1e3
        claimed_ms = payload["duration_ms"]
        # Only where it may matter is it read how long anybody waited.
        if is_contradicted(claimed_ms, seen_ms, sizes, SLACK_MS):
            slack_ms = SLACK_MS + self._watch.read_kept_ms()
            if is_contradicted(claimed_ms, seen_ms, sizes, slack_ms):
                payload["duration_ms"] = seen_ms

    def _name_loss(self, status: int) -> Payload:
        return make_ended(status)
