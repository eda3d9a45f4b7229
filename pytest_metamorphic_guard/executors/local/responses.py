"""The responses of a worker, checked as far as their heads tell: what they are, or why not."""

from __future__ import annotations

from typing import NamedTuple

from pytest_metamorphic_guard.executors.local.frames import RESPONSE

__all__ = [
    "MANY",
    "Collected",
    "ExpiredError",
    "ForgedError",
    "GoneError",
    "Received",
    "Response",
    "read_head",
    "read_length",
    "read_whole",
]

MANY = "more than one response arrived"


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


class Received(NamedTuple):
    """The response to one of several calls that were sent together.

    Attributes:
        response: It.
        was_awaited: Whether the host was waiting when it came, so that it knows when.
    """

    response: Response
    was_awaited: bool


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
        response, missing = read_head(self.data, self.nonce, self.most)
        if missing:
            raise ForgedError("the response is incomplete")
        return response


def read_length(data: bytearray, nonce: bytes, limit: int, at: int = 0) -> int:
    """Return the length of the body that follows the head that begins there.

    Raises:
        ForgedError: It is no head of the response with this nonce, or of too long a body.
    """
    found, _, _, _, _, length = RESPONSE.unpack_from(data, at)
    if found != nonce:
        raise ForgedError("the response does not belong to the call")
    if length > limit:
        raise ForgedError(f"the response announces {length:,} bytes")
    return int(length)


def read_whole(data: bytearray, at: int, length: int) -> Response:
    """Return the response whose checked head begins there, with a body of this length."""
    _, kind, duration, cpu, peak, _ = RESPONSE.unpack_from(data, at)
    start = at + RESPONSE.size
    # A view of the buffer would keep it from growing.
    body = memoryview(data[start : start + length])
    return Response(kind, duration, cpu, peak, body)


def read_head(data: bytearray, nonce: bytes, limit: int) -> tuple[Response, int]:
    """Return a response, and how many bytes of its body are missing: it has none until then.

    Raises:
        ForgedError: It is no response with this nonce, or more than that.
    """
    missing = read_length(data, nonce, limit) + RESPONSE.size - len(data)
    if missing < 0:
        raise ForgedError(MANY)
    _, kind, duration, cpu, peak, _ = RESPONSE.unpack_from(data)
    # The view would keep the buffer from growing.
    body = memoryview(b"") if missing else memoryview(data)[RESPONSE.size :]
    return Response(kind, duration, cpu, peak, body), missing
