"""The worker's end of the pipes to the host, and what else passes between processes of ours.

The module ``socket`` is not used: its functions look each other up where candidates replace them,
as guards against the network do.
"""

from __future__ import annotations

import _socket
import array
import fcntl
import os
import select

from pytest_metamorphic_guard.executors.local.frames import REQUEST

__all__ = [
    "HostGoneError",
    "Line",
    "move_descriptor",
    "read_exactly",
    "receive_descriptors",
    "send_descriptors",
    "write_all",
]

# Out of the way of candidates that close or reuse the first few descriptors; a container may have
# a low limit on them.
_FIRST_DESCRIPTOR = min(100, os.sysconf("SC_OPEN_MAX") // 2)
_CHUNK = 1 << 20

_poll = select.poll
_POLLIN = select.POLLIN
_read = os.read
_write = os.write
_len = len
_min = min
_bytearray = bytearray
_bytes = bytes
_memoryview = memoryview
_unpack = REQUEST.unpack
_HEAD = REQUEST.size


class HostGoneError(Exception):
    """The host closed its end: nobody is waiting for an answer."""


class Line:
    """Two pipes: requests come in, responses go out."""

    def __init__(self, requests: int, responses: int) -> None:
        self._requests = move_descriptor(requests)
        self._responses = move_descriptor(responses)

    def await_request(self) -> None:
        """Wait until there is something to receive, which the end of the host is, too."""
        poll = _poll()
        poll.register(self._requests, _POLLIN)
        poll.poll()

    def receive(self) -> tuple[bytes, bytes, bytes]:
        """Return the kind, nonce and body of the next request."""
        kind, nonce, length = _unpack(read_exactly(self._requests, _HEAD))
        return kind, nonce, read_exactly(self._requests, length)

    def send(self, frame: bytes) -> None:
        """Write one response."""
        write_all(self._responses, frame)

    def close(self) -> None:
        """Give the pipes up, in a process that is not to serve."""
        os.close(self._requests)
        os.close(self._responses)


def read_exactly(descriptor: int, length: int) -> bytes:
    """Return so many bytes.

    Raises:
        HostGoneError: The other end was closed before.
    """
    data = _read(descriptor, _min(length, _CHUNK))
    if _len(data) == length:
        return data
    parts = _bytearray(data)
    while _len(parts) < length:
        data = _read(descriptor, _min(length - _len(parts), _CHUNK))
        if not data:
            raise HostGoneError
        parts += data
    return _bytes(parts)


def send_descriptors(connection: _socket.socket, message: bytes, descriptors: list[int]) -> None:
    """Send one short message with descriptors.

    Raises:
        OSError: The other end was closed.
    """
    numbers = array.array("i", descriptors)
    connection.sendmsg([message], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, numbers)])


def receive_descriptors(
    connection: _socket.socket, length: int, count: int
) -> tuple[bytes, list[int]]:
    """Return the bytes of one short message, and the descriptors that came with it.

    Raises:
        HostGoneError: The other end was closed.
    """
    descriptors = array.array("i")
    space = _socket.CMSG_SPACE(count * descriptors.itemsize)
    data, ancillary, _, _ = connection.recvmsg(length, space)
    if not data:
        raise HostGoneError
    for _, _, content in ancillary:
        descriptors.frombytes(content)
    return data, descriptors.tolist()


def write_all(descriptor: int, frame: bytes) -> None:
    """Write a whole frame, however little of it the pipe takes at a time."""
    sent = _write(descriptor, frame)
    while sent < _len(frame):
        sent += _write(descriptor, _memoryview(frame)[sent:])


def move_descriptor(descriptor: int) -> int:
    """Return a copy with a high number that programs started from here do not inherit."""
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _FIRST_DESCRIPTOR)
    os.close(descriptor)
    return moved
