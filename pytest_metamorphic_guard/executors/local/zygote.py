"""The child side of the levels ``fork`` and ``fresh``: every call is a fork of a clean process.

The zygote decides when a call is over, kills it, and sweeps what it left; the host learns how it
ended from the zygote, and what it returned from the child, through a pipe made for that call alone.
When one call is over, the child for the next is forked and confined, so that no call waits for
that; not before, as code of a candidate may run in a zygote that forks, and look into the call.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # what is behind `signal`, whole
import _socket
import gc
import os
import sys
import time
from typing import TYPE_CHECKING, NoReturn

from pytest_metamorphic_guard.executors.local.beginning import (
    Beginning,
    begin,
    count_threads,
    end_copy,
    read_file,
)
from pytest_metamorphic_guard.executors.local.child import (
    OPEN_FILES,
    Child,
    Order,
    Running,
    open_streams,
    say_loaded,
    take_order,
)
from pytest_metamorphic_guard.executors.local.failures import describe_import_failure
from pytest_metamorphic_guard.executors.local.frames import (
    CALL,
    CALL_HEAD,
    ENDED,
    LOAD,
    LOADED,
    RESPONSE,
)
from pytest_metamorphic_guard.executors.local.hardening.libc import wait_with_usage
from pytest_metamorphic_guard.executors.local.hardening.parent import tie_to_parent
from pytest_metamorphic_guard.executors.local.line import (
    HostGoneError,
    Line,
    move_descriptor,
    receive_descriptors,
    write_all,
)
from pytest_metamorphic_guard.executors.local.module_files import load, prepare_path
from pytest_metamorphic_guard.executors.local.serving import (
    Caller,
    answer_need,
    flush_output,
    pack_failure,
    pack_frame,
)
from pytest_metamorphic_guard.values.frames import Limits
from pytest_metamorphic_guard.values.wire.encoding import encode

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["main"]

_exit = os._exit
_getpid = os.getpid
_monotonic_ns = time.monotonic_ns
_max = max


def main(requests: int, responses: int, descriptors: int) -> None:
    """Serve until the host closes the pipe of requests."""
    line = Line(requests, responses)
    pipes = _socket.socket(fileno=move_descriptor(descriptors))

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

    def __init__(self, line: Line, pipes: _socket.socket, beginning: Beginning) -> None:
        self._line = line
        self._pipes = pipes
        self._beginning = beginning
        self._limits = Limits(max_bytes=beginning.setup.result_bytes)
        self._module: ModuleType | None = None
        self._next: Child | None = None
        self._is_loaded = False
        self._is_asked = False
        self._has_called = False
        self._running: Running | None = None
        self._at_child_end: object = None
        self._home = os.getcwd()
        self._is_home = True

    def serve(self) -> None:
        """Answer requests, one after the other."""
        while True:
            self._go_on()
            # The only place where copies are made, for the first call as for later ones, and where
            # nothing of a request is in a frame that a copy could look into.
            if self._is_loaded and self._next is None and self._may_fork():
                self._next = self._fork()

    def _go_on(self) -> None:
        """Wait for a request, begin with it, or end the call that runs: one of these."""
        if self._running is not None:
            running, self._running = self._running, None
            self._line.send(self._end(running))
            self._has_called = True
        elif not self._is_asked:
            self._line.await_request()
            self._is_asked = True
        else:
            self._is_asked = False
            kind, nonce, body = self._line.receive()
            if kind == CALL:
                self._running = self._begin(nonce, body)
            elif kind == LOAD:
                self._line.send(self._load(nonce))
                self._is_loaded = True
            else:
                self._line.send(self._answer_need(kind, nonce, body))

    def _may_fork(self) -> bool:
        # Not at once after an import: the host looks at what this process keeps open.
        return self._running is None and (self._is_asked or self._has_called)

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
            self._is_home = _is_at(self._home)
            flush_output()
            # Ignored, or reaped by the candidate, a child would take its status with it.
            self._at_child_end = _signal.signal(_signal.SIGCHLD, _signal.SIG_DFL)
        memory.measure()
        memory.lift()
        # What is here now is never collected, so no child copies pages for the collector's marks.
        gc.collect()
        gc.freeze()
        found = (file, count_threads(self._beginning))
        return pack_frame(nonce, LOADED, encode(found))

    def _answer_need(self, kind: bytes, nonce: bytes, body: bytes) -> bytes:
        memory = self._beginning.memory
        if self._beginning.setup.needs_mb:
            memory.apply_for_needs()
        me = _getpid()
        frame = answer_need(kind, nonce, body)
        end_copy(me)
        if self._next is not None:
            # Made before, it would have to import the same.
            os.kill(self._next.pid, _signal.SIGKILL)
            os.waitpid(self._next.pid, 0)
            self._next.close()
            self._next = None
        memory.measure()
        memory.lift()
        gc.freeze()
        return frame

    def _begin(self, nonce: bytes, body: bytes) -> Running:
        _, descriptors = receive_descriptors(self._pipes, 1, OPEN_FILES)
        _, timeout_s = CALL_HEAD.unpack_from(body)
        start = _monotonic_ns()
        child = self._hand_over(Order(nonce, body, descriptors))
        for descriptor in descriptors:
            os.close(descriptor)
        return Running(child, nonce, timeout_s, start)

    def _end(self, running: Running) -> bytes:
        child, nonce, timeout_s, start = running
        setup, sweeper = self._beginning.setup, self._beginning.sweeper
        assert sweeper is not None
        phase = child.wait(timeout_s, setup.import_timeout_s if setup.is_fresh else None)
        child.close()
        status, cpu, peak = wait_with_usage(child.pid)
        duration = _monotonic_ns() - start
        swept = sweeper.sweep()
        encoded = encode((status, phase, swept))
        return RESPONSE.pack(nonce, ENDED, duration, cpu, peak, len(encoded)) + encoded

    def _hand_over(self, order: Order) -> Child:
        ready, self._next = self._next, None
        if ready is not None:
            if ready.hand_over(order):
                return ready
            # Something killed it; where it is not reaped yet, the sweep does it.
            ready.close()
        child = self._fork()
        child.hand_over(order)
        return child

    def _fork(self) -> Child:
        zygote = _getpid()

        def live(connection: _socket.socket) -> NoReturn:
            try:
                self._is_asked = True
                # Under the same number in every copy, whether or not another call runs meanwhile.
                moved = _socket.socket(fileno=move_descriptor(connection.detach()))
                self._be_child(moved, zygote)
            except HostGoneError:
                _exit(0)
            finally:
                _exit(70)

        return Child(live)

    def _be_child(self, connection: _socket.socket, zygote: int) -> NoReturn:
        beginning, setup = self._beginning, self._beginning.setup
        tie_to_parent(zygote)
        self._line.close()
        beginning.close()
        if beginning.confinement is not None:
            beginning.confinement.confine_child()
        _reseed()
        me = _getpid()
        module = self._module
        if module is None:
            beginning.memory.apply_for_import(has_needs=False)
        else:
            if self._at_child_end is not None:
                _signal.signal(_signal.SIGCHLD, self._at_child_end)
            beginning.memory.apply_for_calls()
        nonce, body, (results, *streams) = take_order(connection)
        # Until here it was killed with the zygote, and the host knew from this that it was gone.
        self._pipes.close()
        os.setsid()
        open_streams(streams)
        if self._is_home:
            # Under its old name the directory is another one, which no earlier call has seen.
            os.chdir(self._home)
        if module is None:
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
            beginning.memory.apply_for_calls()
            say_loaded(connection)
        else:
            connection.close()
        frame = Caller(module, None, self._limits).call_safely(nonce, body)
        end_copy(me)
        write_all(results, frame)
        _exit(0)


def _is_at(folder: str) -> bool:
    try:
        return os.getcwd() == folder
    except OSError:
        return False


def _reseed() -> None:
    """Give the child random numbers of its own; Python does so for its own generator."""
    generator = sys.modules.get("numpy.random")
    if generator is not None:
        try:
            generator.seed()
        except Exception:  # noqa: BLE001 - whatever the candidate made of it
            return
