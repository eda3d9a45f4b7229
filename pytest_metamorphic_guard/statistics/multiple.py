"""P-values adjusted for the number of tests: Holm to decide, Benjamini-Hochberg to report."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["benjamini_hochberg", "holm"]


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p-values that hold for the whole family, in the order given.

    Rejecting every hypothesis whose adjusted value is at most alpha makes one or more false
    rejections with probability at most alpha, whatever the dependence (step-down).

    Source: Holm, Scandinavian Journal of Statistics 6 (1979) 65-70.
    """
    ascending = _order(p_values)
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for rank, index in enumerate(ascending):
        largest = max(largest, (len(p_values) - rank) * p_values[index])
        adjusted[index] = min(1.0, largest)
    return tuple(adjusted)


def benjamini_hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p-values adjusted for the false discovery rate, in the order given.

    Among the hypotheses whose adjusted value is at most q, an expected share of at most q is
    rejected falsely, for independent or positively dependent tests (step-up).

    Source: Benjamini and Hochberg, Journal of the Royal Statistical Society B 57 (1995) 289-300.
    """
    ascending = _order(p_values)
    adjusted = [0.0] * len(p_values)
    smallest = 1.0
    for rank in range(len(p_values), 0, -1):
        index = ascending[rank - 1]
        smallest = min(smallest, p_values[index] * len(p_values) / rank)
        adjusted[index] = smallest
    return tuple(adjusted)


def _order(p_values: Sequence[float]) -> list[int]:
    for p_value in p_values:
        if not 0.0 <= p_value <= 1.0:  # also true of nan, which would break the order silently
            raise ValueError(f"a p-value must lie in [0, 1], got {p_value!r}")
    return sorted(range(len(p_values)), key=lambda index: p_values[index])
