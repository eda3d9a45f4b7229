"""Several processes per implementation, for calls that are under way at once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.executors import Executor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Lanes"]


class Lanes(Executor):
    """Makes each call in the first of several equal executors that is free.

    What calls one after another finds the same processes every time.

    Args:
        make: Makes one of the executors.
        number: How many there are, and so how many calls it takes at once.
    """

    watches_arguments = True
    takes_directions = True

    def __init__(self, make: Callable[[], Any], number: int) -> None:
        super().__init__()
        self.parallel = number
        self._make = make
        self._lanes = [make()]
        self._free = [0]
        self._changed = threading.Condition()
        self._settings: list[Callable[[Any], object]] = []

    def execute(
        self,
        file_path: str,
        func_name: str,
        args: tuple[Any, ...],
        timeout_s: float,
        mem_mb: int,
    ) -> dict[str, Any]:
        """Call ``func_name(*args)`` in a process of a free lane; see `Executor.execute`."""
        lane = self._take()
        try:
            payload: dict[str, Any] = self._lanes[lane].execute(
                file_path, func_name, args, timeout_s, mem_mb
            )
        finally:
            with self._changed:
                self._free.append(lane)
                self._changed.notify()
        return payload

    def pack(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return arguments that no lane need pickle again."""
        packed: tuple[Any, ...] = self._lanes[0].pack(args)
        return packed

    def warm_up(self, file_path: str, func_name: str, timeout_s: float, mem_mb: int) -> None:
        """Start the first lane's process."""
        self._lanes[0].warm_up(file_path, func_name, timeout_s, mem_mb)

    def withhold(self, file_path: str, files: Mapping[str, str]) -> None:
        """Keep files from a candidate, in every lane."""
        self._set(lambda lane: lane.withhold(file_path, files))

    def set_up(self, file_path: str, functions: tuple[str, ...]) -> None:
        """Call functions of a candidate once in every process, in every lane."""
        self._set(lambda lane: lane.set_up(file_path, functions))

    def share_processor(self, processor: int) -> None:
        """Keep the processes of every lane on one processor."""
        self._set(lambda lane: lane.share_processor(processor))

    def restart(self) -> None:
        """End all processes, once what they are called with has ended."""
        for lane in self._lanes:
            lane.restart()

    def abort(self) -> None:
        """End the calls that are under way, whoever waits for them."""
        for lane in self._lanes:
            lane.abort()

    def with_hash_seed(self, seed: int) -> Lanes | None:
        """Return one whose processes have this ``PYTHONHASHSEED``; None without processes."""
        if self._lanes[0].with_hash_seed(seed) is None:
            return None
        return Lanes(lambda: self._make().with_hash_seed(seed), self.parallel)

    def close(self) -> None:
        """End all processes and remove their directories. It may be called again."""
        for lane in self._lanes:
            lane.close()

    def _take(self) -> int:
        with self._changed:
            if not self._free and len(self._lanes) < self.parallel:
                lane = self._make()
                for apply in self._settings:
                    apply(lane)
                self._lanes.append(lane)
                return len(self._lanes) - 1
            while not self._free:
                self._changed.wait()
            self._free.sort()
            return self._free.pop(0)

    def _set(self, apply: Callable[[Any], object]) -> None:
        with self._changed:
            self._settings.append(apply)
            for lane in self._lanes:
                apply(lane)
