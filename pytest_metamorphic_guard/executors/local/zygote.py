"""The child side of the levels ``fork`` and ``fresh``: every call is a fork of a clean process.

The zygote decides when a call is over, kills it, and sweeps what it left; the host learns how it
ended from the zygote, and what it returned from the child, through a pipe made for that call alone.
"""

from __future__ import annotations

import array
import gc
import os
import select
import signal
import socket
import sys
import time
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.local.beginning import (
    Beginning,
    begin,
    count_threads,
    end_copy,
    read_file,
)
from pytest_metamorphic_guard.executors.local.calls import (
    Caller,
    flush_output,
    pack_failure,
    pack_frame,
    prepare,
)
from pytest_metamorphic_guard.executors.local.failures import describe_import_failure
from pytest_metamorphic_guard.executors.local.frames import (
    CALL,
    CALL_HEAD,
    CALL_PHASE,
    ENDED,
    IMPORT_PHASE,
    LOAD,
    LOADED,
    RESPONSE,
)
from pytest_metamorphic_guard.executors.local.hardening.parent import tie_to_parent
from pytest_metamorphic_guard.executors.local.line import (
    HostGoneError,
    Line,
    move_descriptor,
    write_all,
)
from pytest_metamorphic_guard.executors.local.loader import load, prepare_path
from pytest_metamorphic_guard.executors.wire.encoding import encode
from pytest_metamorphic_guard.executors.wire.frames import Limits

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["main"]

_exit = os._exit
_getpid = os.getpid
_monotonic_ns = time.monotonic_ns
_int = int
_max = max


def main(requests: int, responses: int, descriptors: int) -> None:
    """Serve until the host closes the pipe of requests."""
    line = Line(requests, responses)
    pipes = socket.socket(fileno=move_descriptor(descriptors))

    def close() -> None:
        line.close()
        pipes.close()

    try:
        Zygote(line, pipes, begin(line, close, is_zygote=True)).serve()
    except (HostGoneError, BrokenPipeError):
        _exit(0)


class Zygote:
    """Forks one child per call.

    Args:
        line: The pipes to the host.
        pipes: The socket through which the host passes the writing end of each call's pipe.
        beginning: What was set up.
    """

    def __init__(self, line: Line, pipes: socket.socket, beginning: Beginning) -> None:
        self._line = line
        self._pipes = pipes
        self._beginning = beginning
        self._limits = Limits(max_bytes=beginning.setup.result_bytes)
        self._module: ModuleType | None = None

    def serve(self) -> None:
        """Answer requests, one after the other."""
        while True:
            kind, nonce, body = self._line.receive()
            if kind == CALL:
                frame = self._run(nonce, body)
            elif kind == LOAD:
                frame = self._load(nonce)
            else:
                frame = prepare(nonce, body)
            self._line.send(frame)

    def _load(self, nonce: bytes) -> bytes:
        setup, memory = self._beginning.setup, self._beginning.memory
        memory.apply_for_import()
        file = ""
        if not setup.is_fresh:
            me = _getpid()
            try:
                prepare_path(setup.target, self._beginning.unlisted)
                self._module = load(setup.target)
            except BaseException as error:  # noqa: BLE001 - every end of the import is an outcome
                end_copy(me)
                return pack_failure(nonce, describe_import_failure(error))
            end_copy(me)
            file = read_file(self._module)
            flush_output()
        memory.measure()
        memory.lift()
        # What is here now is never collected, so no child copies pages for the collector's marks.
        gc.collect()
        gc.freeze()
        found = (file, count_threads(self._beginning))
        return pack_frame(nonce, LOADED, encode(found))

    def _run(self, nonce: bytes, body: bytes) -> bytes:
        results = self._receive_pipe()
        # Through this pipe a fresh child says that its import is over, and its call begins.
        loaded_reader, loaded_writer = os.pipe() if self._module is None else (-1, -1)
        _, timeout_s = CALL_HEAD.unpack_from(body)
        start = _monotonic_ns()
        child = os.fork()
        if child == 0:
            try:
                if loaded_reader >= 0:
                    os.close(loaded_reader)
                self._be_child(nonce, body, results, loaded_writer)
            finally:
                _exit(70)
        os.close(results)
        if loaded_reader >= 0:
            os.close(loaded_writer)
        phase = self._wait(child, loaded_reader, timeout_s)
        if loaded_reader >= 0:
            os.close(loaded_reader)
        _, status, usage = os.wait4(child, 0)
        duration = _monotonic_ns() - start
        assert self._beginning.sweeper is not None
        swept = self._beginning.sweeper.sweep()
        encoded = encode((status, phase, swept))
        cpu = _int((usage.ru_utime + usage.ru_stime) * 1e9)
        return RESPONSE.pack(nonce, ENDED, duration, cpu, usage.ru_maxrss, len(encoded)) + encoded

    def _receive_pipe(self) -> int:
        descriptors = array.array("i")
        data, ancillary, _, _ = self._pipes.recvmsg(1, socket.CMSG_SPACE(descriptors.itemsize))
        if not data:
            raise HostGoneError
        for _, _, content in ancillary:
            descriptors.frombytes(content[: descriptors.itemsize])
        return descriptors[0]

    def _wait(self, child: int, loaded: int, timeout_s: float) -> int:
        """Wait for the child, kill it when its time is over, and return in which phase it was."""
        ended = os.pidfd_open(child)
        phase = IMPORT_PHASE if self._beginning.setup.is_fresh else CALL_PHASE
        limit = self._beginning.setup.import_timeout_s if phase == IMPORT_PHASE else timeout_s
        poll = select.poll()
        poll.register(ended, select.POLLIN)
        if loaded >= 0:
            poll.register(loaded, select.POLLIN)
        try:
            while True:
                ready = [descriptor for descriptor, _ in poll.poll(_int(limit * 1000) + 1)]
                if ended in ready:
                    return 0
                if not ready:
                    # Not reaped yet, so the number is still the child's.
                    os.kill(child, signal.SIGKILL)
                    return phase
                poll.unregister(loaded)
                phase, limit = CALL_PHASE, timeout_s
        finally:
            os.close(ended)

    def _be_child(self, nonce: bytes, body: bytes, results: int, loaded: int) -> None:
        beginning, setup = self._beginning, self._beginning.setup
        zygote = os.getppid()
        os.setsid()
        tie_to_parent(zygote)
        self._line.close()
        self._pipes.close()
        beginning.close()
        if beginning.confinement is not None:
            beginning.confinement.confine_child()
        _reseed()
        me = _getpid()
        module = self._module
        if module is None:
            beginning.memory.apply_for_import()
            try:
                prepare_path(setup.target, self._beginning.unlisted)
                module = load(setup.target)
            except BaseException as error:  # noqa: BLE001 - every end of the import is an outcome
                end_copy(me)
                write_all(results, pack_failure(nonce, describe_import_failure(error)))
                _exit(0)
            end_copy(me)
            beginning.memory.measure_by_trying()
            flush_output()
            os.write(loaded, b"l")
        beginning.memory.apply_for_calls()
        frame = Caller(module, None, self._limits).call_safely(nonce, body)
        end_copy(me)
        write_all(results, frame)
        _exit(0)


def _reseed() -> None:
    """Give the child random numbers of its own; Python does so for its own generator."""
    generator = sys.modules.get("numpy.random")
    if generator is not None:
        try:
            generator.seed()
        except Exception:  # noqa: BLE001 - whatever the candidate made of it
            return
