"""The root of a monotone question, found by halving."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["bisect"]

# 200 halvings reach the last bit of any float above 1e-44, where the loop ends by itself.
_MOST_HALVINGS = 200


def bisect(is_below: Callable[[float], bool], low: float, high: float) -> float:
    """Return the point between ``low`` and ``high`` at which ``is_below`` turns false."""
    middle = (low + high) / 2.0
    for _ in range(_MOST_HALVINGS):
        if middle in (low, high):
            break
        if is_below(middle):
            low = middle
        else:
            high = middle
        middle = (low + high) / 2.0
    return middle
