"""What this system can do of what the configuration asks for, and what is said where it cannot."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.isolation import warn_once
from pytest_metamorphic_guard.executors.local.hardening.support import find_missing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_metamorphic_guard.executors.local.configuration import Configuration

__all__ = ["check_missing", "choose_confinement", "choose_level"]

_FORKING = ("fork", "fresh")


def choose_level(configuration: Configuration) -> str:
    """Return the level that is used; a system that cannot fork safely starts interpreters."""
    level = configuration.isolation
    if level in _FORKING and not (sys.platform == "linux" and _has_pidfd()):
        warn_once(f"isolation {level!r} needs Linux 5.3; every call starts an interpreter instead")
        return "spawn"
    return level


def choose_confinement(configuration: Configuration) -> tuple[bool, bool]:
    """Return whether processes are confined, and whether they need a parent that sweeps.

    Raises:
        ValueError: Confinement is required, and this system cannot do all of it.
    """
    if configuration.isolation == "none":
        return False, False
    missing = find_missing(allow_subprocess=configuration.allow_subprocess)
    if configuration.harden == "require" and missing:
        raise ValueError(
            "option 'harden' of the executor 'local' is 'require', but this system lacks "
            + ", ".join(missing)
        )
    is_confined = configuration.harden != "off"
    can_leave_processes = configuration.allow_subprocess or not is_confined or bool(missing)
    # There a call runs in a process that is no child of ours, and what starts it must be able to.
    can_leave_processes |= configuration.isolation in _FORKING
    return is_confined, can_leave_processes and sys.platform == "linux"


def check_missing(missing: Iterable[str], configuration: Configuration) -> None:
    """Warn once, in one line, about what a started process could not be given.

    Raises:
        ValueError: Confinement is required.
    """
    listed = ", ".join(missing)
    if not listed:
        return
    if configuration.harden == "require":
        raise ValueError(
            f"option 'harden' of the executor 'local' is 'require', but this system lacks {listed}"
        )
    warn_once(f"candidates run with less isolation than asked for: this system lacks {listed}")


def _has_pidfd() -> bool:
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return True
