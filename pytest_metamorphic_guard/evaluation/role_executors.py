"""The executors of a run: one for each role, made when it is first needed, closed at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.loading import LoadedExecutor, load_executor
from pytest_metamorphic_guard.runner.one_processor import share_processor

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

    def get(self, role: str) -> LoadedExecutor:
        """Return the executor of a role; one instance serves the whole run.

        Raises:
            MetamorphicGuardError: It cannot be loaded.
        """
        if role not in self._made:
            settings = self.settings
            self._made[role] = load_executor(
                settings.find_executor(role), settings.find_executor_config(role)
            )
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

    def close(self) -> list[PluginError]:
        """Close all of them, and return what went wrong; safe to call again."""
        faults = []
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
