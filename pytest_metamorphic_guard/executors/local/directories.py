"""Directories of workers: a tree per user, a branch per host, swept when its owner is gone."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import stat
import tempfile

__all__ = ["Directories", "empty_tree", "remove_tree", "sweep_stale"]

_LOCK = ".lock"


class Directories:
    """The working directories of one host's workers.

    A locked file beside the host's branch tells other hosts that it is in use; the kernel drops the
    lock when the host ends, however it ends.
    """

    def __init__(self) -> None:
        self._base, self._is_private = _open_base()
        sweep_stale(self._base)
        self._path, self._lock = _claim(self._base)

    def make(self) -> str:
        """Return a new empty directory."""
        return tempfile.mkdtemp(prefix="w", dir=self._path)

    def close(self) -> None:
        """Remove everything. It may be called again."""
        if self._lock < 0:
            return
        remove_tree(self._path)
        with contextlib.suppress(OSError):
            os.unlink(self._path + _LOCK)
        os.close(self._lock)
        self._lock = -1
        if self._is_private:
            remove_tree(self._base)


def sweep_stale(base: str) -> None:
    """Remove what hosts left behind that ended without removing it."""
    for name in os.listdir(base):
        if not name.endswith(_LOCK):
            continue
        lock = os.path.join(base, name)
        try:
            descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            remove_tree(lock.removesuffix(_LOCK))
            os.unlink(lock)
        except OSError:
            continue  # its owner lives, or another host sweeps it
        finally:
            os.close(descriptor)


def remove_tree(path: str) -> None:
    """Remove a directory, also where a candidate took permissions away from parts of it."""
    shutil.rmtree(path, ignore_errors=True)
    if not os.path.lexists(path):
        return
    for folder, _, _ in os.walk(path):
        with contextlib.suppress(OSError):
            os.chmod(folder, stat.S_IRWXU)
    shutil.rmtree(path, ignore_errors=True)


def empty_tree(path: str) -> None:
    """Remove everything in a directory, and keep the directory."""
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                remove_tree(entry.path)
            else:
                os.unlink(entry.path)


def _open_base() -> tuple[str, bool]:
    """Return the user's tree, and whether it is for this process alone."""
    base = os.path.join(tempfile.gettempdir(), f"metamorphic-guard-{os.getuid()}")
    with contextlib.suppress(FileExistsError):
        os.mkdir(base, stat.S_IRWXU)
    found = os.lstat(base)
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    if ours and not found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return base, False
    # Somebody else made it first: theirs is not trusted with our files.
    return tempfile.mkdtemp(prefix=f"metamorphic-guard-{os.getuid()}-"), True


def _claim(base: str) -> tuple[str, int]:
    while True:
        path = os.path.join(base, f"{os.getpid()}-{secrets.token_hex(4)}")
        descriptor = os.open(path + _LOCK, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            continue
        # A sweep may have taken the file between the two lines above.
        if os.fstat(descriptor).st_nlink:
            os.mkdir(path, stat.S_IRWXU)
            return path, descriptor
        os.close(descriptor)
