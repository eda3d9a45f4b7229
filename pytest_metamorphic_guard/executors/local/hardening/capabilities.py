"""Capabilities: what makes uid 0 more than a number."""

from __future__ import annotations

import ctypes
from struct import pack
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.local.hardening.libc import (
    PR_CAPBSET_DROP,
    call_prctl,
    call_system,
)

if TYPE_CHECKING:
    from pytest_metamorphic_guard.executors.local.hardening.architectures import Architecture

__all__ = ["drop_capabilities"]

_VERSION_3 = 0x20080522
_MOST = 64


def drop_capabilities(architecture: Architecture) -> None:
    """Give up every capability, and the possibility to get one back.

    Raises:
        OSError: The kernel refused.
    """
    for capability in range(_MOST):
        try:
            call_prctl(PR_CAPBSET_DROP, capability)
        except OSError:
            break  # beyond the last one, or never had the right to drop
    header = ctypes.create_string_buffer(pack("<II", _VERSION_3, 0), 8)
    sets = ctypes.create_string_buffer(24)
    call_system(architecture.calls["capset"], ctypes.addressof(header), ctypes.addressof(sets))
