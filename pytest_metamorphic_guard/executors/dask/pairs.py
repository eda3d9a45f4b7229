"""On which worker durations of an input were measured, for both roles."""

from __future__ import annotations

from collections import OrderedDict

from pytest_metamorphic_guard.errors import ClusterWarning
from pytest_metamorphic_guard.executors.isolation import warn_once

__all__ = ["Pairs"]

_MOST = 10_000


class Pairs:
    """Says once where the two roles' calls with one input ran on different workers."""

    def __init__(self) -> None:
        self._workers: OrderedDict[bytes, str] = OrderedDict()

    def note(self, pair: bytes, worker: str) -> None:
        """Take the worker that made a call, with what names its input."""
        other = self._workers.setdefault(pair, worker)
        if other != worker:
            warn_once(
                f"durations of one input are of two Dask workers, {other} and {worker}: "
                "they are no pair",
                ClusterWarning,
            )
        while len(self._workers) > _MOST:
            self._workers.popitem(last=False)
