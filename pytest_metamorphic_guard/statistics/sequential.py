"""Stopping as soon as the evidence suffices, at an error rate that peeking does not inflate.

A player starts with 1 and bets, before every pair, that the hypothesis is wrong. While it is right,
the game is unfavourable, so capital of 1/alpha is ever reached with probability at most alpha,
whenever one looks. The bets are fixed fractions, and the capital is spread over them evenly.

Valid for pairs drawn in a fixed random order, so neither for shrunk nor for steered inputs.

Sources: Ville, Étude critique de la notion de collectif (1939); Waudby-Smith and Ramdas, Journal of
the Royal Statistical Society B 86 (2024) 1-27, for the betting form.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pytest_metamorphic_guard.statistics.binomial import Interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "BettingProcess",
    "Crossing",
    "HybridLevels",
    "find_confidence_sequence",
    "find_crossing",
]

# Shares of the largest bet that cannot ruin: the small ones suit many discordant pairs, the large
# ones suit none. benchmarks/simulate_gate.py prints what they save.
_SHARES = (0.1, 0.3, 0.6, 0.9, 0.99)
_HALVINGS = 20


@dataclass(frozen=True, slots=True)
class HybridLevels:
    """How one error rate is shared: a part for stopping early, the rest for tests at fixed numbers.

    The parts add up, so their sum bounds the error of using all of them.

    Attributes:
        sequential: For looking after every pair.
        first: For a test at the number of pairs that was asked for, where the run may go on.
        final: For the test at the end.
    """

    sequential: float
    final: float
    first: float = 0.0

    @classmethod
    def share(cls, alpha: float, *, extended: bool = False) -> HybridLevels:
        """Give a fifth of ``alpha`` to looking after every pair, the rest to tests.

        Args:
            alpha: The error rate of the whole.
            extended: Whether the rest is divided between a first test and one at the end.
        """
        rest = alpha * 4.0 / 5.0
        if extended:
            return cls(sequential=alpha / 5.0, first=rest / 2.0, final=rest / 2.0)
        return cls(sequential=alpha / 5.0, final=rest)


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where a process had seen enough.

    Attributes:
        side: ``"above"`` if the mean difference is shown to exceed the threshold, else ``"below"``.
        pairs: Number of pairs seen by then.
    """

    side: Literal["above", "below"]
    pairs: int


class BettingProcess:
    """Evidence, pair by pair, that a mean difference lies above (or below) a threshold.

    Args:
        threshold: The hypothesis is that the mean difference is at most this (``above``), or at
            least this (``below``).
        side: Which side of the threshold is to be shown.
    """

    def __init__(self, threshold: float, side: Literal["above", "below"]) -> None:
        if not -1.0 < threshold < 1.0:
            raise ValueError(f"threshold must lie between -1 and 1, got {threshold!r}")
        sign = 1.0 if side == "above" else -1.0
        gains = {d: sign * (d - threshold) for d in (-1, 0, 1)}
        largest = -1.0 / min(gains.values())
        self._steps = {
            d: tuple(math.log1p(share * largest * gain) for share in _SHARES)
            for d, gain in gains.items()
        }
        self._logs = [0.0] * len(_SHARES)

    @property
    def log_wealth(self) -> float:
        """Natural logarithm of the capital; at least ``log(1 / alpha)`` rejects the hypothesis."""
        largest = max(self._logs)
        total = sum(math.exp(value - largest) for value in self._logs)
        return largest + math.log(total / len(self._logs))

    def rejects(self, alpha: float) -> bool:
        """Whether the hypothesis is rejected at level ``alpha`` by now."""
        enough = -math.log(alpha)
        # The average is at most the largest, which is cheaper to look at after every pair.
        return max(self._logs) >= enough and self.log_wealth >= enough

    def observe(self, difference: int) -> None:
        """Add one pair: -1 is a regression, 0 an agreement, 1 an improvement."""
        self._logs = [
            value + step for value, step in zip(self._logs, self._steps[difference], strict=True)
        ]


def find_crossing(differences: Iterable[int], threshold: float, alpha: float) -> Crossing | None:
    """Return the first pair at which either side of ``threshold`` is shown at level ``alpha``.

    Each side errs with probability at most ``alpha``. None if neither was shown.
    """
    above, below = BettingProcess(threshold, "above"), BettingProcess(threshold, "below")
    for pairs, difference in enumerate(differences, start=1):
        above.observe(difference)
        below.observe(difference)
        if above.rejects(alpha):
            return Crossing("above", pairs)
        if below.rejects(alpha):
            return Crossing("below", pairs)
    return None


def find_confidence_sequence(differences: Sequence[int], alpha: float) -> Interval:
    """Return an interval of the mean difference that holds at whatever time one looked.

    It has every threshold that the pairs so far never rejected on either side, each of which errs
    with probability at most ``alpha``; [-1, 1] without pairs.
    """
    lower, upper = -1.0, 1.0
    step = 1.0
    # Twenty halvings of a length of two leave a part in a million.
    for _ in range(_HALVINGS):
        step /= 2.0
        if _is_excluded(differences, lower + step, "above", alpha):
            lower += step
        if _is_excluded(differences, upper - step, "below", alpha):
            upper -= step
    return Interval(lower, upper)


def _is_excluded(
    differences: Sequence[int], threshold: float, side: Literal["above", "below"], alpha: float
) -> bool:
    if not -1.0 < threshold < 1.0:
        return False
    process = BettingProcess(threshold, side)
    for difference in differences:
        process.observe(difference)
        if process.rejects(alpha):
            return True
    return False
