"""Confinement of a process, by all that this kernel offers, before it reads candidate code."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.local.hardening.architectures import find_architecture
from pytest_metamorphic_guard.executors.local.hardening.capabilities import drop_capabilities
from pytest_metamorphic_guard.executors.local.hardening.landlock import (
    SCOPE_VERSION,
    TRUNCATE_VERSION,
    Ruleset,
    find_version,
)
from pytest_metamorphic_guard.executors.local.hardening.libc import (
    PR_SET_NO_NEW_PRIVS,
    call_prctl,
)
from pytest_metamorphic_guard.executors.local.hardening.rules import (
    add_process_rules,
    make_base_filter,
)
from pytest_metamorphic_guard.executors.local.hardening.seccomp import Filter, Prepared

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Confinement", "Permissions", "find_missing"]

NO_TABLE = "system call filters (Linux on x86_64 or aarch64 only)"
NO_LANDLOCK = "Landlock (Linux 5.13 with the module enabled)"
NO_SCOPE = "a scope for signals (Linux 6.12)"
NO_SECCOMP = "system call filters (refused by this kernel)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """What a confined process may do.

    Attributes:
        readable: Files, and directories with everything below, that it may read and execute.
        listed: Directories of which, and below which, it may list the names.
        unlisted: Directories on the search path of which it may read the modules, but not list
            the names.
        writable: Files and directories that it may also change.
        allow_network: Whether it may open sockets and connect.
        allow_subprocess: Whether it may start processes.
    """

    readable: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()
    allow_network: bool = False
    allow_subprocess: bool = False


class Confinement:
    """Confines this process, in steps that can be taken at different times.

    A warm worker takes `confine` and `forbid_processes`. A zygote takes `confine`, and its children
    `confine_child`: they must not signal the zygote, which in turn must be able to start and kill.

    Args:
        permissions: What stays allowed.

    Attributes:
        missing: What this system lacks, one phrase each.
    """

    def __init__(self, permissions: Permissions) -> None:
        self.missing: list[str] = []
        self._permissions = permissions
        self._architecture = find_architecture() if sys.platform == "linux" else None
        self._version = 0
        self._inner: Ruleset | None = None
        self._for_children: Prepared | None = None
        if self._architecture is None:
            self.missing.append(NO_TABLE)
        else:
            self._version = find_version(self._architecture)

    def confine(self, own_files: Iterable[str] = ()) -> None:
        """Give up privileges, files, network, and the more dangerous system calls.

        Args:
            own_files: Files of ``/proc`` about this process that it may read.
        """
        if self._architecture is None:
            return
        call_prctl(PR_SET_NO_NEW_PRIVS, 1)
        drop_capabilities(self._architecture)
        if not self._version:
            self.missing.append(NO_LANDLOCK)
        else:
            self._apply_landlock(own_files)
        allowed = self._permissions
        made = make_base_filter(
            self._architecture,
            allow_network=allowed.allow_network,
            allow_subprocess=allowed.allow_subprocess,
        )
        if self._version < TRUNCATE_VERSION:
            made.deny(["truncate"])
        try:
            made.apply()
        except OSError:
            self.missing.append(NO_SECCOMP)

    def forbid_processes(self) -> None:
        """Let this process start threads only, unless processes are allowed."""
        # Without the scope of Landlock the filter has to know whom it may signal.
        made = self._make_process_filter(only_own=self._version < SCOPE_VERSION)
        if made is not None:
            made.apply(os.getpid())

    def prepare_children(self) -> None:
        """Make what `confine_child` applies, once for all children."""
        # A scope of its own would do for every child, but takes 70 µs where the filter takes none.
        made = self._make_process_filter(only_own=True)
        self._for_children = None if made is None else Prepared(made)
        allowed = self._permissions.allow_subprocess
        if allowed and self._architecture is not None and self._version >= SCOPE_VERSION:
            self._inner = Ruleset(self._architecture, self._version, files=False, network=False)

    def confine_child(self) -> None:
        """Confine a forked child: no processes, and no signals to its zygote."""
        if self._inner is not None:
            self._inner.apply()
            self._inner.close()
        if self._for_children is not None:
            self._for_children.apply(os.getpid())

    def _make_process_filter(self, *, only_own: bool) -> Filter | None:
        if self._architecture is None or NO_SECCOMP in self.missing:
            return None
        allowed = self._permissions.allow_subprocess
        made = Filter(self._architecture)
        # A candidate that may start processes must be able to signal them.
        add_process_rules(
            made,
            allow_network=self._permissions.allow_network,
            allow_subprocess=allowed,
            only_own=only_own and not allowed,
        )
        return made

    def _apply_landlock(self, own_files: Iterable[str]) -> None:
        assert self._architecture is not None
        if self._version < SCOPE_VERSION and self._permissions.allow_subprocess:
            self.missing.append(NO_SCOPE)
        allowed = self._permissions
        rules = Ruleset(self._architecture, self._version, network=not allowed.allow_network)
        try:
            rules.allow_reading(allowed.readable)
            rules.allow_listing(allowed.listed)
            rules.allow_everything(allowed.writable)
            rules.keep_reading(own_files)
            rules.apply()
        finally:
            rules.close()


def find_missing(*, allow_subprocess: bool = False) -> list[str]:
    """Return what this system lacks, without confining anything; seccomp is assumed."""
    architecture = find_architecture() if sys.platform == "linux" else None
    if architecture is None:
        return [NO_TABLE]
    version = find_version(architecture)
    if not version:
        return [NO_LANDLOCK]
    return [NO_SCOPE] if allow_subprocess and version < SCOPE_VERSION else []
