"""Processor architectures, as far as system calls differ between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pytest_metamorphic_guard.executors.local.hardening.numbers import AARCH64, COMMON, X86_64
from pytest_metamorphic_guard.executors.local.hardening.support import find_machine

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["TABLES", "Architecture", "find_architecture"]


class Architecture(NamedTuple):
    """What the filter and the calls through ctypes need to know.

    Attributes:
        audit: Number by which the kernel tells a filter the architecture of a call.
        calls: Number of each system call by name; a name that is missing does not exist there.
        first_foreign: From this number on, calls belong to another convention; 0 if none do.
    """

    audit: int
    calls: Mapping[str, int]
    first_foreign: int


TABLES = {
    # From 0x40000000 on: the x32 convention, with numbers of its own for the same calls.
    "x86_64": Architecture(0xC000003E, COMMON | X86_64, 0x40000000),
    "aarch64": Architecture(0xC00000B7, COMMON | AARCH64, 0),
}


def find_architecture() -> Architecture | None:
    """Return the table of this machine, or None if there is none for it."""
    machine = find_machine()
    return None if machine is None else TABLES[machine]
