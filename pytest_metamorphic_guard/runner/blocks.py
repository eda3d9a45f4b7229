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
        self._size = max(1, -(-count // BLOCKS))
        self._block = 0
        self._spent_s = 0.0

    def begin(self, index: int) -> None:
        """Start processes anew if a block begins with this input."""
        # A share of a sample may lack a block's first input.
        block, before = index // self._size, self._block
        self._block = block
        if block == before or self._spent_s > _MOST_S:
            return
        begun = time.perf_counter()
        for caller in self._run.callers:
            if caller.restart():
                caller.warm_up()
        self._spent_s += time.perf_counter() - begun
