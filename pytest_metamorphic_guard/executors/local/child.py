"""A zygote's end of one child: the call is handed over to it, and its end awaited."""

from __future__ import annotations

import _socket
import os
import select
import signal
from typing import TYPE_CHECKING, NamedTuple

from pytest_metamorphic_guard.executors.local.frames import (
    CALL,
    CALL_PHASE,
    IMPORT_PHASE,
    REQUEST,
)
from pytest_metamorphic_guard.executors.local.line import (
    read_exactly,
    receive_descriptors,
    send_descriptors,
    write_all,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

__all__ = ["OPEN_FILES", "Child", "Order", "Running", "open_streams", "say_loaded", "take_order"]

# What comes with an order: see `Order`.
OPEN_FILES = 3

_int = int


class Order(NamedTuple):
    """What a child is to do.

    Attributes:
        nonce: The call's.
        body: The function's name, the limit and the arguments, as the host sent them.
        descriptors: To which the response, the standard output and the standard error are written.
    """

    nonce: bytes
    body: bytes
    descriptors: list[int]


class Child:
    """A copy of this process that gets ready by itself and then waits for its one call.

    Args:
        live: What the copy does, given its end of the connection; must not return.
    """

    def __init__(self, live: Callable[[_socket.socket], NoReturn]) -> None:
        self._connection, other = _socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            self._connection.close()
            live(other)
        other.close()

    def hand_over(self, order: Order) -> bool:
        """Let it begin with the call; return whether it was there to take it."""
        head = REQUEST.pack(CALL, order.nonce, len(order.body))
        try:
            send_descriptors(self._connection, head, order.descriptors)
            write_all(self._connection.fileno(), order.body)
        except OSError:
            return False
        return True

    def wait(self, timeout_s: float, import_timeout_s: float | None) -> int:
        """Wait until it ended, and kill it when its time is over.

        Args:
            timeout_s: Seconds for the call.
            import_timeout_s: Seconds for the import that comes first, if one does.

        Returns:
            The phase in which its time was over, or 0.
        """
        ended = os.pidfd_open(self.pid)
        poll = select.poll()
        poll.register(ended, select.POLLIN)
        phase, limit = CALL_PHASE, timeout_s
        if import_timeout_s is not None:
            phase, limit = IMPORT_PHASE, import_timeout_s
            poll.register(self._connection, select.POLLIN)
        try:
            while True:
                ready = [descriptor for descriptor, _ in poll.poll(_int(limit * 1000) + 1)]
                if ended in ready:
                    return 0
                if not ready:
                    # Not reaped yet, so the number is still the child's.
                    os.kill(self.pid, signal.SIGKILL)
                    return phase
                poll.unregister(self._connection)
                phase, limit = CALL_PHASE, timeout_s
        finally:
            os.close(ended)

    def close(self) -> None:
        """Give up the connection to it."""
        self._connection.close()


class Running(NamedTuple):
    """A call that was handed over and has not ended.

    Attributes:
        child: The copy that makes it.
        nonce: The call's.
        timeout_s: Seconds that it may take.
        start: When it began, in ns.
    """

    child: Child
    nonce: bytes
    timeout_s: float
    start: int


def take_order(connection: _socket.socket) -> Order:
    """Wait, in the child, for what it is to do.

    Raises:
        HostGoneError: The zygote ended.
    """
    head, descriptors = receive_descriptors(connection, REQUEST.size, OPEN_FILES)
    _, nonce, length = REQUEST.unpack(head)
    return Order(nonce, read_exactly(connection.fileno(), length), descriptors)


def open_streams(streams: list[int]) -> None:
    """Give the child streams of its own: what one holds open, its copies can move and lock."""
    for number, descriptor in enumerate((os.open(os.devnull, os.O_RDONLY), *streams)):
        os.dup2(descriptor, number)
        os.close(descriptor)


def say_loaded(connection: _socket.socket) -> None:
    """Say, in the child, that the import is over and the call begins."""
    connection.send(b"l")
    connection.close()
