"""Directories of workers: a tree per user, a branch per host, swept when its owner is gone."""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import secrets
import stat
import sys
import tempfile
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.local.setup import SHARED_MEMORY

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Directories", "SharedFolder", "Workplace", "empty_tree", "remove_tree", "sweep_stale"]

_LOCK = ".lock"
_LONG_AGO_NS = 1_000_000_000 * 10**9
_LOOK_ONLY = stat.S_IRUSR | stat.S_IXUSR
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


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


class Workplace:
    """The directory in which a process works, which can be made anew without getting another name.

    Nothing of it is kept then, not even what a directory remembers of the files that were in it.

    Args:
        folder: A new directory that will hold it, and that the process must not write to.

    Attributes:
        path: The directory.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.path = os.path.join(os.path.realpath(folder), "work")
        os.mkdir(self.path, stat.S_IRWXU)
        os.chmod(folder, _LOOK_ONLY)
        self._set_times()

    def renew(self) -> bool:
        """Make it anew, unless nobody so much as looked into it; return if nothing else was there.

        Raises:
            OSError: That was not possible.
        """
        found = os.stat(self.path)
        is_untouched = found.st_atime_ns == found.st_mtime_ns == _LONG_AGO_NS
        is_alone = is_untouched or self._replace()
        # Also where it is the same: the kernel notes when its times were set.
        self._set_times()
        return is_alone

    def _set_times(self) -> None:
        # Whoever lists it or changes what is in it gives it other times, which none can set back.
        os.utime(self.path, ns=(_LONG_AGO_NS, _LONG_AGO_NS))

    def _replace(self) -> bool:
        aside = self._folder + ".old"
        os.chmod(self._folder, stat.S_IRWXU)
        try:
            os.rename(self.path, aside)
            os.mkdir(self.path, stat.S_IRWXU)
        finally:
            os.chmod(self._folder, _LOOK_ONLY)
        remove_tree(aside)
        return os.listdir(self._folder) == [os.path.basename(self.path)]

    def remove(self) -> None:
        """Remove it. It may be called again."""
        remove_tree(self._folder)


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
    """Remove a directory as far as this user can; see `empty_tree`."""
    with contextlib.suppress(OSError):
        empty_tree(path)
        os.rmdir(path)


class SharedFolder:
    """The place for shared memory that a process has for itself, as the host sees it.

    Args:
        pid: Number of the process; 0 for nobody.
    """

    def __init__(self, pid: int = 0) -> None:
        self._folder = -1
        if not pid:
            return
        with contextlib.suppress(OSError):
            self._folder = os.open(f"/proc/{pid}/root{SHARED_MEMORY}", _FOLDER)
            if os.fstat(self._folder).st_dev == os.stat(SHARED_MEMORY).st_dev:
                self.close()  # the machine's: it may not write there
        self.renew()

    def renew(self) -> None:
        """Remove what is in it, and what it remembers.

        Raises:
            OSError: That was not possible.
        """
        if self._folder < 0:
            return
        found = os.fstat(self._folder)
        if not found.st_atime_ns == found.st_mtime_ns == _LONG_AGO_NS:
            empty_tree(f"/proc/self/fd/{self._folder}/.")
        os.utime(self._folder, ns=(_LONG_AGO_NS, _LONG_AGO_NS))

    def close(self) -> None:
        """Give it up. It may be called again."""
        if self._folder >= 0:
            os.close(self._folder)
            self._folder = -1


def empty_tree(path: str) -> None:
    """Remove everything in a directory, and keep the directory.

    Whatever a candidate made of it: folders without permissions, deeper than a path is long, or
    with more names than one wants to keep in memory; and whatever it makes of it meanwhile.

    Raises:
        OSError: The directory itself cannot be read.
    """
    top = _open_folder(path, None)
    try:
        mark, moved = secrets.token_hex(8), itertools.count()
        goes_on = True
        while goes_on:
            goes_on = False
            with os.scandir(top) as entries:
                for entry in entries:
                    with contextlib.suppress(OSError):
                        if entry.is_dir(follow_symlinks=False):
                            _dissolve(entry.name, top, (f"{mark}{number}" for number in moved))
                        else:
                            os.unlink(entry.name, dir_fd=top)
                        goes_on = True
    finally:
        os.close(top)


def _dissolve(name: str, top: int, new_names: Iterator[str]) -> None:
    """Remove a folder in the folder ``top``; folders in it go there, under new names."""
    # So depth costs neither recursion nor descriptors nor names that are too long.
    folder = _open_folder(name, top)
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    # A folder that one may not write to cannot be moved.
                    os.close(_open_folder(entry.name, folder))
                    os.rename(entry.name, next(new_names), src_dir_fd=folder, dst_dir_fd=top)
                else:
                    os.unlink(entry.name, dir_fd=folder)
    finally:
        os.close(folder)
    os.rmdir(name, dir_fd=top)


def _open_folder(name: str, parent: int | None) -> int:
    """Open a folder, and give its owner all permissions for it; never by way of a link.

    Somebody may put a link in the folder's place at any moment, so its mode is changed through what
    was opened, not through its name.
    """
    if sys.platform != "linux":
        os.chmod(name, stat.S_IRWXU, dir_fd=parent, follow_symlinks=False)
        return os.open(name, _FOLDER, dir_fd=parent)
    found = os.open(name, os.O_PATH | _FOLDER, dir_fd=parent)
    try:
        # Where /proc is not mounted, a folder that is closed to us stays.
        itself = f"/proc/self/fd/{found}"
        if os.fstat(found).st_mode & stat.S_IRWXU != stat.S_IRWXU:
            os.chmod(itself, stat.S_IRWXU)
        return os.open(".", _FOLDER, dir_fd=found)
    finally:
        os.close(found)


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
