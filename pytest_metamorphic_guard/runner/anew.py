"""Calls that are made whatever is known of them, or under another hash seed."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_metamorphic_guard.runner.calling import Caller

__all__ = ["calling_again", "calling_reseeded"]


@contextlib.contextmanager
def calling_again(callers: Iterable[Caller]) -> Iterator[None]:
    """Make every call in the block, whatever is known of it."""
    known = [(caller, caller.time_outs, caller.shared) for caller in callers]
    for caller, *_ in known:
        caller.time_outs = caller.shared = None
    try:
        yield
    finally:
        for caller, time_outs, shared in known:
            caller.time_outs, caller.shared = time_outs, shared


@contextlib.contextmanager
def calling_reseeded(caller: Caller) -> Iterator[None]:
    """Make every call in the block under the other hash seed, which there must be."""
    assert caller.reseeded is not None
    own, caller.loaded = caller.loaded, caller.reseeded
    try:
        yield
    finally:
        caller.loaded = own
