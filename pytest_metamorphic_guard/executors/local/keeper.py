"""A parent for a worker that may start processes: it outlives the worker by the time of a sweep.

Without it, a process that left the worker's group would survive: nobody else is its ancestor.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from typing import TYPE_CHECKING, NoReturn

from pytest_metamorphic_guard.executors.local.hardening.libc import (
    LIBRARY,
    PR_SET_CHILD_SUBREAPER,
    PR_SET_PDEATHSIG,
    call_prctl,
)
from pytest_metamorphic_guard.executors.local.hardening.parent import tie_to_parent

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Sweeper", "enter_namespaces", "keep"]

# user, process, network, IPC and host name namespaces
_NAMESPACES = 0x10000000 | 0x20000000 | 0x40000000 | 0x08000000 | 0x04000000
_ROUNDS = 4_000
_PAUSE_S = 0.0005
_STATUS_BYTES = 4


class _EndedError(BaseException):
    """The host asked the keeper to end."""


class Sweeper:
    """Kills what a process left behind; orphans of its descendants become its own children."""

    def __init__(self, *, is_alone: bool = False) -> None:
        self._is_alone = is_alone
        if sys.platform == "linux":
            call_prctl(PR_SET_CHILD_SUBREAPER, 1)
        self._children = -1
        with contextlib.suppress(OSError):
            # Opened before confinement; it tells of the thread that opened it, whoever reads it.
            self._children = os.open("/proc/thread-self/children", os.O_RDONLY | os.O_CLOEXEC)

    def sweep(self) -> int:
        """Kill and reap every descendant; return how many there were, or -1 if some resist."""
        count = 0
        for _ in range(_ROUNDS):
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return count
            if pid:
                count += 1
                continue
            self._kill_children()
            time.sleep(_PAUSE_S)
        return -1

    def close(self) -> None:
        """Give up what only the sweeping process needs."""
        if self._children >= 0:
            os.close(self._children)
            self._children = -1

    def _kill_children(self) -> None:
        with contextlib.suppress(OSError):
            if self._is_alone:
                os.kill(-1, signal.SIGKILL)  # everything else in our process namespace
                return
            for pid in map(int, os.pread(self._children, 1 << 16, 0).split()):
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)


def keep(close: Callable[[], None]) -> None:
    """Fork. The child returns; the parent waits for it, sweeps, and ends the way the child did.

    Args:
        close: Closes what belongs to the child alone; called in the parent.
    """
    _ask_rather_than_kill()
    sweeper = Sweeper()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        sweeper.close()
        tie_to_parent(parent)
        return
    close()
    status = 0
    try:
        _, status = os.waitpid(child, 0)
    except _EndedError:
        with contextlib.suppress(OSError):
            os.kill(child, signal.SIGKILL)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sweeper.sweep()
    _end_like(status)


def enter_namespaces(close: Callable[[], None]) -> None:
    """Go on as a child in namespaces of its own: no other process and no network is there.

    When that child ends, the kernel ends everything in its namespace.

    Args:
        close: Closes what belongs to the child alone; called in the ancestors that stay behind.

    Raises:
        OSError: The system does not let this user make namespaces.
    """
    uid, gid = os.getuid(), os.getgid()
    if LIBRARY.unshare(_NAMESPACES) != 0:
        raise OSError("user namespaces are not available")
    with contextlib.suppress(OSError):
        _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{uid} {uid} 1")
    _write("/proc/self/gid_map", f"{gid} {gid} 1")
    reader, writer = os.pipe()
    _ask_rather_than_kill()
    first = os.fork()
    if first:
        close()
        os.close(writer)
        _wait_outside(first, reader)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.close(reader)
    assert os.getpid() == 1, "the first process of a namespace"
    with contextlib.suppress(OSError):
        call_prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    second = os.fork()
    if second:
        close()
        _wait_as_first(second, writer)
    os.close(writer)
    tie_to_parent(1)


def _ask_rather_than_kill() -> None:
    """Let the death of the host, or its wish, raise an exception here, so that a sweep follows."""
    with contextlib.suppress(OSError):
        call_prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.signal(signal.SIGTERM, _raise_ended)


def _wait_outside(first: int, reader: int) -> NoReturn:
    status = b""
    try:
        status = os.read(reader, _STATUS_BYTES)
    except _EndedError:
        with contextlib.suppress(OSError):
            os.kill(first, signal.SIGKILL)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # Returns when everything in the namespace has ended.
    os.waitpid(first, 0)
    _end_like(int.from_bytes(status, "little") if status else signal.SIGKILL)


def _wait_as_first(child: int, writer: int) -> NoReturn:
    while True:
        pid, status = os.wait()
        if pid == child:
            os.write(writer, status.to_bytes(_STATUS_BYTES, "little"))
            os._exit(0)


def _end_like(status: int) -> NoReturn:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        with contextlib.suppress(OSError):
            signal.signal(number, signal.SIG_DFL)
        with contextlib.suppress(ValueError):
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [number])
        os.kill(os.getpid(), number)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _raise_ended(_number: int, _frame: object) -> NoReturn:
    raise _EndedError


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
