"""One line that says how far a long item is, where the terminal can show it."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_metamorphic_guard.pytest_side.minutes import Minutes

__all__ = [
    "AFTERWARDS",
    "LocalProgress",
    "LogBoard",
    "ProgressBoard",
    "SharedProgress",
    "describe_progress",
]

# Most items end before anyone would look for a line about them.
_FIRST_AFTER_S = 2.0
_EVERY_S = 0.5
_LEAST_ROOM = 20
# How the line begins of what follows all items.
AFTERWARDS = "strength of "
_PLUGIN = "metamorphic_guard_progress"


def describe_progress(  # noqa: PLR0913, PLR0917 - all that the line says
    name: str,
    done: int,
    total: int | None,
    rate: float,
    units: str = "cases",
    violations: int = 0,
) -> str:
    """Return one line: cases done, violations, cases per second, and the time left if it is known.

    Args:
        name: The item.
        done: Cases done.
        total: Cases planned, where that is known.
        rate: Cases per second, or 0 while nobody knows.
        units: What is counted instead of cases.
        violations: Number of violations so far.
    """
    line = f"{name}: {done} {units}"
    if total is not None and done <= total:
        line = f"{name}: {done} of {total} {units}"
    if violations:
        line += f", {violations} violation{'s' if violations > 1 else ''}"
    if not rate:
        return line
    line += f", {rate:.0f}/s" if rate >= 1 else f", one in {1 / rate:.0f} s"
    if total is None or done > total:
        return line
    return f"{line}, {_format_time((total - done) / rate)} left"


class LocalProgress:
    """Paints the line of the item that this process runs.

    Args:
        show: Writes the line; an empty text takes it away.
    """

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._before = 0

    @contextlib.contextmanager
    def follow(
        self,
        name: str,
        total: int | None,
        units: str = "cases",
        count: Callable[[], int] = int,
    ) -> Iterator[Callable[[int], None]]:
        """Return what is to be called with the number of cases, or other units, done.

        Args:
            name: The item.
            total: Cases planned, where that is known.
            units: What is counted instead of cases.
            count: Returns the item's violations so far; those of earlier items are added.
        """
        due = time.monotonic() + _FIRST_AFTER_S
        first: tuple[int, float] | None = None
        shown = False

        def report(done: int) -> None:
            nonlocal due, first, shown
            now = time.monotonic()
            # The first case also waits for processes to start and candidates to be imported.
            first = first or (done, now)
            if now < due:
                return
            due, shown = now + _EVERY_S, True
            rate = (done - first[0]) / (now - first[1]) if done > first[0] else 0.0
            violations = self._before + count()
            self._show(describe_progress(name, done, total, rate, units, violations))

        try:
            yield report
        finally:
            self._before += count()
            if shown:
                self._show("")


class SharedProgress:
    """Leaves the line of a pytest-xdist worker where its controller finds it."""

    def __init__(self, folder: str, worker: str) -> None:
        self._file = Path(folder) / worker

    def show(self, line: str) -> None:
        """Keep the line for the controller."""
        # The controller may have removed the folder; a line is not worth an error.
        with contextlib.suppress(OSError):
            self._file.write_text(json.dumps(line), encoding="utf-8")


class ProgressBoard:
    """Paints the line at the bottom of the terminal, on the process that owns it.

    Args:
        reporter: pytest's terminal.
        config: pytest's configuration.
    """

    def __init__(self, reporter: pytest.TerminalReporter, config: pytest.Config) -> None:
        self._reporter = reporter
        self._config = config
        self._folder: str | None = None
        self._ended = threading.Event()
        self._painted = False

    @classmethod
    def create(cls, config: pytest.Config) -> ProgressBoard:
        """Return a board for a terminal that can show a line which changes."""
        reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
        board = cls(reporter, config)
        config.pluginmanager.register(board, _PLUGIN)
        return board

    def show(self, line: str) -> None:
        """Paint the line from inside an item; an empty text takes it away."""
        capture: Any = self._config.pluginmanager.get_plugin("capturemanager")
        with capture.global_and_fixture_disabled() if capture else contextlib.nullcontext():
            self._paint(line)

    # --- hooks

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        if self._folder is None:
            self._folder = tempfile.mkdtemp(prefix="mg-progress-")
            threading.Thread(target=self._watch, daemon=True).start()
        node.workerinput["mg_progress"] = self._folder

    def pytest_sessionfinish(self) -> None:
        self._ended.set()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    # --- painting

    def _watch(self) -> None:
        assert self._folder is not None  # the thread starts when there is one
        while not self._ended.wait(_EVERY_S):
            lines = []
            for path in sorted(Path(self._folder).iterdir()):
                with contextlib.suppress(OSError, ValueError):
                    lines.append(json.loads(path.read_text(encoding="utf-8")))
            line = " | ".join(line for line in lines if line)
            if line or self._painted:
                self._paint(line)

    def _paint(self, line: str) -> None:
        writer = self._reporter._tw  # noqa: SLF001 - the one place that knows the line it is on
        if line.startswith(AFTERWARDS):
            self._reporter.ensure_newline()  # all items have run, and pytest's line is full
        current = writer._current_line  # noqa: SLF001
        room = writer.fullwidth - len(current) - 3
        if room < _LEAST_ROOM:  # pytest's line is nearly full, and a new one follows soon
            return
        # Behind pytest's own line, and the cursor goes back to where pytest left it.
        text = f"\r{current}  {line[:room].ljust(room)}\r{current}"
        self._painted = bool(line)
        writer._file.write(text)  # noqa: SLF001 - write() would count it as pytest's own line
        writer._file.flush()  # noqa: SLF001


class LogBoard(ProgressBoard):
    """Writes what workers leave as a line a minute, where no line can change.

    Args:
        config: pytest's configuration.
        minutes: Tells when a line is due.
        write: Writes it.
    """

    def __init__(
        self, config: pytest.Config, minutes: Minutes, write: Callable[[str], None]
    ) -> None:
        super().__init__(config.pluginmanager.get_plugin("terminalreporter"), config)  # type: ignore[arg-type]
        self._minutes, self._write = minutes, write

    def pytest_configure_node(self, node: Any) -> None:
        """Give a worker the folder in which it leaves its line; called by `LogProgress`."""
        super().pytest_configure_node(node)

    def _paint(self, line: str) -> None:
        if line and self._minutes.is_over():
            self._write(line)


def _format_time(seconds: float) -> str:
    if seconds < 100:  # noqa: PLR2004 - below it seconds are read more easily
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"
