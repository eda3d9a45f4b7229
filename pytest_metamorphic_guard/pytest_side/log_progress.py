"""How far a run is, in a log that is no terminal: a line a minute, and none of a short run."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

import pytest

from pytest_metamorphic_guard.pytest_side.minutes import Minutes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_metamorphic_guard.pytest_side.progress import ProgressBoard
    from pytest_metamorphic_guard.runner.run import Run
    from pytest_metamorphic_guard.runner.sample_run import Measuring

__all__ = ["LogProgress", "follow_item"]

_PLUGIN = "metamorphic_guard_log_progress"


class LogProgress:
    """Writes a line a minute about the item that runs.

    Args:
        config: pytest's configuration.
        minutes: Tells when a line is due.
    """

    def __init__(self, config: pytest.Config, minutes: Minutes | None = None) -> None:
        self._config = config
        self._minutes = minutes or Minutes()
        self._before = 0
        self._board: ProgressBoard | None = None

    @classmethod
    def create(cls, config: pytest.Config) -> LogProgress:
        """Return it for the process that writes the log."""
        made = cls(config)
        config.pluginmanager.register(made, _PLUGIN)
        return made

    @contextlib.contextmanager
    def follow(
        self,
        name: str,
        total: int | None,
        units: str = "cases",
        count: Callable[[], int] = int,
    ) -> Iterator[Callable[[int], None]]:
        """Return what is to be called with the number of cases done; see `LocalProgress`."""
        first: tuple[int, float] | None = None

        def report(done: int) -> None:
            nonlocal first
            now = time.monotonic()
            first = first or (done, now)
            if not self._minutes.is_over():
                return
            # Not loaded for a run that ends sooner.
            from pytest_metamorphic_guard.pytest_side.progress import describe_progress

            rate = (done - first[0]) / (now - first[1]) if done > first[0] else 0.0
            violations = self._before + count()
            self.write(describe_progress(name, done, total, rate, units, violations))

        try:
            yield report
        finally:
            self._before += count()

    def write(self, line: str) -> None:
        """Write a line below what pytest has written."""
        reporter: Any = self._config.pluginmanager.get_plugin("terminalreporter")
        capture: Any = self._config.pluginmanager.get_plugin("capturemanager")
        with capture.global_and_fixture_disabled() if capture else contextlib.nullcontext():
            reporter.ensure_newline()
            reporter.write_line(f"metamorphic-guard: {line}")

    # --- hooks

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        if self._board is None:
            # Not loaded for a run without workers, which starts sooner.
            from pytest_metamorphic_guard.pytest_side.progress import LogBoard

            self._board = LogBoard(self._config, self._minutes, self.write)
            self._config.pluginmanager.register(self._board)
        self._board.pytest_configure_node(node)


@contextlib.contextmanager
def follow_item(progress: Any, run: Run, measuring: Measuring | None) -> Iterator[None]:
    """Show in the block how far an item is.

    Args:
        progress: A `LocalProgress` or a `LogProgress`.
        run: The item's run.
        measuring: What runs its sample; None for a search.
    """
    if measuring is None:
        # Loaded already by what searches.
        from pytest_metamorphic_guard.runner.listing import count_cases

        total = count_cases(run.task, run.settings)
    else:
        total = len(measuring.sample)

    def count() -> int:
        return measuring.violation_count if measuring is not None else int(run.first is not None)

    name = f"{run.task.name}::{run.entry.name}"
    with progress.follow(name, total, count=count) as report:
        if measuring is None:
            run.progress = report
        else:
            measuring.progress = report
        yield
