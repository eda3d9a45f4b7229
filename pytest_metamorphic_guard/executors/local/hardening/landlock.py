"""Landlock: which files a process may touch, and what it may reach beyond them.

Source: ``Documentation/userspace-api/landlock.rst`` of Linux.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
from struct import pack
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.local.hardening.libc import call_system
from pytest_metamorphic_guard.executors.local.hardening.support import SCOPE_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_metamorphic_guard.executors.local.hardening.architectures import Architecture

__all__ = ["NETWORK_VERSION", "TRUNCATE_VERSION", "Ruleset"]

TRUNCATE_VERSION = 3
NETWORK_VERSION = 4

_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_TRUNCATE, _IOCTL = 1 << 14, 1 << 15
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_FOR_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL
# All rights over files that a version of the interface knows.
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_FILE_RIGHTS_LATER = (1 << 16) - 1
_BIND_AND_CONNECT = 3
_ABSTRACT_SOCKETS_AND_SIGNALS = 3


class Ruleset:
    """What is allowed after `apply`; everything else that Landlock knows is not.

    Args:
        architecture: This machine's.
        version: Version of the interface.
        files: Whether access to files is governed.
        network: Whether TCP is forbidden, where the version can.
    """

    def __init__(
        self, architecture: Architecture, version: int, *, files: bool = True, network: bool = True
    ) -> None:
        self._calls = architecture.calls
        self._rights = _FILE_RIGHTS.get(version, _FILE_RIGHTS_LATER) if files else 0
        tcp = _BIND_AND_CONNECT if network and version >= NETWORK_VERSION else 0
        scope = _ABSTRACT_SOCKETS_AND_SIGNALS if version >= SCOPE_VERSION else 0
        # The kernel takes as much of the structure as its version knows.
        length = 8 if version < NETWORK_VERSION else 16 if version < SCOPE_VERSION else 24
        attributes = ctypes.create_string_buffer(pack("<QQQ", self._rights, tcp, scope), 24)
        self._descriptor = call_system(
            self._calls["landlock_create_ruleset"], ctypes.addressof(attributes), length, 0
        )

    def allow_reading(self, paths: Iterable[str], *, executing: bool = True) -> None:
        """Allow reading these files and what is below these directories, and executing it."""
        for path in paths:
            self._add(path, _READ if executing else _READ & ~_EXECUTE)

    def allow_opening(self, folders: Iterable[str]) -> None:
        """Allow reading the files below these directories for whoever knows their names."""
        for path in folders:
            self._add(path, _READ_FILE)

    def allow_executing(self, paths: Iterable[str]) -> None:
        """Allow executing these files, and reading them."""
        for path in paths:
            self._add(path, _EXECUTE | _READ_FILE)

    def allow_listing(self, paths: Iterable[str]) -> None:
        """Allow listing the names in these directories and below, and reading none of the files."""
        for path in paths:
            self._add(path, _READ_DIR)

    def allow_everything(self, paths: Iterable[str], *, executing: bool = True) -> None:
        """Allow everything with these files, and below these directories; executing if said."""
        for path in paths:
            self._add(path, self._rights if executing else self._rights & ~_EXECUTE)

    def keep_reading(self, paths: Iterable[str]) -> None:
        """Allow reading these files of a file system that forgets them, such as ``/proc``.

        It would make them anew for their next reader, without the right; a descriptor of each
        stays open, so that it does not.
        """
        for path in paths:
            try:
                descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except OSError:
                continue  # not this kernel, or there are no descriptors left
            self._add_open(descriptor, _READ)

    def apply(self) -> None:
        """Put the rules into force for this thread and everything it starts."""
        call_system(self._calls["landlock_restrict_self"], self._descriptor, 0)

    def close(self) -> None:
        """Give the descriptor up; what was applied stays in force."""
        os.close(self._descriptor)

    def _add(self, path: str, rights: int) -> None:
        try:
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.ELOOP):
                return  # what does not exist needs no right
            raise
        try:
            self._add_open(descriptor, rights)
        finally:
            os.close(descriptor)

    def _add_open(self, descriptor: int, rights: int) -> None:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= _FOR_FILES
        rule = ctypes.create_string_buffer(pack("<Qi", rights & self._rights, descriptor), 12)
        call_system(
            self._calls["landlock_add_rule"],
            self._descriptor,
            _PATH_BENEATH,
            ctypes.addressof(rule),
            0,
        )
