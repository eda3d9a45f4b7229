"""The host's end of the two pipes to a worker: requests out, checked responses in."""

from __future__ import annotations

import contextlib
import os
import select
import time
from typing import TYPE_CHECKING, NamedTuple

from pytest_metamorphic_guard.executors.local.frames import CALL, NONCE_BYTES, REQUEST, RESPONSE

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.executors.local.process import Process

__all__ = ["Channel", "Collected", "ExpiredError", "ForgedError", "GoneError", "Response"]

_CHUNK = 1 << 16
_LARGE_CHUNK = 1 << 20
_READS = 16


class ExpiredError(Exception):
    """The deadline passed before the response was complete."""


class GoneError(Exception):
    """The worker ended, or closed its pipe, before the response was complete."""


class ForgedError(Exception):
    """What arrived is not the response to the request; its text says why."""


class Response(NamedTuple):
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


class Collected(NamedTuple):
    """What a call through a zygote left.

    Attributes:
        response: The zygote's, which says how the child ended.
        nonce: The call's.
        data: What arrived through the pipe of the call, but no more than ``most`` + 1 bytes.
        most: Longest frame.
    """

    response: Response
    nonce: bytes
    data: bytearray
    most: int

    def read_answer(self) -> Response | None:
        """Return the child's response, or None if it wrote none.

        Raises:
            ForgedError: It wrote something else, or something more.
        """
        if not self.data:
            return None
        if len(self.data) > self.most:
            raise ForgedError("it wrote more than a result may have")
        if len(self.data) < RESPONSE.size:
            raise ForgedError("the response is incomplete")
        response, missing = _read_head(self.data, self.nonce, self.most)
        if missing:
            raise ForgedError("the response is incomplete")
        return response


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

    def exchange(
        self,
        kind: bytes,
        body: bytes,
        deadline: float,
        wake: Callable[[], None] | None = None,
    ) -> Response:
        """Send a request and return the response to it.

        Args:
            kind: One of the kinds in `frames`.
            body: The request's body.
            deadline: Value of ``time.monotonic()`` by which the response must be complete.
            wake: Called once when as much is sent as a worker that rests can be sent, which then
                wakes once instead of once for this and once for its request.

        Raises:
            ExpiredError: It was not.
            GoneError: The worker ended.
            ForgedError: Something else than the response arrived.
        """
        nonce = os.urandom(NONCE_BYTES)
        self._send(REQUEST.pack(kind, nonce, len(body)) + body, deadline, wake)
        return self._receive(nonce, deadline)

    def collect(self, body: bytes, results: int, deadline: float) -> Collected:
        """Send a call to a zygote; return its response, and what the child wrote until then.

        Args:
            body: The request's body.
            results: Descriptor of the pipe to which the child of this call writes.
            deadline: As for `exchange`, which also says what is raised.
        """
        nonce = os.urandom(NONCE_BYTES)
        self._send(REQUEST.pack(CALL, nonce, len(body)) + body, deadline)
        os.set_blocking(results, False)
        data = bytearray()
        most = self._limit + RESPONSE.size
        self._answers.register(results, select.POLLIN)
        is_open = True
        try:
            while is_open:
                ready = {
                    descriptor for descriptor, _ in self._answers.poll(_milliseconds(deadline))
                }
                if not ready:
                    raise ExpiredError
                if results in ready:
                    is_open = _drain(results, data, most)
                elif ready:
                    break
        finally:
            self._answers.unregister(results)
        response = self._receive(nonce, deadline)
        # The child and all its descendants are dead now: what they wrote is complete.
        if is_open:
            _drain(results, data, most)
        return Collected(response, nonce, data, most)

    def _receive(self, nonce: bytes, deadline: float) -> Response:
        data = self._receive_first(deadline)
        response, missing = _read_head(data, nonce, self._limit)
        if missing:
            self._receive_rest(data, missing, deadline)
            response, _ = _read_head(data, nonce, self._limit)
        return response

    def _send(self, frame: bytes, deadline: float, wake: Callable[[], None] | None = None) -> None:
        sent = 0
        view = memoryview(frame)
        writable = None
        if wake is not None:
            # What is suppressed is met again below.
            with contextlib.suppress(BlockingIOError, BrokenPipeError):
                sent = os.write(self._process.requests, frame)
            wake()
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


def _read_head(data: bytearray, nonce: bytes, limit: int) -> tuple[Response, int]:
    found, kind, duration, cpu, peak, length = RESPONSE.unpack_from(data)
    if found != nonce:
        raise ForgedError("the response does not belong to the call")
    if length > limit:
        raise ForgedError(f"the response announces {length:,} bytes")
    missing = length + RESPONSE.size - len(data)
    if missing < 0:
        raise ForgedError("more than one response arrived")
    # The view would keep the buffer from growing.
    body = memoryview(b"") if missing else memoryview(data)[RESPONSE.size :]
    return Response(kind, duration, cpu, peak, body), missing


def _drain(descriptor: int, data: bytearray, most: int) -> bool:
    """Read what is there; return whether more may come. Beyond ``most`` nothing is kept."""
    # One read empties a pipe, unless somebody fills it all the time: the caller has a deadline.
    for _ in range(_READS):
        try:
            part = os.read(descriptor, _LARGE_CHUNK)
        except BlockingIOError:
            return True
        if not part:
            return False
        if len(data) <= most:
            data += part[: most + 1 - len(data)]
    return True


def _milliseconds(deadline: float) -> int:
    left = deadline - time.monotonic()
    if left <= 0:
        raise ExpiredError
    # Rounded up, so that the last poll does not spin.
    return int(left * 1000) + 1
