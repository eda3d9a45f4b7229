"""A place for shared memory that is a process's own, where the system lets it have one.

Locks of ``multiprocessing`` are files in ``/dev/shm`` for a moment, as are blocks that processes
share. The machine's own would tell candidates of each other.
"""

from __future__ import annotations

import contextlib
import os
import sys

from pytest_metamorphic_guard.executors.local.hardening.libc import LIBRARY
from pytest_metamorphic_guard.executors.local.hardening.parent import tie_to_parent
from pytest_metamorphic_guard.executors.local.setup import SHARED_MEMORY

__all__ = ["mount_shared_memory"]


_NEW_MOUNTS, _NEW_USERS = 0x00020000, 0x10000000
_NO_SUID, _NO_DEVICES, _NO_PROGRAMS = 2, 4, 8
_RECURSIVE, _SLAVE = 1 << 14, 1 << 19
_MOST_FILES = 1_000


def mount_shared_memory(most_mb: int) -> bool:
    """Put an empty folder of this process and its children over the machine's; say if that worked.

    Args:
        most_mb: MiB that fit into it.
    """
    if sys.platform != "linux" or os.path.realpath(SHARED_MEMORY) != SHARED_MEMORY:
        return False
    parent = os.getppid()
    try:
        if LIBRARY.unshare(_NEW_MOUNTS) != 0:
            if not _can_enter(most_mb):
                return False
            _enter_users()
        _mount(most_mb)
    except OSError:
        return False
    # The kernel forgets what is to happen then where credentials change.
    tie_to_parent(parent)
    return True


def _can_enter(most_mb: int) -> bool:
    """Try it in a child: a process that went half the way would not come back."""
    child = os.fork()
    if child == 0:
        try:
            _enter_users()
            _mount(most_mb)
        except BaseException:  # noqa: BLE001 - whatever it is, it is no
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def _enter_users() -> None:
    uid, gid = os.getuid(), os.getgid()
    if LIBRARY.unshare(_NEW_USERS | _NEW_MOUNTS) != 0:
        raise OSError("user namespaces are not available")
    with contextlib.suppress(OSError):
        _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{uid} {uid} 1")
    _write("/proc/self/gid_map", f"{gid} {gid} 1")


def _mount(most_mb: int) -> None:
    # What the machine mounts goes on to appear here, and nothing of this there.
    if LIBRARY.mount(None, b"/", None, _RECURSIVE | _SLAVE, None) != 0:
        raise OSError("mounts cannot be kept apart")
    options = f"size={most_mb}m,nr_inodes={_MOST_FILES},mode=700".encode()
    flags = _NO_SUID | _NO_DEVICES | _NO_PROGRAMS
    if LIBRARY.mount(b"tmpfs", SHARED_MEMORY.encode(), b"tmpfs", flags, options) != 0:
        raise OSError("nothing can be mounted")


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
