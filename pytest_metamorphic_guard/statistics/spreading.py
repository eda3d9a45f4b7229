"""Do the means of groups lie further apart for one of two roles? A permutation test."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["find_p_spreading"]

# Differences are rounded to so many sizes; each size is then swapped by one draw.
_SIZES = 32
_ALMOST = 1e-9


def find_p_spreading(
    groups: Sequence[Sequence[tuple[float, float]]], *, permutations: int = 9999, seed: int = 0
) -> float:
    """Return the p-value of "the means of the groups spread no wider in the second role".

    Under the hypothesis the two values of every pair could be swapped, which changes the sign of
    their difference.

    Args:
        groups: ``(baseline, candidate)`` per input, for each group.
        permutations: Number of random swaps.
        seed: The same seed gives the same p-value.

    Source: Good, Permutation, Parametric and Bootstrap Tests, section 3.2.
    """
    largest = max((abs(b - a) for pairs in groups for a, b in pairs), default=0.0)
    if len(groups) < 2 or not largest:  # noqa: PLR2004 - one group has no gap
        return 1.0
    unit = largest / _SIZES
    parts = [_Part(pairs, unit) for pairs in groups]
    observed = _widen([(part.middle, part.net / len(part.pairs)) for part in parts])
    coins = random.Random(seed)  # noqa: S311 - a simulation, not a secret
    reached = 0
    for _ in range(permutations):
        swapped = [(part.middle, part.draw(coins) / len(part.pairs)) for part in parts]
        reached += _widen(swapped) >= observed - _ALMOST * largest
    return (1 + reached) / (1 + permutations)


class _Part:
    """One group: the mean of both roles, and differences by their size."""

    def __init__(self, pairs: Sequence[tuple[float, float]], unit: float) -> None:
        self.pairs = pairs
        self.middle = sum((a + b) / 2 for a, b in pairs) / len(pairs)
        rounded = [round((b - a) / unit) for a, b in pairs]
        self.net = sum(rounded) * unit
        self._unit = unit
        self._sizes = sorted(Counter(abs(size) for size in rounded if size).items())

    def draw(self, coins: random.Random) -> float:
        """Return the sum of the differences, each with a random sign."""
        return self._unit * sum(
            size * (2 * coins.getrandbits(count).bit_count() - count) for size, count in self._sizes
        )


def _widen(groups: Sequence[tuple[float, float]]) -> float:
    """Return by how much the spread of ``middle + difference / 2`` exceeds that of the opposite."""
    first = [middle - difference / 2 for middle, difference in groups]
    second = [middle + difference / 2 for middle, difference in groups]
    return (max(second) - min(second)) - (max(first) - min(first))
