"""The host's end of the two pipes to a worker: requests out, checked responses in."""

from __future__ import annotations

import os
import select
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.local.frames import REQUEST, RESPONSE

if TYPE_CHECKING:
    from pytest_metamorphic_guard.executors.local.process import Process

__all__ = ["Channel", "ExpiredError", "ForgedError", "GoneError", "Response"]

_CHUNK = 1 << 16
_LARGE_CHUNK = 1 << 20


class ExpiredError(Exception):
    """The deadline passed before the response was complete."""


class GoneError(Exception):
    """The worker ended, or closed its pipe, before the response was complete."""


class ForgedError(Exception):
    """What arrived is not the response to the request; its text says why."""


@dataclass(frozen=True, slots=True)
class Response:
    """One response; its body is not decoded yet.

    Attributes:
        kind: One of the kinds in `frames`.
        duration_ns: Duration of the call, as the worker claims it.
        cpu_ns: CPU time of the call, likewise.
        peak_kib: Peak resident memory of the process, likewise.
        body: A value in the wire format.
    """

    kind: bytes
    duration_ns: int
    cpu_ns: int
    peak_kib: int
    body: memoryview


class Channel:
    """Exchanges requests and responses with one worker.

    Args:
        process: The worker.
        limit: Longest body of a response in bytes.
    """

    def __init__(self, process: Process, limit: int) -> None:
        self._process = process
        self._limit = limit
        self._answers = select.poll()
        self._answers.register(process.responses, select.POLLIN)
        if process.pidfd >= 0:
            self._answers.register(process.pidfd, select.POLLIN)
        os.set_blocking(process.requests, False)
        os.set_blocking(process.responses, False)

    def is_quiet(self) -> bool:
        """Return whether the worker lives and has nothing to say, as it should between calls."""
        return not self._answers.poll(0)

    def exchange(self, kind: bytes, body: bytes, deadline: float) -> Response:
        """Send a request and return the response to it.

        Args:
            kind: One of the kinds in `frames`.
            body: The request's body.
            deadline: Value of ``time.monotonic()`` by which the response must be complete.

        Raises:
            ExpiredError: It was not.
            GoneError: The worker ended.
            ForgedError: Something else than the response arrived.
        """
        nonce = os.urandom(16)
        self._send(REQUEST.pack(kind, nonce, len(body)) + body, deadline)
        data = self._receive_first(deadline)
        found, answer, duration, cpu, peak, length = RESPONSE.unpack_from(data)
        if found != nonce:
            raise ForgedError("the response does not belong to the call")
        if length > self._limit:
            raise ForgedError(f"the response announces {length:,} bytes")
        missing = length + RESPONSE.size - len(data)
        if missing < 0:
            raise ForgedError("more than one response arrived")
        if missing:
            self._receive_rest(data, missing, deadline)
        return Response(answer, duration, cpu, peak, memoryview(data)[RESPONSE.size :])

    def _send(self, frame: bytes, deadline: float) -> None:
        sent = 0
        view = memoryview(frame)
        writable = None
        while sent < len(frame):
            try:
                sent += os.write(self._process.requests, view[sent:])
            except BlockingIOError:
                if writable is None:
                    writable = select.poll()
                    writable.register(self._process.requests, select.POLLOUT)
                if not writable.poll(_milliseconds(deadline)):
                    raise ExpiredError from None
            except BrokenPipeError:
                raise GoneError from None

    def _receive_first(self, deadline: float) -> bytearray:
        data = bytearray()
        while len(data) < RESPONSE.size:
            data += self._read(_CHUNK, deadline)
        return data

    def _receive_rest(self, data: bytearray, missing: int, deadline: float) -> None:
        while missing:
            # Never more than is missing: what follows is found before the next call.
            part = self._read(min(missing, _LARGE_CHUNK), deadline)
            data += part
            missing -= len(part)

    def _read(self, length: int, deadline: float) -> bytes:
        while True:
            ready = self._answers.poll(_milliseconds(deadline))
            if not ready:
                raise ExpiredError
            try:
                part = os.read(self._process.responses, length)
            except BlockingIOError:
                if any(descriptor == self._process.pidfd for descriptor, _ in ready):
                    # Dead, and nothing in the pipe, which a child of it may still hold open.
                    raise GoneError from None
                continue
            if not part:
                raise GoneError
            return part


def _milliseconds(deadline: float) -> int:
    left = deadline - time.monotonic()
    if left <= 0:
        raise ExpiredError
    # Rounded up, so that the last poll does not spin.
    return int(left * 1000) + 1
