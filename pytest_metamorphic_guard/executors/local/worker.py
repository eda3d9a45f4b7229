"""The child side of a warm worker: import the candidate once, then answer calls in turn."""

from __future__ import annotations

import os

from pytest_metamorphic_guard.executors.local.beginning import (
    begin,
    count_threads,
    end_copy,
    read_file,
)
from pytest_metamorphic_guard.executors.local.failures import describe_import_failure
from pytest_metamorphic_guard.executors.local.frames import CALL, LOADED
from pytest_metamorphic_guard.executors.local.line import HostGoneError, Line
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

__all__ = ["main"]

_exit = os._exit
_getpid = os.getpid


def main(requests: int, responses: int) -> None:
    """Serve until the host closes the pipe of requests."""
    line = Line(requests, responses)
    try:
        _serve(line)
    except (HostGoneError, BrokenPipeError):
        _exit(0)


def _serve(line: Line) -> None:
    beginning = begin(line, line.close, is_zygote=False)
    setup, memory = beginning.setup, beginning.memory
    _, nonce, _ = line.receive()
    me = _getpid()
    memory.apply_for_import()
    try:
        prepare_path(setup.target, beginning.unlisted)
        module = load(setup.target)
    except BaseException as error:  # noqa: BLE001 - every end of the import is an outcome
        end_copy(me)
        line.send(pack_failure(nonce, describe_import_failure(error)))
        return
    end_copy(me)
    memory.measure()
    caller = Caller(module, beginning.peak, Limits(max_bytes=setup.result_bytes))
    flush_output()
    found = (read_file(module), count_threads(beginning))
    line.send(pack_frame(nonce, LOADED, encode(found)))
    if setup.needs_mb:
        memory.apply_for_needs()
    else:
        memory.apply_for_calls()
    is_ready = False
    while True:
        kind, nonce, body = line.receive()
        if kind == CALL:
            if not is_ready:
                is_ready = True
                if setup.needs_mb:
                    memory.measure()
                    memory.apply_for_calls()
                memory.close()
            frame = caller.call_safely(nonce, body)
        else:
            frame = answer_need(kind, nonce, body)
        end_copy(me)
        line.send(frame)
