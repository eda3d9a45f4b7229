"""Calls of one case: between them their process is neither stopped nor looked at for edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from pytest_metamorphic_guard.executors.local.callee import Callee

__all__ = ["Hold"]


class Hold:
    """A block of calls that one case makes one after another, in one thread.

    The first of them looks for edits, so all of them are made of the same sources, and the process
    rests when the last one has ended.

    Args:
        callee: What is called.
        is_brief: Whether its calls take less time than it takes to begin them.
    """

    def __init__(self, callee: Callee, *, is_brief: bool) -> None:
        self._callee = callee
        self._is_brief = is_brief

    def __enter__(self) -> None:
        """Begin."""
        self._callee.is_held = True
        if self._is_brief and self._callee.sandbox is not None:
            # Not loaded where no calls are held, for a run that starts sooner.
            from pytest_metamorphic_guard.executors.local.turns import take_turns

            self._callee.turns = take_turns(self._callee.sandbox.pid)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let the process rest, if there still is one."""
        callee = self._callee
        callee.is_held = callee.is_checked = False
        if callee.turns is not None:
            callee.turns.leave()
            callee.turns = None
        if callee.sandbox is not None:
            callee.sandbox.rest()
