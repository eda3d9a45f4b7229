"""Confinement of a process that is about to become another program."""

from __future__ import annotations

import os
import resource
import signal
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.executors.local.hardening.architectures import find_architecture
from pytest_metamorphic_guard.executors.local.hardening.capabilities import drop_capabilities
from pytest_metamorphic_guard.executors.local.hardening.landlock import TRUNCATE_VERSION, Ruleset
from pytest_metamorphic_guard.executors.local.hardening.libc import (
    PR_SET_NO_NEW_PRIVS,
    call_prctl,
)
from pytest_metamorphic_guard.executors.local.hardening.limits import set_fixed_limits
from pytest_metamorphic_guard.executors.local.hardening.parent import tie_to_parent
from pytest_metamorphic_guard.executors.local.hardening.rules import (
    add_process_rules,
    make_base_filter,
)
from pytest_metamorphic_guard.executors.local.hardening.seccomp import Prepared
from pytest_metamorphic_guard.executors.local.hardening.support import (
    SCOPE_VERSION,
    find_version,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Cage"]


class Cage:
    """What a program is kept in: made once, entered by every process that becomes the program.

    Args:
        told: What `Reach.to_dict` returned, with ``confine``, ``network``, ``subprocess``,
            ``directory``, ``mem_mb``, ``file_mb`` and ``open_files``.

    Attributes:
        missing: What this system lacks, one phrase each.
    """

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.missing: list[str] = []
        self._told = told
        self._rules: Ruleset | None = None
        self._filter: Prepared | None = None
        self._architecture = find_architecture() if told["confine"] else None
        if self._architecture is None:
            return
        version, starts = find_version(), told["subprocess"]
        if version:
            self._rules = Ruleset(self._architecture, version, network=not told["network"])
            # Where it may start others, these are the system's.
            self._rules.allow_reading(told["readable"], executing=starts)
            self._rules.allow_listing(told["listed"])
            self._rules.allow_executing(told["executable"])
            self._rules.allow_everything(told["writable"], executing=starts)
        made = make_base_filter(
            self._architecture, allow_network=told["network"], allow_subprocess=starts
        )
        if version < TRUNCATE_VERSION:
            made.deny(["truncate"])
        add_process_rules(
            made,
            allow_network=told["network"],
            allow_subprocess=starts,
            only_own=version < SCOPE_VERSION and not starts,
            becomes_program=True,
        )
        self._filter = Prepared(made)

    def enter(self, parent: int) -> None:
        """Confine this process, whose parent has this number; then it executes the program.

        Raises:
            OSError: The kernel refused.
        """
        os.setsid()
        tie_to_parent(parent)
        for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        os.chdir(self._told["directory"])
        if self._architecture is not None:
            call_prctl(PR_SET_NO_NEW_PRIVS, 1)
            drop_capabilities(self._architecture)
        if self._rules is not None:
            self._rules.apply()
            self._rules.close()
        set_fixed_limits(self._told["file_mb"], self._told["open_files"])
        limit = self._told["mem_mb"] << 20
        if limit:
            # Not the address space, of which node and java reserve more than they ever use.
            ceiling = resource.getrlimit(resource.RLIMIT_DATA)[1]
            limit = limit if ceiling == resource.RLIM_INFINITY else min(limit, ceiling)
            resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
        if self._filter is not None:
            self._filter.apply(os.getpid())
