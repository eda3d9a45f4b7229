"""Confinement of a process, by all that this kernel offers, before it reads candidate code."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.local.hardening.architectures import find_architecture
from pytest_metamorphic_guard.executors.local.hardening.capabilities import drop_capabilities
from pytest_metamorphic_guard.executors.local.hardening.landlock import (
    TRUNCATE_VERSION,
    Ruleset,
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
from pytest_metamorphic_guard.executors.local.hardening.support import (
    NO_LANDLOCK,
    NO_SCOPE,
    NO_TABLE,
    SCOPE_VERSION,
    find_version,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_metamorphic_guard.executors.local.setup import Permissions

__all__ = ["Confinement"]

NO_SECCOMP = "system call filters (refused by this kernel)"


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
        self._architecture = find_architecture()
        self._version = find_version()
        self._inner: Ruleset | None = None
        self._for_children: Prepared | None = None
        if self._architecture is None:
            self.missing.append(NO_TABLE)

    @property
    def can_separate(self) -> bool:
        """Whether a child can be kept from looking into this process and into other children."""
        return self._version >= SCOPE_VERSION

    def confine(self, own_files: Iterable[str] = (), *, own_folder: str | None = None) -> None:
        """Give up privileges, files, network, and the more dangerous system calls.

        Args:
            own_files: Files of ``/proc`` about this process that it may read.
            own_folder: A ``/proc`` in which it may read all files, but list no names.
        """
        if self._architecture is None:
            return
        call_prctl(PR_SET_NO_NEW_PRIVS, 1)
        drop_capabilities(self._architecture)
        if not self._version:
            self.missing.append(NO_LANDLOCK)
        else:
            self._apply_landlock(own_files, own_folder)
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

    def prepare_children(self, *, apart: bool = False) -> None:
        """Make what `confine_child` applies, once for all children.

        Args:
            apart: Whether no child may look into this process or another child, where
                `can_separate`.
        """
        # A scope of its own would do for every child, but takes 70 µs where the filter takes none;
        # it is what keeps a child from tracing, by any way, whoever is not within it.
        made = self._make_process_filter(only_own=True)
        self._for_children = None if made is None else Prepared(made)
        needs_scope = apart or self._permissions.allow_subprocess
        if needs_scope and self._architecture is not None and self.can_separate:
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

    def _apply_landlock(self, own_files: Iterable[str], own_folder: str | None) -> None:
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
            if own_folder is not None:
                rules.allow_opening([own_folder])
            rules.apply()
        finally:
            rules.close()
