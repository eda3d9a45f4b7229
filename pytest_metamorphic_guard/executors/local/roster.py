"""The candidates of one executor: found by what they are called, and as many as it may keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.local.callee import Callee
from pytest_metamorphic_guard.executors.local.sources import find_target

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Roster"]


class Roster:
    """What is called, the least recently called first.

    Args:
        most: How many may have a process at once.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: dict[tuple[str, int], Callee] = {}
        self._withheld: dict[str, dict[str, str]] = {}
        self._prepared: dict[str, tuple[str, ...]] = {}

    def __bool__(self) -> bool:
        """Whether anything was called yet."""
        return bool(self._found)

    def find(self, file_path: str, mem_mb: int) -> Callee:
        """Return a candidate under a memory limit.

        Raises:
            ValueError: There is none; the text says why.
        """
        key = (file_path, mem_mb)
        # Taken out and put back: the least recently used one comes first.
        callee = self._found.pop(key, None)
        if callee is None:
            withheld = self._withheld.get(file_path, {})
            target = find_target(file_path)._replace(prepare=self._prepared.get(file_path, ()))
            callee = Callee(target, mem_mb, withheld)
            while len(self._found) >= self._most:
                oldest = next(iter(self._found))
                self._found.pop(oldest).end()
        self._found[key] = callee
        return callee

    def seek(self, file_path: str, mem_mb: int) -> Callee | None:
        """Return a candidate; None where there is none, of which a call says why."""
        try:
            return self.find(file_path, mem_mb)
        except ValueError:
            return None

    def withhold(self, file_path: str, files: Mapping[str, str]) -> None:
        """Keep files from a candidate, each with what it is."""
        if self._withheld.get(file_path, {}) != dict(files):
            self._withheld[file_path] = dict(files)
            self._forget(file_path)

    def prepare(self, file_path: str, functions: tuple[str, ...]) -> None:
        """Have functions of a candidate called in each of its processes."""
        if self._prepared.get(file_path, ()) != functions:
            self._prepared[file_path] = functions
            self._forget(file_path)

    def end(self) -> None:
        """End all processes; the next calls start new ones."""
        for callee in self._found.values():
            callee.end()

    def abort(self) -> None:
        """Kill what has a call under way in another thread."""
        for callee in list(self._found.values()):
            if callee.sandbox is not None:
                callee.sandbox.abort()

    def clear(self) -> object:
        """Forget them without ending anything, and return what owns their processes."""
        left, self._found = self._found, {}
        return left

    def _forget(self, file_path: str) -> None:
        for key in [key for key in self._found if key[0] == file_path]:
            self._found.pop(key).end()
