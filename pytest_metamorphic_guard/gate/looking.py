"""Looking at a growing sample: after every pair, and at the number of pairs that was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.statistics.effective import (
    INDEPENDENT,
    Clustering,
    find_p_gain,
    find_p_loss,
)
from pytest_metamorphic_guard.statistics.paired import PairedCounts, tango_interval
from pytest_metamorphic_guard.statistics.sequential import (
    BettingProcess,
    HybridLevels,
    find_confidence_sequence,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.gate.policies import NonInferior, Superior
    from pytest_metamorphic_guard.statistics.binomial import Interval

__all__ = ["Looking", "Seen", "is_above", "look_back"]


@dataclass(frozen=True, slots=True)
class Seen:
    """Where enough was seen.

    Attributes:
        pairs: Number of pairs by then.
        above: Whether the difference is shown to lie above the policy's threshold, or below.
        interval: What is then known of the difference.
    """

    pairs: int
    above: bool
    interval: Interval


class Looking:
    """Sees one task's pairs in the order in which they were drawn.

    However often it looks, each side errs with the policy's alpha at most: looking after every pair
    has a fifth of it, and the tests at a fixed number of pairs share the rest.

    Args:
        policy: What the difference is compared with.
        tasks: Number of tasks that may each reject the candidate in this way.
        first_look: Number of pairs that were asked for, where the run may go on beyond them; there
            nothing is concluded before. None where it ends with them.
    """

    def __init__(
        self,
        policy: NonInferior | Superior,
        *,
        tasks: int = 1,
        first_look: int | None = None,
    ) -> None:
        self._policy = policy
        self._threshold = policy.threshold
        self._levels = HybridLevels.share(policy.alpha, extended=first_look is not None)
        self._tasks = tasks
        self._first_look = first_look
        self._above = BettingProcess(policy.threshold, "above")
        self._below = BettingProcess(policy.threshold, "below")
        self._differences: list[int] = []
        self._crossed: bool | None = None

    def observe(self, difference: int) -> bool | None:
        """Add one pair: -1 is a regression, 0 an agreement, 1 an improvement.

        Returns:
            Whether the difference is shown to lie above the policy's threshold, or below; None
            where neither is.
        """
        self._differences.append(difference)
        if self._crossed is None:
            self._bet(difference)
        pairs = len(self._differences)
        if self._first_look is not None and pairs < self._first_look:
            return None
        if self._crossed is None and pairs == self._first_look:
            return self._test()
        return self._crossed

    def find_interval(self) -> Interval:
        """Return what is known of the difference where enough was seen."""
        if self._crossed is None:
            return self._find_tango(self._levels.first)
        return find_confidence_sequence(self._differences, self._levels.sequential)

    def _bet(self, difference: int) -> None:
        self._above.observe(difference)
        self._below.observe(difference)
        if self._above.rejects(self._levels.sequential):
            self._crossed = True
        elif self._below.rejects(self._levels.sequential / self._tasks):
            self._crossed = False

    def _test(self) -> bool | None:
        counts, level = _count_differences(self._differences), self._levels.first
        if is_above(counts, self._policy, self._find_tango(level), level):
            return True
        return False if find_p_loss(counts, self._threshold) <= level / self._tasks else None

    def _find_tango(self, level: float) -> Interval:
        counts = _count_differences(self._differences)
        return tango_interval(counts, confidence=1.0 - 2.0 * level)


def is_above(
    counts: PairedCounts,
    policy: NonInferior | Superior,
    interval: Interval,
    level: float,
    clustering: Clustering = INDEPENDENT,
) -> bool:
    """Tell whether the difference is shown to lie above the policy's threshold.

    The exact test has to show it as well as the interval.
    """
    if interval.lower <= policy.threshold:
        return False
    return find_p_gain(counts, policy.threshold, clustering) <= level


def look_back(
    differences: Sequence[int],
    policy: NonInferior | Superior,
    *,
    tasks: int = 1,
    first_look: int | None = None,
) -> Seen | None:
    """Return where `Looking` saw enough among these pairs, or None."""
    looking = Looking(policy, tasks=tasks, first_look=first_look)
    for pairs, difference in enumerate(differences, start=1):
        above = looking.observe(difference)
        if above is not None:
            return Seen(pairs, above, looking.find_interval())
    return None


def _count_differences(differences: Sequence[int]) -> PairedCounts:
    return PairedCounts(
        both_pass=differences.count(0),
        regressions=differences.count(-1),
        improvements=differences.count(1),
    )
