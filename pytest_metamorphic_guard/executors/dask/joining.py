"""The connections of this process: one for all executors that name the same place."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.dask.cluster import Cluster

if TYPE_CHECKING:
    from pytest_metamorphic_guard.executors.dask.configuration import Place

__all__ = ["join", "leave"]

# By process, since a forked one has no thread that would answer; with the number of users.
_joined: dict[tuple[int, Place], tuple[Cluster, int]] = {}
_lock = threading.Lock()


def join(place: Place) -> Cluster:
    """Return the connection to a place, made for its first user.

    Raises:
        ModuleNotFoundError: Dask is not installed.
        ValueError: Nobody answers there, or no worker can be used.
    """
    key = os.getpid(), place
    with _lock:
        cluster, users = _joined.get(key) or (Cluster(place), 0)
        _joined[key] = cluster, users + 1
    return cluster


def leave(cluster: Cluster) -> None:
    """Say that a user is done; the last one closes the connection."""
    key = os.getpid(), cluster.place
    with _lock:
        known, users = _joined.get(key, (None, 0))
        if known is not cluster:
            return
        if users > 1:
            _joined[key] = cluster, users - 1
            return
        del _joined[key]
    cluster.close()
