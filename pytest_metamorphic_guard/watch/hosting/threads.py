"""Runs a monitor in this process, in a thread that can be left behind when it hangs."""

from __future__ import annotations

import ctypes
import threading
import time
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from pytest_metamorphic_guard.watch.hosting.driving import MonitorDriver
from pytest_metamorphic_guard.watch.hosting.faults import MonitorCallError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pytest_metamorphic_guard.contracts.monitoring import MonitorContext, MonitorRecord
    from pytest_metamorphic_guard.watch.hosting.limits import Limits
    from pytest_metamorphic_guard.watch.hosting.results import MonitorResult

__all__ = ["ThreadHost"]

T = TypeVar("T")


class ThreadHost:
    """One monitor and its thread.

    All calls, also the one that makes the monitor, come from the same thread. Every method raises
    `MonitorCallError` if the monitor does not return in time, or raises.
    """

    def __init__(self, factory: Any, options: Mapping[str, Any], limits: Limits) -> None:
        self._limits = limits
        self._left_s = limits.total_s
        self._tasks: SimpleQueue[Callable[[], Any] | None] = SimpleQueue()
        self._answers: SimpleQueue[tuple[Any, MonitorCallError | None]] = SimpleQueue()
        self._driver: MonitorDriver | None = None
        self._thread = threading.Thread(target=self._serve, name="mg-monitor", daemon=True)
        self._thread.start()
        try:
            self._driver = self._run("making it", lambda: MonitorDriver(factory, options))
        except MonitorCallError:
            self.close()
            raise

    def start(self, context: MonitorContext) -> None:
        """Hand over the context."""
        driver = self._require_driver()
        self._run("start()", lambda: driver.start(context))

    def record(self, records: Sequence[MonitorRecord]) -> None:
        """Hand over a batch of records."""
        driver = self._require_driver()
        self._run("record()", lambda: driver.record(records))

    def finalize(self) -> tuple[MonitorResult, list[str]]:
        """Return the result, and what is wrong with it."""
        return self._run("finalize()", self._require_driver().finalize)

    def close(self) -> None:
        """Let the thread end when it is idle."""
        self._tasks.put(None)

    def _require_driver(self) -> MonitorDriver:
        if self._driver is None:
            raise MonitorCallError("it was not made")
        return self._driver

    def _serve(self) -> None:
        while (task := self._tasks.get()) is not None:
            try:
                self._answers.put((task(), None))
            except MonitorCallError as failure:
                self._answers.put((None, failure))
            except SystemExit:  # sent by _abandon
                return

    def _run(self, call: str, task: Callable[[], T]) -> T:
        self._tasks.put(task)
        begun = moved = time.monotonic()
        progress = self._count()
        while True:
            try:
                value, failure = self._answers.get(timeout=self._limits.call_s / 4)
            except Empty:
                now = time.monotonic()
                if self._count() != progress:
                    progress, moved = self._count(), now
                if now - moved >= self._limits.call_s:
                    self._abandon(call, f"did not return within {self._limits.call_s:g} s")
                if now - begun >= self._left_s:
                    self._abandon(call, f"took more than {self._limits.total_s:g} s in all")
                continue
            self._left_s -= time.monotonic() - begun
            if failure is not None:
                raise failure
            result: T = value
            return result

    def _count(self) -> int:
        return self._driver.recorded if self._driver is not None else 0

    def _abandon(self, call: str, did: str) -> None:
        """Ask the thread to stop, which ends a loop of Python code, and wait for it no longer."""
        if self._thread.ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(self._thread.ident), ctypes.py_object(SystemExit)
            )
        number = f" of record {self._count() + 1}" if call == "record()" else ""
        raise MonitorCallError(f"{call}{number} {did}; it is left behind")
