"""The process of a sandboxed monitor: reads frames, drives the monitor, answers in JSON.

It is started by file name, so that it can take over the import path of the session before it
imports anything that is not of the standard library.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import signal
import struct
import sys
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

_TICK_S = 0.5


def main() -> None:
    """Serve until the session closes the stream."""
    reply, lifeline = (int(argument) for argument in sys.argv[1:3])
    source = os.fdopen(os.dup(0), "rb", buffering=1 << 16)
    _free_standard_input()
    # Processes that the monitor starts must not keep the session waiting for the end of a pipe.
    for descriptor in (reply, lifeline):
        os.set_inheritable(descriptor, False)
    threading.Thread(target=_end_with_session, args=(lifeline,), daemon=True).start()
    launch = json.loads(_read_frame(source) or b"{}")
    sys.path[:] = launch["sys_path"]
    sys.argv[:] = [""]
    _Service(source, reply).run(launch)
    # Threads that the monitor left running must not keep the process.
    os._exit(0)


class _Service:
    def __init__(self, source: BinaryIO, reply: int) -> None:
        self._source = source
        self._reply = reply
        self._driver: Any = None
        self._sending = threading.Lock()

    def run(self, launch: Mapping[str, Any]) -> None:
        from pytest_metamorphic_guard.watch.hosting.faults import (
            MonitorCallError,
            explain_exception,
        )

        threading.Thread(target=self._tell_progress, daemon=True).start()
        step: Callable[[Mapping[str, Any], bytes], Any] = self._launch
        frame: bytes | None = _read_frame(self._source)
        while frame is not None:
            try:
                self._send({"ok": step(launch, frame)})
            except MonitorCallError as failure:
                self._send({"failed": failure.did})
            except BaseException as error:  # noqa: BLE001 - importing a stranger's module
                self._send({"failed": explain_exception("importing it", error)})
            step = self._serve
            frame = _read_frame(self._source)

    def _launch(self, launch: Mapping[str, Any], frame: bytes) -> None:
        from pytest_metamorphic_guard.watch.hosting.driving import MonitorDriver
        from pytest_metamorphic_guard.watch.hosting.messages import unpack

        found: Any = _import(launch["module"], launch["file"])
        for name in launch["qualname"].split("."):
            found = getattr(found, name)
        self._driver = MonitorDriver(found, unpack(frame))

    def _serve(self, _launch: Mapping[str, Any], frame: bytes) -> Any:
        from pytest_metamorphic_guard.contracts.monitoring import MonitorContext
        from pytest_metamorphic_guard.watch.hosting.messages import unpack

        operation, content = unpack(frame)
        if operation == "records":
            return self._record(content)
        if operation == "start":
            task, total_cases, lower_is_better = content
            return self._driver.start(MonitorContext(task, total_cases, tuple(lower_is_better)))
        return self._conclude()

    def _record(self, rows: list[list[Any]]) -> None:
        from pytest_metamorphic_guard.watch.hosting.messages import unpack_records

        self._driver.record(unpack_records(rows))

    def _tell_progress(self) -> None:
        """Let the session tell a slow monitor from one that hangs."""
        told = 0
        while True:
            time.sleep(_TICK_S)
            recorded = self._driver.recorded if self._driver is not None else 0
            if recorded != told:
                told = recorded
                self._send({"recorded": told})

    def _conclude(self) -> dict[str, Any]:
        from pytest_metamorphic_guard.watch.hosting.faults import explain_exception
        from pytest_metamorphic_guard.watch.hosting.plain import Plainer

        value, line = self._driver.conclude()
        plainer = Plainer()
        if line is not None and not isinstance(line, str):
            plainer.note(f"describe() returned a {type(line).__name__}, expected a text")
            line = None
        reply = {"line": line, "faults": plainer.faults}
        if not isinstance(value, Mapping):
            return {**reply, "no_dict": type(value).__name__}
        try:
            return {**reply, "value": plainer.convert(value, "finalize()")}
        except Exception as error:  # noqa: BLE001 - a stranger's mapping or repr
            plainer.note(explain_exception("reading what finalize() returned", error))
            return {**reply, "value": {"id": "", "alerts": "unreadable"}}

    def _send(self, message: dict[str, Any]) -> None:
        data = json.dumps(message).encode()
        data = struct.pack(">I", len(data)) + data
        with self._sending:
            while data:
                data = data[os.write(self._reply, data) :]


def _import(name: str, file: str | None) -> ModuleType:
    if name == "__main__":  # here that is this file; the session's script is not run as a script
        name = "__mg_main__"
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        # A conftest or a test module has a name that only pytest's own importing knows.
        if file is None or error.name not in (name, name.partition(".")[0]):
            raise
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"no module named {name!r} and nothing to load in {file!r}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _read_frame(source: BinaryIO) -> bytes | None:
    head = source.read(4)
    if len(head) < 4:  # noqa: PLR2004 - the length of the length
        return None
    (size,) = struct.unpack(">I", head)
    frame = source.read(size)
    return frame if len(frame) == size else None


def _free_standard_input() -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)


def _end_with_session(lifeline: int) -> None:
    """Wait until the session closes its end, or is killed, and end this process's whole group."""
    try:
        os.read(lifeline, 1)
    finally:
        os.killpg(os.getpgid(0), signal.SIGKILL)


if __name__ == "__main__":
    main()
