"""The host's side of a warm worker: one process that imported the candidate and answers calls."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.local import frames
from pytest_metamorphic_guard.executors.local.durations import SLACK_MS, Stopwatch, is_contradicted
from pytest_metamorphic_guard.executors.local.payloads import Payload, make_ended
from pytest_metamorphic_guard.executors.local.sandbox import Sandbox

if TYPE_CHECKING:
    from pytest_metamorphic_guard.executors.local.wishes import Wish

__all__ = ["WarmWorker"]


class WarmWorker(Sandbox):
    """A process in which calls follow each other, and see what earlier ones left."""

    _entry = "worker"

    def __init__(self, wish: Wish, directory: str) -> None:
        super().__init__(wish, directory)
        self._watch = Stopwatch(self._process.pid)

    def end(self) -> None:
        """Kill it."""
        self._watch.close()
        super().end()

    def _exchange(self, func_name: str, body: bytes, timeout_s: float) -> tuple[Payload, bool]:
        start = self._watch.begin()
        wake = self._process.wake
        response = self._channel.exchange(frames.CALL, body, start + timeout_s, wake)
        observed_s = time.monotonic() - start
        sizes = len(body), len(response.body)
        payload = self._reader.read_call(response, func_name, observed_s)
        seen_ms = observed_s * 1e3
        claimed_ms = payload["duration_ms"]
        # Only where it may matter is it read how long anybody waited.
        if is_contradicted(claimed_ms, seen_ms, sizes, SLACK_MS):
            slack_ms = SLACK_MS + self._watch.read_waited_ms()
            if is_contradicted(claimed_ms, seen_ms, sizes, slack_ms):
                payload["duration_ms"] = seen_ms
        # What did not fit into the file is still in the buffers, and a later call would print it.
        return payload, payload.get("error_type") != "output_limit"

    def _name_loss(self, status: int) -> Payload:
        return make_ended(status)
