"""Ctrl-C: it ends a run wherever it comes, and workers of pytest-xdist at once and only once."""

from __future__ import annotations

import _thread
import contextlib
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import FrameType

__all__ = ["Interruption", "Workers", "interrupt_once", "raising_interruption"]

# What a worker has to end its processes and to clear up.
_GRACE_S = 2.0
# Until then whatever Ctrl-C could not end is over: a destructor, a callback of the collector.
_AGAIN_AFTER_S = 0.05
# So many errors, each raised while the one before was handled, are looked through.
_MOST_MET = 50


class Interruption:
    """Sees that Ctrl-C is heard, and keeps pytest from reading the sources of all that ran then.

    That takes a second. It shows the place alone, unless it is asked for the full traceback, and a
    worker shows nothing.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._shows_all = config.getoption("fulltrace", default=False)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """Let no Ctrl-C be lost while items run."""
        with _repeating_lost():
            return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Leave of the traceback the entry that is shown."""
        if self._shows_all:
            return
        entries = excinfo.traceback
        shown = [entry for entry in entries if not entry.ishidden(excinfo)]
        excinfo.traceback = type(entries)(shown[-1:] or entries[-1:])


class Workers:
    """The workers of this run, so that they can be told to stop.

    Without being told, a worker that waits for a call goes on for the five seconds that execnet
    gives it, and its call with it.
    """

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._is_interrupted = False

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Take a worker that is about to start."""
        self._nodes.append(node)

    def pytest_keyboard_interrupt(self) -> None:
        """Interrupt them, also where they had not begun to run items."""
        self.interrupt()

    def interrupt(self) -> None:
        """Do to every worker on this machine what Ctrl-C does to a process, and then kill it."""
        if self._is_interrupted:
            return
        self._is_interrupted = True
        found = [getattr(getattr(node.gateway, "_io", None), "popen", None) for node in self._nodes]
        processes = [process for process in found if process is not None]
        for process in processes:
            if process.poll() is None:
                with contextlib.suppress(OSError):
                    process.send_signal(signal.SIGINT)
        # One that still loads its modules heeds nothing, and pytest-xdist waits ten seconds for it.
        threading.Thread(target=_kill_late, args=(processes,), daemon=True).start()


@contextlib.contextmanager
def raising_interruption() -> Generator[None]:
    """Raise Ctrl-C again where what it met on its way up has raised another error instead.

    Hypothesis does so where it comes before a test has begun to run.
    """
    try:
        yield
    except Exception as error:
        met: BaseException | None = error
        for _ in range(_MOST_MET):
            if met is None:
                break
            if isinstance(met, KeyboardInterrupt):
                raise met from None
            met = met.__cause__ or met.__context__
        raise


@contextlib.contextmanager
def _repeating_lost() -> Generator[None]:
    """Let Ctrl-C come again where Python could only report and forget it.

    That is so wherever nobody could be told: in destructors, in callbacks of weak references and of
    the garbage collector, of which hypothesis has one.
    """
    before = sys.unraisablehook

    def repeat(unraisable: sys.UnraisableHookArgs) -> None:
        is_main = threading.current_thread() is threading.main_thread()
        if unraisable.exc_type is not KeyboardInterrupt or not is_main:
            before(unraisable)
            return
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            interrupt_once(again=True)
        with contextlib.suppress(RuntimeError):  # the interpreter ends anyway
            # One of `threading` would take locks that may be held where this came from.
            _thread.start_new_thread(_interrupt_late, (threading.get_ident(),))

    sys.unraisablehook = repeat
    try:
        yield
    finally:
        if sys.unraisablehook is repeat:
            sys.unraisablehook = before


def _interrupt_late(main: int) -> None:
    time.sleep(_AGAIN_AFTER_S)
    signal.pthread_kill(main, signal.SIGINT)


def _kill_late(processes: list[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + _GRACE_S
    for process in processes:
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()


def interrupt_once(*, again: bool = False) -> None:
    """Let the first Ctrl-C end the work of this process, and none disturb its clearing up.

    A terminal sends it to every process, and `Workers.interrupt` once more.

    Args:
        again: The first one was lost.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    if not again and signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return  # somebody else's

    def end(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, end)
