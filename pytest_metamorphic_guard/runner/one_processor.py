"""One processor for both roles' processes, whose calls never run at the same time."""

from __future__ import annotations

import os
import re

__all__ = ["share_processor"]


def share_processor(executor: object, worker: str = "") -> None:
    """Ask an executor to keep its processes on one processor, where it offers that.

    Two processors differ in speed, by what else runs on them, and would make equal implementations
    look different. One that calls elsewhere is asked for the same there.

    Args:
        executor: The executor of a role; the other role's gets the same processor.
        worker: Name of the process of pytest-xdist, such as ``"gw1"``; each has a processor of its
            own as far as there are enough.
    """
    share = getattr(executor, "share_processor", None)
    if not callable(share) or not hasattr(os, "sched_getaffinity"):
        return
    processors = sorted(os.sched_getaffinity(0))
    number = int(re.sub(r"\D", "", worker) or 0)
    share(processors[-1 - number % len(processors)])
