"""How code tells that it is in a worker: the process in which an executor imports a candidate."""

from __future__ import annotations

import os

__all__ = ["WORKER_VARIABLE", "is_worker"]

WORKER_VARIABLE = "METAMORPHIC_GUARD_WORKER"


def is_worker() -> bool:
    """Tell whether this process imports a candidate for another one."""
    return WORKER_VARIABLE in os.environ
