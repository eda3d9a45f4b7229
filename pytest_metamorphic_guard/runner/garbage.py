"""Garbage while inputs are drawn: looked for in all objects when there are four times as many.

What hypothesis remembers of a sample grows all the time that it draws, and holds no garbage. Python
goes through all of it whenever it has grown by a quarter, a tenth of the time that drawing takes.
"""

from __future__ import annotations

import contextlib
import gc
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["collecting_seldom"]

_NEVER = 1 << 30
# All objects are gone through when there may be so many times as many as the last time.
_GROWN = 4
# From this version on Python collects in steps, and knows no such threshold.
_IN_STEPS = (3, 14)


@contextlib.contextmanager
def collecting_seldom() -> Iterator[Callable[[], None]]:
    """Let the block decide when all objects are gone through.

    Yields:
        What it calls now and then: that collects garbage when it is time to.
    """
    young, middle, old = gc.get_threshold()
    if not (gc.isenabled() and young and middle and old) or sys.version_info >= _IN_STEPS:
        yield lambda: None  # somebody chose otherwise
        return
    due = _find_due(young * middle)

    def collect_if_due() -> None:
        nonlocal due
        if gc.get_count()[2] >= due:
            gc.collect()
            due = _find_due(young * middle)

    gc.set_threshold(young, middle, _NEVER)
    try:
        yield collect_if_due
    finally:
        gc.set_threshold(young, middle, old)


def _find_due(step: int) -> int:
    """Return after how many collections of younger objects all objects are gone through."""
    return max(10, (_GROWN - 1) * len(gc.get_objects(generation=2)) // step)
