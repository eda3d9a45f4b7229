"""Processes for implementations: brought up on the level of isolation that was chosen."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.roots import map_entries
from pytest_metamorphic_guard.executors.local.directories import Directories
from pytest_metamorphic_guard.executors.local.levels import check_missing, choose_confinement
from pytest_metamorphic_guard.executors.local.needs import UnpreparedError
from pytest_metamorphic_guard.executors.local.payloads import make_failure
from pytest_metamorphic_guard.executors.local.process import Process
from pytest_metamorphic_guard.executors.local.sources import Watch, locate
from pytest_metamorphic_guard.executors.local.warm import WarmWorker
from pytest_metamorphic_guard.executors.local.wishes import RefusedError, Wish

if TYPE_CHECKING:
    from pytest_metamorphic_guard.executors.local.callee import Callee
    from pytest_metamorphic_guard.executors.local.configuration import Configuration
    from pytest_metamorphic_guard.executors.local.needs import Need
    from pytest_metamorphic_guard.executors.local.sandbox import Sandbox
    from pytest_metamorphic_guard.executors.local.setup import Target

__all__ = ["Processes"]


class Processes:
    """Brings up the processes of implementations, and owns their directories.

    Args:
        configuration: The executor's.
        level: The level of isolation.

    Attributes:
        processor: The one on which processes are kept that start from now on; None for any.
    """

    def __init__(self, configuration: Configuration, level: str) -> None:
        self.processor: int | None = None
        self._configuration = configuration
        self._level = level
        self._is_confined, self._is_kept = choose_confinement(configuration)
        self._directories: Directories | None = None
        self._spare: Process | None = None
        self._spare_for: tuple[str, int | None] | None = None

    def start_ahead(self) -> None:
        """Start a process that nobody is called in yet, unless there is one."""
        if self._spare is None:
            kind = _find_kind(self._level)
            # Where it cannot be started, whoever needs one says why.
            with contextlib.suppress(OSError):
                self._spare = self._start_process(kind.entry, self._make_folder())
                self._spare_for = kind.entry, self.processor

    def get_ready(self, implementation: Callee, needs: tuple[Need, ...]) -> None:
        """Bring up a process that has imported what arguments need, unless that cannot be."""
        while not implementation.find_lost(needs):
            self.bring_up(implementation)
            if implementation.sandbox is None:
                return
            try:
                if implementation.sandbox.prepare((*implementation.needs.values(), *needs)):
                    return
            except UnpreparedError as error:
                implementation.lose(error)
            else:
                # Limits of a process only ever fall: one that is to import more is made for it.
                implementation.needs |= {need.module: need for need in needs if not need.is_light}
                implementation.end_process()

    def bring_up(self, implementation: Callee) -> None:
        """Start the process of an implementation unless it has one that can be used."""
        watch = implementation.watch
        if watch is not None and not implementation.is_checked and watch.has_changed():
            implementation.end()
        implementation.is_checked = implementation.is_held
        sandbox = implementation.sandbox
        if sandbox is not None and not sandbox.is_usable():
            sandbox.end()
            implementation.sandbox = None
            implementation.notes.append(
                "the process ended or wrote something between two calls and was replaced"
            )
        if implementation.sandbox is None and implementation.refusal is None:
            self._start(implementation)

    def _start(self, implementation: Callee) -> None:
        target = implementation.target
        if target.file:
            implementation.watch = Watch(target.file, target.root)
        try:
            sandbox = self._start_level(self._level, implementation)
            shared = sandbox.find_shared() if self._level == "fork" else ""
            if shared:
                sandbox.end()
                implementation.notes.append(
                    f"the candidate {shared}: every call imports it anew (isolation 'fresh')"
                )
                sandbox = self._start_level("fresh", implementation)
        except RefusedError as failure:
            implementation.refusal = implementation.explain(failure.payload)
            return
        except OSError as error:
            text = f"no process could be prepared: {error}"
            implementation.refusal = make_failure("not_started", text)
            return
        implementation.sandbox = sandbox
        if not target.file and os.path.isfile(sandbox.file):
            # The module says where it is from: a name that no user would give may be among that.
            file = os.path.abspath(sandbox.file)
            implementation.watch = Watch(file, locate(file).root)

    def _start_level(self, level: str, implementation: Callee) -> Sandbox:
        wish = Wish(
            target=implementation.target,
            mem_mb=implementation.mem_mb,
            configuration=self._configuration,
            search_path=_make_search_path(implementation.target),
            has_needs=bool(implementation.needs),
            is_confined=self._is_confined,
            is_kept=self._is_kept,
            withheld=tuple(implementation.withheld),
        )
        sandbox = self._use_spare(level, wish) or self._use_new(level, wish)
        try:
            check_missing(sandbox.missing, self._configuration)
        except BaseException:
            sandbox.end()
            raise
        return sandbox

    def _use_spare(self, level: str, wish: Wish) -> Sandbox | None:
        kind = _find_kind(level)
        spare = self._take_spare(kind.entry)
        try:
            return None if spare is None else kind(wish, spare)
        except RefusedError as failure:
            if failure.payload["error_type"] != "not_started":
                raise
            return None  # it ended while nobody looked

    def _use_new(self, level: str, wish: Wish) -> Sandbox:
        kind, folder = _find_kind(level), self._make_folder()
        try:
            process = self._start_process(kind.entry, folder)
        except OSError as error:
            text = f"the process could not be started: {error}"
            raise RefusedError(make_failure("not_started", text)) from error
        return kind(wish, process)

    def _make_folder(self) -> str:
        if self._directories is None:
            self._directories = Directories()
        return self._directories.make()

    def _start_process(self, entry: str, folder: str) -> Process:
        configuration = self._configuration
        return Process(
            entry,
            folder,
            configuration.env,
            int(configuration.max_output_kb * 1024),
            hash_seed=configuration.hash_seed,
            is_kept=self._is_kept or configuration.namespaces,
            processor=self.processor,
        )

    def _take_spare(self, entry: str) -> Process | None:
        spare, self._spare = self._spare, None
        if spare is not None and self._spare_for != (entry, self.processor):
            spare.end()
            return None
        return spare

    def close(self) -> None:
        """Remove the directories; the processes of implementations must have ended."""
        if self._spare is not None:
            self._spare.end()
            self._spare = None
        if self._directories is not None:
            self._directories.close()
            self._directories = None

    def leave(self) -> object:
        """Forget the directories without removing them, and return what owns them."""
        left = self._directories, self._spare
        self._directories = self._spare = None
        return left


def _find_kind(level: str) -> type[Sandbox]:
    if level in ("worker", "spawn"):
        return WarmWorker
    # Not loaded on the other levels, which start sooner.
    from pytest_metamorphic_guard.executors.local.forking import ForkingZygote, FreshZygote

    return ForkingZygote if level == "fork" else FreshZygote


def _make_search_path(target: Target) -> tuple[str, ...]:
    # An empty entry means the current directory, which is another one in the worker.
    path = [os.path.abspath(entry) for entry in sys.path]
    if not target.file and os.getcwd() not in path:
        path.append(os.getcwd())
    return map_entries(target.file, path)
