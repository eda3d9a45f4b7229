"""The processes of ``local`` that a Dask worker keeps for executors of hosts."""

from __future__ import annotations

import os
import threading
import time
import zlib
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.executors.local import LocalExecutor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["Station", "abort", "end", "find_station"]

# A host that is gone says so to nobody: what it left is ended after this.
_IDLE_S = 60.0


class Station:
    """The executors `LocalExecutor` of one executor of a host: one for each order at once.

    Args:
        config: Their configuration.

    Raises:
        ValueError: This system cannot do what it asks for.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._config = dict(config)
        self._lock = threading.Lock()
        self._all = [LocalExecutor(self._config)]
        self._free = [0]
        self._running: dict[str, int] = {}
        self._aborted: set[str] = set()
        self._is_ended = False
        self.used = time.monotonic()

    def take(self, token: str) -> LocalExecutor:
        """Return a free executor, the same one for orders that follow each other."""
        with self._lock:
            if not self._free:
                self._all.append(LocalExecutor(self._config))
                self._free.append(len(self._all) - 1)
            self._free.sort()
            number = self._free.pop(0)
            self._running[token] = number
            return self._all[number]

    def give_back(self, token: str) -> None:
        """Say that an order is done."""
        with self._lock:
            number = self._running.pop(token)
            self.used = time.monotonic()
            if token in self._aborted:
                self._aborted.discard(token)
                # Its process is about to die, and nobody may find it alive.
                self._all[number].restart()
            if self._is_ended:
                self._all[number].close()
            else:
                self._free.append(number)

    def abort(self, token: str) -> None:
        """End the call of an order that is under way, and begin none of the others."""
        with self._lock:
            number = self._running.get(token)
            if number is not None:
                self._aborted.add(token)
                self._all[number].abort()

    def is_aborted(self, token: str) -> bool:
        """Tell whether nobody waits for an order any more."""
        return token in self._aborted

    def end(self) -> None:
        """End all processes, those of orders under way as well."""
        for token in list(self._running):
            self.abort(token)
        with self._lock:
            self._is_ended = True
            free, self._free = self._free, []
        for number in free:
            self._all[number].close()

    @property
    def is_idle(self) -> bool:
        """Whether nobody has used it for long."""
        return not self._running and time.monotonic() > self.used + _IDLE_S


_stations: dict[str, Station] = {}
_lock = threading.Lock()
_reaper: list[threading.Timer] = []


def find_station(name: str, config: Mapping[str, Any]) -> Station:
    """Return the station of this name, made on its first order.

    Raises:
        ValueError: As for `Station`.
    """
    with _lock:
        station = _stations.get(name)
        if station is None:
            station = _stations[name] = Station(config)
            if not _reaper:
                _plan_reaping()
        station.used = time.monotonic()
        return station


def end(names: Iterable[str]) -> None:
    """End stations that nobody asks for any more."""
    _end(lambda name, _: name in names)


def abort(token: str) -> None:
    """End what runs of an order."""
    for station in list(_stations.values()):
        station.abort(token)


def choose_processor(worker: str) -> int:
    """Return the processor that calls share whose durations are compared."""
    processors = sorted(os.sched_getaffinity(0))
    return processors[-1 - zlib.crc32(worker.encode()) % len(processors)]


def _end(is_over: Callable[[str, Station], bool]) -> None:
    with _lock:
        over = [name for name, station in _stations.items() if is_over(name, station)]
        ended = [_stations.pop(name) for name in over]
    for station in ended:
        station.end()


def _plan_reaping() -> None:
    timer = threading.Timer(_IDLE_S / 2, _reap)
    timer.daemon = True
    _reaper[:] = [timer]
    timer.start()


def _reap() -> None:
    _end(lambda _, station: station.is_idle)
    with _lock:
        if _stations:
            _plan_reaping()
        else:
            _reaper.clear()
