"""A ``/proc`` of a process's own, in which it and each copy of it sees itself and nobody else.

A copy cannot be given the right to read single files about itself: it is confined before it exists,
and so before these files do. So everything else is taken out of a ``/proc``, and that is allowed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.local.hardening.libc import LIBRARY
from pytest_metamorphic_guard.executors.local.setup import SHARED_MEMORY

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["PROC", "mount_proc"]

PROC = "/proc"

_NEW_NETWORK = 0x40000000
_NO_SUID, _NO_DEVICES, _NO_PROGRAMS = 2, 4, 8
_BIND = 1 << 12
_DETACH = 2
# Whoever may not trace a process does not see it; Landlock lets nobody trace who is not within.
_OPTIONS = b"hidepid=ptraceable"


def mount_proc(kept: Iterable[str], *, keeps_network: bool) -> bool:
    """Mount it over the system's, in a mount namespace that is this process's already.

    The system lets root do so, and whoever has a process namespace within a user namespace.

    Args:
        kept: Paths below ``/proc`` that tell of the system and stay readable.
        keeps_network: Whether the network of the system stays in it.

    Returns:
        Whether it is there; if not, everything is as before.
    """
    flags = _NO_SUID | _NO_DEVICES | _NO_PROGRAMS
    if LIBRARY.mount(b"proc", PROC.encode(), b"proc", flags, _OPTIONS) != 0:
        return False
    folder = os.path.join(SHARED_MEMORY, "closed")
    file = os.path.join(SHARED_MEMORY, "closed.txt")
    try:
        os.mkdir(folder, 0)
        try:
            os.close(os.open(file, os.O_CREAT | os.O_RDONLY, 0))
            _close_all(PROC, frozenset(kept), (folder, file))
            os.unlink(file)
        finally:
            os.rmdir(folder)
        if not keeps_network:
            _leave_network()
    except OSError:
        LIBRARY.umount2(PROC.encode(), _DETACH)
        return False
    return True


def _leave_network() -> None:
    # What the kernel says of a process's network stands beside what it says of the process.
    if LIBRARY.unshare(_NEW_NETWORK) != 0:
        raise OSError("there is no network of its own")


def _close_all(folder: str, kept: frozenset[str], closed: tuple[str, str]) -> None:
    """Put something that nobody may open over everything but processes and what is kept."""
    for entry in os.scandir(folder):
        if entry.path in kept or entry.is_symlink() or (folder == PROC and entry.name.isdigit()):
            continue
        is_folder = entry.is_dir(follow_symlinks=False)
        if is_folder and any(path.startswith(f"{entry.path}/") for path in kept):
            _close_all(entry.path, kept, closed)
            continue
        source = closed[0] if is_folder else closed[1]
        if LIBRARY.mount(source.encode(), entry.path.encode(), None, _BIND, None) != 0:
            raise OSError(f"{entry.path} cannot be closed")
