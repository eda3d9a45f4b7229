"""The executors of a run: made when one is first needed for a role, closed at the end."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.loading import LoadedExecutor, load_executor
from pytest_metamorphic_guard.runner.offers import use_offer
from pytest_metamorphic_guard.runner.one_processor import share_processor

if TYPE_CHECKING:
    from pytest_metamorphic_guard.errors import PluginError
    from pytest_metamorphic_guard.runner.pools import Pool
    from pytest_metamorphic_guard.runner.repeating import Repeats
    from pytest_metamorphic_guard.settings import Settings
    from pytest_metamorphic_guard.tasks.implementations import Implementation

__all__ = ["Executors"]

# The role, and the name of the executor.
_Key = tuple[str, str]


@dataclass(slots=True, kw_only=True)
class Executors:
    """The executors of both roles: mostly one for each, more where candidates choose their own.

    Attributes:
        settings: The options, which name and configure them.
        repeats: The repetitions that monitors want, some under another hash seed.
        timed: Whether durations are compared, so that both roles share one processor.
        worker: The name of this process among several of one run; empty where it is alone.
        run: What all executors of the run, in all of its processes, are told that it is called.
    """

    settings: Settings
    repeats: Repeats
    timed: bool
    worker: str = ""
    run: str = ""
    _made: dict[_Key, LoadedExecutor] = field(default_factory=dict)
    _reseeded: dict[_Key, LoadedExecutor | None] = field(default_factory=dict)
    _pools: dict[_Key, Pool | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shared = os.environ.get("PYTEST_XDIST_TESTRUNUID") if self.worker else None
        self.run = self.run or shared or secrets.token_hex(8)

    def get(self, role: str, implementation: Implementation | None = None) -> LoadedExecutor:
        """Return what calls an implementation in a role; one instance serves the whole run.

        Raises:
            MetamorphicGuardError: It cannot be loaded.
        """
        settings, key = self.settings, self._find_key(role, implementation)
        if key not in self._made:
            config = settings.find_executor_config(role, implementation)
            loaded = load_executor(key[1], config)
            number = self._count_wanted(loaded)
            self._made[key] = (loaded.with_parallel(number) if number > 1 else None) or loaded
            self._share(self._made[key])
            use_offer(self._made[key], "join", self.run)
        return self._made[key]

    def get_reseeded(
        self, role: str, implementation: Implementation | None = None
    ) -> LoadedExecutor | None:
        """Return the same for calls under another hash seed; None for no such calls.

        Raises:
            MetamorphicGuardError: It cannot be made.
        """
        key = self._find_key(role, implementation)
        if key not in self._reseeded:
            made = self._reseeded[key] = self.repeats.reseed(self.get(role, implementation))
            if made is not None:
                self._share(made)
        return self._reseeded[key]

    def get_pool(self, role: str, implementation: Implementation | None = None) -> Pool | None:
        """Return what keeps several calls of a role under way; None for one after another.

        Raises:
            PluginError: The executor does not say in a number how many it takes.
        """
        key = self._find_key(role, implementation)
        if key not in self._pools:
            loaded = self.get(role, implementation)
            width = loaded.parallel
            if isinstance(self.settings.parallel, int):
                width = min(width, self.settings.parallel)
            self._pools[key] = _make_pool(loaded, width) if width > 1 else None
        return self._pools[key]

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

    def _find_key(self, role: str, implementation: Implementation | None) -> _Key:
        return role, self.settings.find_executor(role, implementation)

    def _count_wanted(self, loaded: LoadedExecutor) -> int:
        """Return how many calls at once an executor is asked to make room for."""
        wanted = self.settings.parallel
        if wanted == "auto":
            if loaded.parallel > 1:
                return 1  # it knows better than this machine's processors do
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


def _make_pool(loaded: LoadedExecutor, width: int) -> Pool:
    # Not loaded where calls are made one by one, which starts sooner.
    from pytest_metamorphic_guard.runner.pools import make_pool

    return make_pool(loaded, width)
