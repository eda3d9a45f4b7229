"""The host's side of a warm worker: one process that imported the candidate and answers calls."""

from __future__ import annotations

import time

from pytest_metamorphic_guard.executors.local import frames
from pytest_metamorphic_guard.executors.local.payloads import Payload, make_ended
from pytest_metamorphic_guard.executors.local.sandbox import Sandbox

__all__ = ["WarmWorker"]


class WarmWorker(Sandbox):
    """A process in which calls follow each other, and see what earlier ones left."""

    _entry = "worker"

    def _exchange(self, func_name: str, body: bytes, timeout_s: float) -> tuple[Payload, bool]:
        start = time.monotonic()
        response = self._channel.exchange(frames.CALL, body, start + timeout_s)
        payload = self._reader.read_call(response, func_name, time.monotonic() - start)
        # What did not fit into the file is still in the buffers, and a later call would print it.
        return payload, payload.get("error_type") != "output_limit"

    def _name_loss(self, status: int) -> Payload:
        return make_ended(status)
