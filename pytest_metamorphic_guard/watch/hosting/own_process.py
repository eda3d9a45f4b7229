"""Runs a monitor in a process of its own, which ends with everything that it started."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import signal
import struct
import subprocess
import sys
import time
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.watch.hosting.faults import MonitorCallError, shorten
from pytest_metamorphic_guard.watch.hosting.messages import pack, pack_records
from pytest_metamorphic_guard.watch.hosting.results import (
    MonitorResult,
    explain_no_dict,
    read_result,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pytest_metamorphic_guard.contracts.monitoring import MonitorContext, MonitorRecord
    from pytest_metamorphic_guard.watch.hosting.limits import Limits

__all__ = ["ProcessHost"]

_CHILD = Path(__file__).with_name("child.py")
_MARK = "PYTEST_MG_MONITOR"
_CHUNK = 1 << 16
_POLL_S = 0.2
_REAP_S = 5.0
_HEAD = struct.Struct(">I")


class ProcessHost:
    """One monitor and its process.

    Records go there in batches; replies come back as JSON on a pipe of their own, so that what the
    monitor prints harms nothing. Every method raises `MonitorCallError` if the monitor does not
    answer in time, ends, raises, or answers more than it may.
    """

    def __init__(self, factory: Any, options: Mapping[str, Any], limits: Limits) -> None:
        launch = _locate(factory)
        self._limits = limits
        self._left_s = limits.launch_s
        self._buffer = bytearray()
        self._unsent = memoryview(b"")
        token = secrets.token_hex(16)
        self._process, self._stdin, self._reply, lifeline = _launch(token)
        # Runs on close, on garbage collection and at exit, whichever comes first.
        self._end = weakref.finalize(
            self, _end_all, self._process, token, (self._stdin, self._reply, lifeline)
        )
        frame = _frame(json.dumps(launch).encode()) + _frame(pack(dict(options)))
        try:
            self._exchange("making it", frame, patience_s=limits.launch_s)
        except MonitorCallError:
            self.close()
            raise
        self._left_s = limits.total_s

    def start(self, context: MonitorContext) -> None:
        """Send the context."""
        told = [context.task, context.total_cases, list(context.lower_is_better)]
        self._exchange("start()", _frame(pack(["start", told])))

    def record(self, records: Sequence[MonitorRecord]) -> None:
        """Send a batch of records."""
        # msgpack values can be joined as bytes: an array of two, the word, the batch.
        frame = b"\x92" + pack("records") + pack_records(records)
        self._exchange("record()", _frame(frame))

    def finalize(self) -> tuple[MonitorResult, list[str]]:
        """Return the result, and what is wrong with it."""
        reply = self._exchange("finalize()", _frame(pack(["finalize", None])))
        if not isinstance(reply, dict):
            raise MonitorCallError("its process answered finalize() with something else")
        if isinstance(reply.get("no_dict"), str):
            return MonitorResult(answered=False), [explain_no_dict(shorten(reply["no_dict"], 80))]
        result, faults = read_result(reply.get("value"), reply.get("line"))
        found = [shorten(str(fault)) for fault in reply.get("faults") or () if fault]
        return result, [*found, *(fault for fault in faults if fault not in found)]

    def close(self) -> None:
        """End the process and everything that it started."""
        self._end()

    def _exchange(self, call: str, frame: bytes, patience_s: float | None = None) -> Any:
        """Send a frame and return the answer to it."""
        patience_s = self._limits.call_s if patience_s is None else patience_s
        begun = moved = time.monotonic()
        self._unsent = memoryview(frame)
        while (answer := self._take_answer(call)) is None:
            if self._transfer(call):
                moved = time.monotonic()
            now = time.monotonic()
            if now - moved >= patience_s:
                raise MonitorCallError(f"{call} did not return within {patience_s:g} s")
            if now - begun >= self._left_s:
                raise MonitorCallError(f"{call} took more than {self._limits.total_s:g} s in all")
        self._left_s -= time.monotonic() - begun
        if "failed" in answer:
            raise MonitorCallError(shorten(str(answer["failed"])))
        return answer.get("ok")

    def _transfer(self, call: str) -> bool:
        """Move bytes in either direction, or wait a moment; return whether any moved."""
        poll = select.poll()
        poll.register(self._reply, select.POLLIN)
        if self._unsent:
            poll.register(self._stdin, select.POLLOUT)
        ready = dict(poll.poll(_POLL_S * 1000))
        moved = self._stdin in ready and self._write()
        if self._reply in ready:
            data = os.read(self._reply, _CHUNK)
            if not data:
                raise self._report_end(call)
            self._buffer += data
            return True
        # A process that it started may hold its streams open when it is gone itself.
        if not moved and self._process.poll() is not None:
            raise self._report_end(call)
        return moved

    def _write(self) -> bool:
        try:
            sent = os.write(self._stdin, self._unsent[:_CHUNK])
        except BlockingIOError:
            return False
        except OSError:  # the process is gone; its last reply, or the end of its stream, says more
            sent = len(self._unsent)
        self._unsent = self._unsent[sent:]
        return True

    def _take_answer(self, call: str) -> dict[str, Any] | None:
        """Return the answer if it has arrived; what tells of progress only is none."""
        while (message := self._take_message(call)) is not None:
            if "recorded" not in message:
                return message
        return None

    def _take_message(self, call: str) -> dict[str, Any] | None:
        if len(self._buffer) < _HEAD.size:
            return None
        (size,) = _HEAD.unpack_from(self._buffer)
        if size > self._limits.reply_bytes:
            most = self._limits.reply_bytes
            raise MonitorCallError(f"{call} answered {size} bytes, more than the {most} allowed")
        if len(self._buffer) < _HEAD.size + size:
            return None
        data = bytes(self._buffer[_HEAD.size : _HEAD.size + size])
        del self._buffer[: _HEAD.size + size]
        try:
            message = json.loads(data)
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict):
            raise MonitorCallError(f"{call} answered something that is no message")
        return message

    def _report_end(self, call: str) -> MonitorCallError:
        try:
            status = self._process.wait(timeout=_POLL_S * 5)
        except subprocess.TimeoutExpired:
            return MonitorCallError(f"{call} closed the connection to its process")
        if status < 0:
            try:
                name = signal.Signals(-status).name
            except ValueError:
                name = f"signal {-status}"
            return MonitorCallError(f"{call} ended its process by {name}")
        return MonitorCallError(f"{call} ended its process with exit status {status}")


def _locate(factory: Any) -> dict[str, Any]:
    """Return where another process finds the factory."""
    module = getattr(factory, "__module__", None)
    qualname = getattr(factory, "__qualname__", None)
    found: Any = sys.modules.get(str(module))
    file = getattr(found, "__file__", None)
    for name in str(qualname).split("."):
        found = getattr(found, name, None)
    if found is not factory:
        raise MonitorCallError(
            "it asks for a process of its own, which needs a class or function defined at the top "
            "of a module; define it there, or drop 'sandbox' from PLUGIN_METADATA"
        )
    return {"module": module, "qualname": qualname, "file": file, "sys_path": sys.path}


def _frame(content: bytes) -> bytes:
    return _HEAD.pack(len(content)) + content


def _launch(token: str) -> tuple[subprocess.Popen[bytes], int, int, int]:
    """Start the process; return it with our ends of its input, its replies and its lifeline."""
    stdin_read, stdin = os.pipe()
    reply, reply_write = os.pipe()
    lifeline_read, lifeline = os.pipe()
    try:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and file
            # -P: the folder of the file must not come before the standard library.
            [sys.executable, "-P", str(_CHILD), str(reply_write), str(lifeline_read)],
            stdin=stdin_read,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(reply_write, lifeline_read),
            start_new_session=True,
            env={**os.environ, _MARK: token},
        )
    except OSError as error:
        for descriptor in (stdin, reply, lifeline):
            os.close(descriptor)
        raise MonitorCallError(f"its process could not be started: {error}") from error
    finally:
        for descriptor in (stdin_read, reply_write, lifeline_read):
            os.close(descriptor)
    os.set_blocking(stdin, False)
    os.set_blocking(reply, False)
    return process, stdin, reply, lifeline


def _end_all(process: subprocess.Popen[bytes], token: str, descriptors: tuple[int, ...]) -> None:
    """Kill the process's group, and whatever left the group but still carries its mark."""
    _kill(os.killpg, process.pid)
    for descriptor in descriptors:
        os.close(descriptor)
    mark = f"{_MARK}={token}".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            marked = mark in (entry / "environ").read_bytes().split(b"\0")
        except OSError:  # it ended, or belongs to someone else
            continue
        if marked:
            _kill(os.kill, int(entry.name))
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_REAP_S)


def _kill(kill: Callable[[int, int], None], pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        kill(pid, signal.SIGKILL)
