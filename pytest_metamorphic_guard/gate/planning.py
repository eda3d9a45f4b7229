"""What a run can be expected to decide, said before it, and how many inputs would settle it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.gate.phrases import count, percent
from pytest_metamorphic_guard.gate.policies import NonInferior, Policy, Superior
from pytest_metamorphic_guard.statistics.power import (
    find_power,
    inputs_for_power,
    inputs_for_rate,
)
from pytest_metamorphic_guard.statistics.sequential import HybridLevels

if TYPE_CHECKING:
    from pytest_metamorphic_guard.gate.evidence import TaskEvidence
    from pytest_metamorphic_guard.gate.tally import TaskTally

__all__ = ["Plan", "find_fewest_inputs", "plan_run", "say_how_many", "say_how_many_for_rate"]

_POWER = 0.8
_FAILING = 0.1
_MOST_INPUTS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What can be expected of a run under a margin.

    Attributes:
        inputs: Number of inputs that are to run.
        margin: The loss that is tolerated.
        fewest: Number of inputs below which no candidate is ever adopted.
        failing: Share of inputs on which each role is taken to fail, independently.
        adopted: How often an equal candidate is then adopted.
        needed: Number of inputs with which it is adopted in four of five runs.
    """

    inputs: int
    margin: float
    fewest: int
    failing: float
    adopted: float
    needed: int

    def __str__(self) -> str:
        begin = f"n={self.inputs}, margin {percent(self.margin)}"
        if self.inputs < self.fewest:
            return f"{begin}: no candidate can be adopted, which needs {self.fewest} inputs"
        return (
            f"{begin}, {percent(self.failing)} independent failures: an equal candidate is adopted "
            f"in {100 * self.adopted:.0f} %; {percent(_POWER)} needs about {self.needed}"
        )


def find_fewest_inputs(policy: Policy, *, looks: bool = False) -> int:
    """Return the number of inputs below which no candidate is adopted under a policy.

    Args:
        policy: The policy.
        looks: Whether a part of alpha is spent on looking before the end.
    """
    if not isinstance(policy, NonInferior):
        return 1
    alpha = HybridLevels.share(policy.alpha).final if looks else policy.alpha
    return inputs_for_power(policy.threshold, 0.0, alpha=alpha, power=_POWER)


def plan_run(policy: Policy, inputs: int, *, looks: bool = False) -> Plan | None:
    """Return what can be expected of so many inputs; None where no margin is to be kept."""
    if not isinstance(policy, NonInferior):
        return None
    alpha = HybridLevels.share(policy.alpha).final if looks else policy.alpha
    discordant = 2.0 * _FAILING * (1.0 - _FAILING)
    return Plan(
        inputs=inputs,
        margin=policy.margin,
        fewest=find_fewest_inputs(policy, looks=looks),
        failing=_FAILING,
        adopted=find_power(inputs, policy.threshold, discordant, alpha=alpha),
        needed=inputs_for_power(policy.threshold, discordant, alpha=alpha, power=_POWER),
    )


def say_how_many(
    evidence: TaskEvidence, tally: TaskTally, policy: NonInferior | Superior, alpha: float
) -> str:
    """Return what settles a difference of rates that nothing was shown of."""
    pairs = tally.pairs
    discordant = (pairs.improvements + pairs.regressions) / pairs.total
    match policy:
        case NonInferior(margin=margin):
            wanted, subject, gain = f"a margin of {percent(margin)}", "an equal candidate", 0.0
        case Superior(min_delta=min_delta):
            wanted, subject = f"a gain of {percent(min_delta)}", "a candidate that gains as much"
            gain = pairs.difference
    if gain <= policy.threshold:
        return f"the gain seen is no more than asked for; no number of inputs settles {wanted}"
    needed = inputs_for_power(policy.threshold, discordant, gain=gain, alpha=alpha, power=_POWER)
    return _advise(evidence, math.ceil(needed * tally.clustering.effect), wanted, subject)


def say_how_many_for_rate(  # noqa: PLR0913 - the facts of one rate
    evidence: TaskEvidence | None,
    passed: int,
    trials: int,
    minimum: float,
    alpha: float,
    *,
    effect: float = 1.0,
) -> str:
    """Return what settles a pass rate that neither reaches its minimum nor misses it."""
    rate = passed / trials
    needed = _MOST_INPUTS + 1
    if abs(rate - minimum) > 1.0 / _MOST_INPUTS:
        needed = math.ceil(effect * inputs_for_rate(rate, minimum, alpha=alpha, power=_POWER))
    if needed > _MOST_INPUTS:
        return f"the rate seen lies on the minimum; ask for a little less than {percent(minimum)}"
    return _advise(evidence, needed, f"a minimum of {percent(minimum)}", "a rate like this")


def _advise(evidence: TaskEvidence | None, needed: int, wanted: str, subject: str) -> str:
    available = None if evidence is None else evidence.available
    if available is not None and needed > available:
        return (
            f"only {count(available, 'distinct input')} exist, and {wanted} takes {needed}: give "
            "more inputs, or ask for less"
        )
    return (
        f"run at least {needed} inputs for {wanted}, afresh with another seed: enough for "
        f"{subject} in {percent(_POWER)} of runs; or let it go on: --mg-extend={2 * needed}"
    )
