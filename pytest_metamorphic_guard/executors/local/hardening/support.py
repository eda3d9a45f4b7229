"""What this system offers for the confinement of a process; the host asks, too, before it starts.

So it is asked without the tables and filters that only a process needs which is confined.
"""

from __future__ import annotations

import os
import sys

from pytest_metamorphic_guard.executors.local.hardening.libc import call_system

__all__ = [
    "NO_LANDLOCK",
    "NO_SCOPE",
    "NO_TABLE",
    "SCOPE_VERSION",
    "find_machine",
    "find_missing",
    "find_version",
]

NO_TABLE = "system call filters (Linux on x86_64 or aarch64 only)"
NO_LANDLOCK = "Landlock (Linux 5.13 with the module enabled)"
NO_SCOPE = "a scope for signals (Linux 6.12)"
# From this version on, Landlock can keep signals and sockets within a scope.
SCOPE_VERSION = 6

_MACHINES = ("x86_64", "aarch64")
# The same on each of them.
_CREATE_RULESET = 444
_ASK_VERSION = 1


def find_machine() -> str | None:
    """Return the processor's architecture; None where nothing can be filtered for it."""
    machine = os.uname().machine if sys.platform == "linux" else ""
    return machine if machine in _MACHINES else None


def find_version() -> int:
    """Return the version of Landlock that the kernel offers; 0 where there is none."""
    if find_machine() is None:
        return 0
    try:
        return call_system(_CREATE_RULESET, 0, 0, _ASK_VERSION)
    except OSError:
        return 0


def find_missing(*, allow_subprocess: bool = False) -> list[str]:
    """Return what this system lacks, without confining anything; seccomp is assumed."""
    if find_machine() is None:
        return [NO_TABLE]
    version = find_version()
    if not version:
        return [NO_LANDLOCK]
    return [NO_SCOPE] if allow_subprocess and version < SCOPE_VERSION else []
