"""The host's side of the process that starts programs."""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import subprocess
import sys
from typing import Any

__all__ = ["Launcher", "LostError", "RefusedError"]

_PATIENCE_S = 30.0
_ENDING_S = 10.0
_PACKAGE = __name__.split(".", maxsplit=1)[0]
_ROOMS = ("", ".executors", ".executors.command", ".executors.local", ".executors.local.hardening")
# The rooms are loaded without what their first files would load with them.
_BOOTSTRAP = f"""
import sys, types
root, descriptor = sys.argv[1:]
sys.path.insert(0, root)
for name in {[_PACKAGE + room for room in _ROOMS]!r}:
    room = sys.modules[name] = types.ModuleType(name)
    room.__path__ = [root + "/" + name.replace(".", "/")]
from {_PACKAGE}.executors.command.starter import main
main(int(descriptor))
"""


class RefusedError(Exception):
    """The program could not be started; the text says why."""


class LostError(Exception):
    """The process that starts programs is gone."""


class Launcher:
    """A process that starts one program at a time, and ends it with all that it started.

    Args:
        cage: What the programs are kept in; see `Cage`.

    Raises:
        RefusedError: The system cannot confine as it is told.
        LostError: It cannot be started.

    Attributes:
        missing: What this system lacks, one phrase each.
    """

    def __init__(self, cage: dict[str, Any]) -> None:
        self._socket, theirs = socket.socketpair()
        self._said = b""
        root = os.path.abspath(__file__)
        for _ in range(4):
            root = os.path.dirname(root)
        try:
            with theirs:
                words = [sys.executable, "-I", "-S", "-c", _BOOTSTRAP, root, str(theirs.fileno())]
                self._process = subprocess.Popen(
                    words,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
        except OSError as error:
            self._socket.close()
            raise LostError(f"no process can be started: {error}") from error
        try:
            self.missing: list[str] = self._ask({"do": "prepare", **cage})["missing"]
        except BaseException:
            self.close()
            raise

    def fileno(self) -> int:
        """Return the descriptor that is readable when there is something to `hear`."""
        return self._socket.fileno()

    @property
    def has_heard(self) -> bool:
        """Whether it said something already, for which there is nothing to wait."""
        return b"\n" in self._said

    def start(self, told: dict[str, Any], streams: list[int]) -> int:
        """Start a program with these standard streams, and return its number.

        Raises:
            RefusedError: The kernel does not execute it.
            LostError: This process is gone.
        """
        pid: int = self._ask({"do": "start", **told}, streams)["pid"]
        return pid

    def hear(self, seconds: float = 0.0) -> dict[str, Any] | None:
        """Return what it said next, None for nothing in this time.

        Raises:
            LostError: This process is gone.
        """
        while b"\n" not in self._said:
            # Not `select`, which knows no descriptors beyond 1,023.
            poll = select.poll()
            poll.register(self._socket, select.POLLIN)
            if not poll.poll(int(seconds * 1000)):
                return None
            try:
                part = self._socket.recv(1 << 16)
            except OSError:
                part = b""
            if not part:
                raise LostError("the process that starts programs is gone")
            self._said += part
        line, _, self._said = self._said.partition(b"\n")
        said: dict[str, Any] = json.loads(line)
        return said

    def kill(self) -> None:
        """Kill the program; `hear` says when it has ended. Any thread may call it."""
        with contextlib.suppress(OSError):
            self._socket.sendall(b'{"do":"kill"}\n')

    def close(self) -> None:
        """End everything. It may be called again."""
        self._socket.close()
        try:
            self._process.wait(_ENDING_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _ask(self, told: dict[str, Any], streams: list[int] | None = None) -> dict[str, Any]:
        data = json.dumps(told).encode() + b"\n"
        try:
            if streams:
                sent = socket.send_fds(self._socket, [data], streams)
                self._socket.sendall(data[sent:])
            else:
                self._socket.sendall(data)
        except OSError as error:
            raise LostError("the process that starts programs is gone") from error
        said = self.hear(_PATIENCE_S)
        if said is None:
            raise LostError("the process that starts programs does not answer")
        if "error" in said:
            raise RefusedError(said["error"])
        return said
