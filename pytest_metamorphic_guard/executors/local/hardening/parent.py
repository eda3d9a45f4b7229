"""Ties a process to the one that started it."""

from __future__ import annotations

import os
import signal
import sys

from pytest_metamorphic_guard.executors.local.hardening.libc import PR_SET_PDEATHSIG, call_prctl

__all__ = ["tie_to_parent"]


def tie_to_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent ends, and end now if it already has."""
    if sys.platform != "linux":
        return
    call_prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)
