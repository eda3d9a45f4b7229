"""What is wanted of a process before it is started, and the refusal where it cannot be had."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pytest_metamorphic_guard.executors.local.configuration import Configuration
    from pytest_metamorphic_guard.executors.local.payloads import Payload
    from pytest_metamorphic_guard.executors.local.setup import Target

__all__ = ["RefusedError", "Wish"]


class RefusedError(Exception):
    """No call can be made; ``payload`` says why."""

    def __init__(self, payload: Payload) -> None:
        super().__init__(payload)
        self.payload = payload


class Wish(NamedTuple):
    """What is wanted of a process.

    Attributes:
        target: What to import.
        mem_mb: Memory limit in MiB; 0 for none.
        configuration: The executor's.
        search_path: The host's ``sys.path``.
        has_needs: Whether modules are to be imported for its inputs.
        is_confined: Whether to harden it.
        is_kept: Whether it may leave processes behind that have to be swept.
        withheld: Files that it may not read, if it is confined.
    """

    target: Target
    mem_mb: int
    configuration: Configuration
    search_path: tuple[str, ...]
    has_needs: bool
    is_confined: bool
    is_kept: bool
    withheld: tuple[str, ...] = ()
