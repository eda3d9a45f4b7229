"""The child side of a warm worker: import the candidate once, then answer calls in turn."""

from __future__ import annotations

import faulthandler
import fcntl
import os
import pickle
import sys

from pytest_metamorphic_guard.executors.local.calls import Caller, pack_failure, pack_frame
from pytest_metamorphic_guard.executors.local.failures import describe_import_failure
from pytest_metamorphic_guard.executors.local.frames import CALL, LOAD, LOADED, REQUEST
from pytest_metamorphic_guard.executors.local.hardening.libc import unbuffer_stdout
from pytest_metamorphic_guard.executors.local.hardening.limits import MemoryLimit, set_fixed_limits
from pytest_metamorphic_guard.executors.local.hardening.parent import tie_to_parent
from pytest_metamorphic_guard.executors.local.loader import load, prepare_path
from pytest_metamorphic_guard.executors.local.memory import PeakMemory
from pytest_metamorphic_guard.executors.local.setup import Setup
from pytest_metamorphic_guard.executors.wire_encode import encode
from pytest_metamorphic_guard.executors.wire_format import Limits

__all__ = ["main"]

# Out of the way of candidates that close or reuse the first few descriptors.
_FIRST_DESCRIPTOR = 100
# The exit status of a copy that a candidate forked and that came back into our code.
_FORKED_COPY = 71
_CHUNK = 1 << 20

_read = os.read
_write = os.write
_exit = os._exit
_getpid = os.getpid
_len = len
_min = min
_bytearray = bytearray
_memoryview = memoryview
_bytes = bytes


class HostGoneError(Exception):
    """The host closed its end: nobody is waiting for an answer."""


class Line:
    """The two pipes to the host."""

    def __init__(self, requests: int, responses: int) -> None:
        self._requests = _move(requests)
        self._responses = _move(responses)

    def receive(self) -> tuple[bytes, bytes, bytes]:
        """Return the kind, nonce and body of the next request."""
        kind, nonce, length = REQUEST.unpack(self._read_exactly(REQUEST.size))
        return kind, nonce, self._read_exactly(length)

    def send(self, frame: bytes) -> None:
        """Write one response."""
        sent = _write(self._responses, frame)
        while sent < _len(frame):
            sent += _write(self._responses, _memoryview(frame)[sent:])

    def _read_exactly(self, length: int) -> bytes:
        data = _read(self._requests, _min(length, _CHUNK))
        if _len(data) == length:
            return data
        parts = _bytearray(data)
        while _len(parts) < length:
            data = _read(self._requests, _min(length - _len(parts), _CHUNK))
            if not data:
                raise HostGoneError
            parts += data
        return _bytes(parts)


def main(requests: int, responses: int) -> None:
    """Serve until the host closes the pipe of requests."""
    line = Line(requests, responses)
    try:
        kind, nonce, body = line.receive()
        assert kind == LOAD
        setup = pickle.loads(body)
        assert isinstance(setup, Setup)
        tie_to_parent(setup.host_pid)
        _serve(line, setup, nonce)
    except (HostGoneError, OSError):
        _exit(0)


def _serve(line: Line, setup: Setup, nonce: bytes) -> None:
    open_streams()
    peak = PeakMemory()
    memory = MemoryLimit(setup.mem_mb)
    sys.path[:] = setup.search_path
    set_fixed_limits(setup.file_mb, setup.open_files)
    me = _getpid()
    memory.apply_for_import()
    try:
        prepare_path(setup.target)
        module = load(setup.target)
    except BaseException as error:  # noqa: BLE001 - every end of the import is an outcome
        end_copy(me)
        line.send(pack_failure(nonce, describe_import_failure(error)))
        return
    end_copy(me)
    memory.apply_for_calls()
    caller = Caller(module, peak, Limits(max_bytes=setup.result_bytes))
    caller.flush()
    line.send(pack_frame(nonce, LOADED, encode((read_file(module), 1))))
    while True:
        kind, nonce, body = line.receive()
        frame = caller.call(nonce, body) if kind == CALL else caller.prepare(nonce, body)
        end_copy(me)
        line.send(frame)


def open_streams() -> None:
    """Let everything printed reach the files at once, and a crash say where it happened."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)  # type: ignore[union-attr]
    unbuffer_stdout()
    faulthandler.enable(sys.stderr)


def end_copy(original: int) -> None:
    """End this process if candidate code forked it: only the original may go on."""
    if _getpid() != original:
        _exit(_FORKED_COPY)


def read_file(module: object) -> str:
    """Return the file that a module says it comes from, or an empty string."""
    file = getattr(module, "__file__", None)
    return file if type(file) is str else ""


def _move(descriptor: int) -> int:
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _FIRST_DESCRIPTOR)
    os.close(descriptor)
    return moved
