"""The difference of a task's pass rates, and whether looking at a growing sample settled it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.gate.looking import is_above, look_back
from pytest_metamorphic_guard.gate.policies import Strict
from pytest_metamorphic_guard.statistics.effective import find_p_loss
from pytest_metamorphic_guard.statistics.paired import tango_interval
from pytest_metamorphic_guard.statistics.sequential import HybridLevels

if TYPE_CHECKING:
    from pytest_metamorphic_guard.gate.policies import Policy
    from pytest_metamorphic_guard.gate.tally import TaskTally
    from pytest_metamorphic_guard.statistics.binomial import Interval

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The difference of the pass rates, and where early stopping saw enough.

    Attributes:
        interval: Tango's interval of the difference; where looking at every pair ended the run,
            the one that holds whenever one looks.
        confidence: Of the interval, however often the run was looked at.
        alpha: The error rate of each of its sides.
        p_below: Against "the difference reaches the policy's threshold", at the policy's alpha.
        stopped: Number of pairs after which early stopping decided, or None.
        above: Whether it is shown to lie above the threshold.
    """

    interval: Interval
    confidence: float
    alpha: float
    p_below: float | None = None
    stopped: int | None = None
    above: bool = False


def compare(
    tally: TaskTally,
    policy: Policy,
    *,
    early_stop: bool,
    first_look: int | None = None,
    tasks: int = 1,
) -> Comparison:
    """Return the interval at the policy's level, and whether early stopping already decided.

    With early stopping a fifth of alpha pays for looking after every input, and the interval has
    the rest. Inputs that repeat each other are never stopped early.

    Args:
        tally: The counts.
        policy: What the difference is compared with.
        early_stop: Whether the run was looked at after every input.
        first_look: Inputs that were asked for, where the run could go on beyond them.
        tasks: Number of tasks that may each reject the candidate by its rate.
    """
    confidence = 1.0 - 2.0 * policy.alpha
    looked = (early_stop or first_look is not None) and not tally.grouped
    if isinstance(policy, Strict):
        return Comparison(
            interval=_find_interval(tally, policy.alpha), confidence=confidence, alpha=policy.alpha
        )
    alpha = policy.alpha
    if looked:
        alpha = HybridLevels.share(policy.alpha, extended=first_look is not None).final
        seen = look_back(tally.differences, policy, tasks=tasks, first_look=first_look)
        if seen is not None:
            return Comparison(
                interval=seen.interval,
                confidence=confidence,
                alpha=alpha,
                stopped=seen.pairs,
                above=seen.above,
            )
    p_below = find_p_loss(tally.pairs, policy.threshold, tally.clustering)
    interval = _find_interval(tally, alpha)
    return Comparison(
        interval=interval,
        confidence=confidence,
        alpha=alpha,
        above=is_above(tally.pairs, policy, interval, alpha, tally.clustering),
        # Looking before has spent a part of alpha, as if the p-value were so much larger.
        p_below=min(1.0, p_below * policy.alpha / alpha),
    )


def _find_interval(tally: TaskTally, alpha: float) -> Interval:
    effect = tally.clustering.effect
    return tango_interval(tally.pairs, confidence=1.0 - 2.0 * alpha, effect=effect)
