"""The host's end of the two pipes to a worker: requests out, checked responses in."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import time
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.local.frames import CALL, NONCE_BYTES, REQUEST, RESPONSE
from pytest_metamorphic_guard.executors.local.responses import (
    MANY,
    Collected,
    ExpiredError,
    ForgedError,
    GoneError,
    Received,
    Response,
    read_head,
    read_length,
    read_whole,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pytest_metamorphic_guard.executors.local.process import Process

__all__ = ["Channel"]

_CHUNK = 1 << 16
_LARGE_CHUNK = 1 << 20
_READS = 16
# What a pipe holds at least, where the system does not tell.
_SMALLEST_PIPE = 4096


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
        self._room = _find_room(process.requests)

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

    def count_together(self, bodies: Sequence[bytes]) -> int:
        """Return how many of these requests fit into the pipe, so that none waits to be read."""
        left = self._room
        for number, body in enumerate(bodies):
            left -= REQUEST.size + len(body)
            if left < 0:
                return number
        return len(bodies)

    def send_all(
        self, bodies: Sequence[bytes], deadline: float, wake: Callable[[], None]
    ) -> list[bytes]:
        """Send calls at once, no more than fit together, and return their nonces.

        Args:
            bodies: The requests' bodies.
            deadline: As for `exchange`, which also says what is raised.
            wake: As for `exchange`.
        """
        drawn = os.urandom(NONCE_BYTES * len(bodies))
        nonces = [drawn[at : at + NONCE_BYTES] for at in range(0, len(drawn), NONCE_BYTES)]
        frame = b"".join(
            REQUEST.pack(CALL, nonce, len(body)) + body
            for nonce, body in zip(nonces, bodies, strict=True)
        )
        self._send(frame, deadline, wake)
        return nonces

    def receive_all(self, nonces: Sequence[bytes], seconds: float) -> Iterator[Received]:
        """Yield the response to each call that was sent, in turn.

        Args:
            nonces: Those of the calls.
            seconds: What each of them may take; `exchange` says what is raised.
        """
        data, at = bytearray(), 0
        for number, nonce in enumerate(nonces, start=1):
            deadline = time.monotonic() + seconds
            was_awaited = False
            if len(data) < at + RESPONSE.size:
                del data[:at]
                at, was_awaited = 0, self.is_quiet()
                while len(data) < RESPONSE.size:
                    data += self._read(_CHUNK, deadline)
            length = read_length(data, nonce, self._limit, at)
            end = at + RESPONSE.size + length
            if len(data) < end:
                self._receive_rest(data, end - len(data), deadline)
            response = read_whole(data, at, length)
            at = end
            if number == len(nonces) and len(data) > end:
                raise ForgedError(MANY)
            yield Received(response, was_awaited=was_awaited)

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
        response, missing = read_head(data, nonce, self._limit)
        if missing:
            self._receive_rest(data, missing, deadline)
            response, _ = read_head(data, nonce, self._limit)
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


def _find_room(descriptor: int) -> int:
    """Return how many bytes an empty pipe takes at once."""
    try:
        return fcntl.fcntl(descriptor, fcntl.F_GETPIPE_SZ)
    except (AttributeError, OSError):  # not this system
        return _SMALLEST_PIPE
