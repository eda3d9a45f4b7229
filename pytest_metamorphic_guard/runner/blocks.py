"""Processes that are started anew several times while durations are compared.

Two processes of the same code may differ in speed for their whole lives, by where their memory lies
and by what else runs on their processor. Several lives of both are several observations.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_metamorphic_guard.runner.run import Run

__all__ = ["BLOCKS", "Blocks"]

BLOCKS = 5
# Where an import takes long, it is not worth while to do it again and again.
_MOST_S = 5.0


class Blocks:
    """Starts both roles' processes anew at the beginning of every block of a sample.

    Args:
        run: The item's run.
        count: Number of inputs in the sample.
    """

    def __init__(self, run: Run, count: int) -> None:
        self._run = run
        self._size = -(-count // BLOCKS)
        self._spent_s = 0.0

    def begin(self, index: int) -> None:
        """Start processes anew if a block begins with this input."""
        if index == 0 or index % self._size or self._spent_s > _MOST_S:
            return
        begun = time.perf_counter()
        for caller in self._run.callers:
            if caller.restart():
                caller.warm_up()
        self._spent_s += time.perf_counter() - begun
