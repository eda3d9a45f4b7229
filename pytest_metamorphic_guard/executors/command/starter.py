"""The process that starts programs and ends them with all that they started.

It is told what to do in lines of JSON through a socket, and ends when that is closed. It runs none
of the program's code: between two calls of it stands a new process.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
from typing import Any

from pytest_metamorphic_guard.executors.command.confining import Cage
from pytest_metamorphic_guard.executors.local.directories import empty_tree
from pytest_metamorphic_guard.executors.local.hardening.libc import wait_with_usage
from pytest_metamorphic_guard.executors.local.keeper import Sweeper

__all__ = ["main"]

_MOST_BYTES = 1 << 24
_STREAMS = 3
_LOST_POLL_MS = 20


def main(descriptor: int) -> None:
    """Serve the host until it closes the socket."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the host's to answer
    host = socket.socket(fileno=descriptor)
    starter = _Starter(host)
    try:
        starter.serve()
    finally:
        starter.end()


class _Starter:
    """Starts one program at a time.

    Args:
        host: The socket.
    """

    def __init__(self, host: socket.socket) -> None:
        self._host = host
        self._sweeper = Sweeper()
        self._cage: Cage | None = None
        self._child = 0
        self._pidfd = -1
        self._begun = b""
        self._streams: list[int] = []

    def serve(self) -> None:
        """Do what is asked for, and say when the program ends."""
        poll = select.poll()
        poll.register(self._host, select.POLLIN)
        while True:
            watched = self._pidfd
            if watched >= 0:
                poll.register(watched, select.POLLIN)
            lost = self._child and watched < 0  # no such descriptors here
            ready = {number for number, _ in poll.poll(_LOST_POLL_MS if lost else None)}
            if watched >= 0:
                poll.unregister(watched)
            if self._host.fileno() in ready and not self._obey():
                return
            if self._child and (lost or watched in ready):
                self._reap()

    def end(self) -> None:
        """Kill the program and all that it started."""
        self._kill()
        self._sweeper.sweep()

    def _obey(self) -> bool:
        try:
            data, streams, *_ = socket.recv_fds(self._host, _MOST_BYTES, _STREAMS)
        except OSError:
            return False
        if not data:
            return False
        *lines, self._begun = (self._begun + data).split(b"\n")
        self._streams += streams
        for line in lines:
            told = json.loads(line)
            match told.pop("do"):
                case "prepare":
                    self._prepare(told)
                case "start":
                    streams, self._streams = self._streams, []
                    self._start(told, streams)
                case _:  # "kill"
                    self._kill()
        return True

    def _kill(self) -> None:
        if self._child:
            with contextlib.suppress(OSError):
                os.kill(self._child, signal.SIGKILL)

    def _prepare(self, told: dict[str, Any]) -> None:
        try:
            self._cage = Cage(told)
        except OSError as error:
            self._tell(error=f"cannot confine it: {error}")
        else:
            self._tell(missing=self._cage.missing)

    def _start(self, told: dict[str, Any], streams: list[int]) -> None:
        assert self._cage is not None
        if told["processor"] is not None:
            with contextlib.suppress(OSError):
                os.sched_setaffinity(0, {told["processor"]})
        # Nothing of an earlier start is seen by this one.
        with contextlib.suppress(OSError):
            empty_tree(told["directory"])
        reader, writer = os.pipe()
        parent = os.getpid()
        child = os.fork()
        if not child:
            self._become(told, streams, parent, writer)
        self._child = child
        os.close(writer)
        for stream in streams:
            os.close(stream)
        refused = b""
        while part := os.read(reader, 1 << 12):
            refused += part
        os.close(reader)
        if refused:
            wait_with_usage(child)
            self._child = 0
            self._tell(error=refused.decode("utf-8", "replace"))
            return
        if hasattr(os, "pidfd_open"):
            with contextlib.suppress(OSError):
                self._pidfd = os.pidfd_open(child)
        self._tell(pid=child)

    def _become(self, told: dict[str, Any], streams: list[int], parent: int, writer: int) -> None:
        """Become the program; what keeps from it is written to a pipe that this would close."""
        assert self._cage is not None
        try:
            self._host.close()
            self._sweeper.close()
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
                os.close(stream)
            self._cage.enter(parent)
            os.execve(told["program"], told["words"], told["environment"])
        except BaseException as error:  # noqa: BLE001 - nothing else may run here
            said = getattr(error, "strerror", None) or str(error)
            with contextlib.suppress(OSError):
                os.write(writer, f"{said} ({type(error).__name__})".encode()[:2000])
        finally:
            os._exit(127)

    def _reap(self) -> None:
        if self._pidfd < 0 and not _has_ended(self._child):
            return
        status, cpu_ns, peak_kb = wait_with_usage(self._child)
        if self._pidfd >= 0:
            os.close(self._pidfd)
        self._child, self._pidfd = 0, -1
        self._sweeper.sweep()
        ended = os.waitstatus_to_exitcode(status)
        self._tell(ended=ended, cpu_ms=cpu_ns / 1e6, peak_memory_mb=peak_kb / 1024)

    def _tell(self, **said: object) -> None:
        with contextlib.suppress(OSError):
            self._host.sendall(json.dumps(said).encode() + b"\n")


def _has_ended(pid: int) -> bool:
    found = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    return found is not None
