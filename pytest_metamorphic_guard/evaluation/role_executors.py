"""The executors of a run: one for each role, made when it is first needed, closed at the end."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.loading import LoadedExecutor, load_executor
from pytest_metamorphic_guard.runner.one_processor import share_processor
from pytest_metamorphic_guard.runner.pools import Pool, make_pool

if TYPE_CHECKING:
    from pytest_metamorphic_guard.errors import PluginError
    from pytest_metamorphic_guard.runner.repeating import Repeats
    from pytest_metamorphic_guard.settings import Settings

__all__ = ["Executors"]


@dataclass(slots=True, kw_only=True)
class Executors:
    """The executors of both roles.

    Attributes:
        settings: The options, which name and configure them.
        repeats: The repetitions that monitors want, some under another hash seed.
        timed: Whether durations are compared, so that both roles share one processor.
        worker: The name of this process among several of one run; empty where it is alone.
    """

    settings: Settings
    repeats: Repeats
    timed: bool
    worker: str = ""
    _made: dict[str, LoadedExecutor] = field(default_factory=dict)
    _reseeded: dict[str, LoadedExecutor | None] = field(default_factory=dict)
    _pools: dict[str, Pool | None] = field(default_factory=dict)

    def get(self, role: str) -> LoadedExecutor:
        """Return the executor of a role; one instance serves the whole run.

        Raises:
            MetamorphicGuardError: It cannot be loaded.
        """
        if role not in self._made:
            settings = self.settings
            loaded = load_executor(
                settings.find_executor(role), settings.find_executor_config(role)
            )
            number = self._count_wanted()
            self._made[role] = (loaded.with_parallel(number) if number > 1 else None) or loaded
            self._share(self._made[role])
        return self._made[role]

    def get_reseeded(self, role: str) -> LoadedExecutor | None:
        """Return the executor of a role for calls under another hash seed; None for no such calls.

        Raises:
            MetamorphicGuardError: It cannot be made.
        """
        if role not in self._reseeded:
            made = self._reseeded[role] = self.repeats.reseed(self.get(role))
            if made is not None:
                self._share(made)
        return self._reseeded[role]

    def get_pool(self, role: str) -> Pool | None:
        """Return what keeps several calls of a role under way; None for one after another.

        Raises:
            PluginError: The executor does not say in a number how many it takes.
        """
        if role not in self._pools:
            loaded = self.get(role)
            width = loaded.parallel
            if isinstance(self.settings.parallel, int):
                width = min(width, self.settings.parallel)
            self._pools[role] = make_pool(loaded, width) if width > 1 else None
        return self._pools[role]

    def describe(self) -> str:
        """Say in a line what is to be known of calls under way at once; empty for nothing."""
        if not self.timed or self.settings.parallel in (None, 1):
            return ""
        if self.settings.parallel == "auto":
            return "calls run one by one, since a monitor compares durations (--mg-parallel=N)"
        return (
            f"a monitor compares durations, of {self.settings.parallel} calls that run at once: "
            "they disturb each other; --mg-parallel=1 runs them one by one"
        )

    def _count_wanted(self) -> int:
        """Return how many calls at once an executor is asked to make room for."""
        wanted = self.settings.parallel
        if wanted == "auto":
            return 1 if self.timed else len(os.sched_getaffinity(0))
        return wanted or 1

    def close(self) -> list[PluginError]:
        """Close all of them, and return what went wrong; safe to call again."""
        faults = []
        for pool in self._pools.values():
            if pool is not None:
                pool.close()
        self._pools.clear()
        reseeded = [loaded for loaded in self._reseeded.values() if loaded is not None]
        for loaded in (*self._made.values(), *reseeded):
            close = getattr(loaded.executor, "close", None)
            if not callable(close):
                continue
            try:
                close()
            except Exception as error:  # noqa: BLE001 - a stranger's; the others are closed too
                said = f"close() raised {type(error).__name__}: {error}"
                faults.append(loaded.identity.fault(said))
        self._made.clear()
        self._reseeded.clear()
        return faults

    def _share(self, loaded: LoadedExecutor) -> None:
        if self.timed:
            share_processor(loaded.executor, self.worker)
