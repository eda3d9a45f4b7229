"""The standard streams of a running program: what it is told, and what is heard, within bounds."""

from __future__ import annotations

import contextlib
import os
import select
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_metamorphic_guard.executors.command.launching import Launcher

__all__ = ["EndedError", "ExpiredError", "FloodedError", "Streams"]

_CHUNK = 1 << 16
_KILLED_S = 10.0


class ExpiredError(Exception):
    """There was no answer in time."""


class FloodedError(Exception):
    """There was more than may be read."""


class EndedError(Exception):
    """The program ended instead of answering.

    Args:
        said: What became of it: ``ended``, its status, and what it used.
    """

    def __init__(self, said: dict[str, Any]) -> None:
        super().__init__(said)
        self.said = said


class Streams:
    """What stands between the host and a program, from its start to its end.

    Args:
        launcher: What starts it.
        told: How; see `Launcher.start`.
        most_bytes: Most that is read of one answer.
        most_errors: Most that is kept of standard error: the end of it.

    Raises:
        RefusedError: The program cannot be started.
        LostError: Nothing can.
    """

    def __init__(
        self, launcher: Launcher, told: dict[str, Any], most_bytes: int, most_errors: int
    ) -> None:
        self._launcher = launcher
        self._most_bytes, self._most_errors = most_bytes, most_errors
        self._heard = bytearray()
        self._errors = bytearray()
        self._left = b""
        self.end: dict[str, Any] | None = None
        theirs_in, self._in = os.pipe()
        self._out, theirs_out = os.pipe()
        self._err, theirs_err = os.pipe()
        self._open = {self._in, self._out, self._err}
        for own in self._open:
            os.set_blocking(own, False)
        theirs = [theirs_in, theirs_out, theirs_err]
        try:
            self.pid = launcher.start(told, theirs)
        except BaseException:
            self._close(*self._open)
            raise
        finally:
            for number in theirs:
                os.close(number)

    @property
    def stderr(self) -> str:
        """The end of what was written to standard error since this was last asked."""
        text = self._errors.decode("utf-8", "replace")
        self._errors.clear()
        return text

    def drain(self) -> bytes:
        """Return what was said without being asked, and notice an end.

        Raises:
            EndedError: The program has ended.
        """
        self._read(self._out)
        self._read(self._err)
        self._errors.clear()
        self._look_for_end(0.0)
        said = bytes(self._heard)
        self._heard.clear()
        if self.end is not None and not said:
            raise EndedError(self.end)
        return said

    def ask(self, data: bytes, deadline: float) -> bytes:
        """Send a line, and return the next line that comes.

        Raises:
            ExpiredError: None came until the deadline, of `time.monotonic`.
            FloodedError: It is longer than may be read.
            EndedError: The program ended first.
        """
        self._left += data
        while b"\n" not in self._heard:
            if self.end is not None:
                raise EndedError(self.end)
            self._go_on(deadline)
        self._read(self._err)
        line, _, rest = self._heard.partition(b"\n")
        self._heard = bytearray(rest)
        return bytes(line)

    def take_more(self) -> bytes:
        """Return what came behind the line that was asked for, as far as it is there already."""
        self._read(self._out)
        more = bytes(self._heard)
        self._heard.clear()
        return more

    def ask_once(self, data: bytes, deadline: float) -> bytes:
        """Send everything, and return everything that comes until the program ends.

        Raises:
            ExpiredError: It did not end until the deadline.
            FloodedError: It is more than may be read.
        """
        self._left = data
        if not data:
            self._close(self._in)
        while self.end is None:
            self._go_on(deadline)
            if not self._left:
                self._close(self._in)
        return bytes(self._heard)

    def stop(self) -> None:
        """Kill the program with all that it started; it may be called again."""
        if self.end is None:
            self._launcher.kill()
            with contextlib.suppress(FloodedError):
                self._look_for_end(_KILLED_S)
        self._close(*self._open)

    def _go_on(self, deadline: float) -> None:
        """Wait for something to happen, and let it."""
        if self._launcher.has_heard:  # with the news that it was started
            self._look_for_end(0.0)
            return
        poll = select.poll()
        for number in self._open - {self._in}:
            poll.register(number, select.POLLIN)
        if self._left and self._in in self._open:
            poll.register(self._in, select.POLLOUT)
        poll.register(self._launcher, select.POLLIN)
        left_s = deadline - time.monotonic()
        ready = {number for number, _ in poll.poll(max(0, left_s) * 1000)} if left_s > 0 else ()
        if not ready:
            raise ExpiredError
        if self._in in ready:
            self._write()
        for number in (self._out, self._err):
            if number in ready:
                self._read(number)
        if self._launcher.fileno() in ready:
            self._look_for_end(0.0)

    def _write(self) -> None:
        try:
            self._left = self._left[os.write(self._in, self._left) :]
        except BlockingIOError:
            return
        except OSError:  # it reads no more, which is no fault as long as it answers
            self._left = b""
            self._close(self._in)

    def _read(self, number: int) -> bool:
        """Read what there is of a stream now; tell whether there was anything."""
        if number not in self._open:
            return False
        try:
            part = os.read(number, _CHUNK)
        except BlockingIOError:
            return False
        except OSError:
            part = b""
        if not part:
            self._close(number)
            return False
        if number == self._out:
            self._heard += part
            if len(self._heard) > self._most_bytes:
                raise FloodedError
        else:
            self._errors += part
            del self._errors[: -self._most_errors]
        return True

    def _look_for_end(self, seconds: float) -> None:
        said = self._launcher.hear(seconds) if self.end is None else None
        if said is None:
            return
        self.end = said
        # Nobody is left who could write, so this ends.
        while self._read(self._err):
            pass
        while self._read(self._out):
            pass

    def _close(self, *numbers: int) -> None:
        for number in numbers:
            if number in self._open:
                self._open.discard(number)
                os.close(number)
