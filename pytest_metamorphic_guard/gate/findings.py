"""The single judgements a decision is made of: each one says what it found and what would help."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.gate.phrases import count, list_names, percent, percent_above, points
from pytest_metamorphic_guard.gate.policies import NonInferior, Policy, Strict, Superior
from pytest_metamorphic_guard.statistics.binomial import Interval, upper_bound
from pytest_metamorphic_guard.statistics.paired import inputs_to_clear, tango_interval
from pytest_metamorphic_guard.statistics.sequential import HybridLevels, find_crossing

if TYPE_CHECKING:
    from pytest_metamorphic_guard.gate.evidence import TaskEvidence
    from pytest_metamorphic_guard.gate.tally import TaskTally

__all__ = [
    "Bound",
    "Comparison",
    "Conclusion",
    "Finding",
    "compare",
    "earn_bound",
    "find_gaps",
    "judge_difference",
    "judge_violations",
]


class Conclusion(StrEnum):
    """What a decision says about the candidate."""

    ADOPT = "adopt"
    REJECT = "reject"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Finding:
    """One judgement.

    Attributes:
        conclusion: What follows from it alone.
        reason: One sentence, without a full stop.
        remedy: What would settle it or set it right, or None.
    """

    conclusion: Conclusion
    reason: str
    remedy: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A rate that was observed, and what it can be at most.

    Attributes:
        subject: ``"regression"`` or ``"violation"``.
        observed: Inputs that showed it.
        trials: Inputs that ran.
        upper: The exact upper bound of its rate.
        confidence: Of the bound.
    """

    subject: str
    observed: int
    trials: int
    upper: float
    confidence: float

    def __str__(self) -> str:
        return (
            f"{count(self.observed, self.subject)} in {count(self.trials, 'input')}: "
            f"{self.subject} rate below {percent_above(self.upper)} at {percent(self.confidence)}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The difference of the pass rates, and where early stopping saw enough.

    Attributes:
        interval: Tango's interval of the difference.
        confidence: Of the interval.
        alpha: The error rate of each of its sides.
        stopped: Number of pairs after which early stopping decided, or None.
        above: Whether it then lay above the threshold.
    """

    interval: Interval
    confidence: float
    alpha: float
    stopped: int | None = None
    above: bool = False


def earn_bound(tally: TaskTally, policy: Policy) -> Bound | None:
    """Return the bound on the rate of regressions (without a baseline: violations)."""
    if not tally.ran:
        return None
    regressed = tally.confirmed + tally.unconfirmed
    observed = regressed if tally.paired else tally.ran - tally.passed
    # Inputs that belong together count as fewer; a bound from all of them would claim too much.
    trials = max(observed, 1, int(tally.ran / tally.effect))
    return Bound(
        subject="regression" if tally.paired else "violation",
        observed=observed,
        trials=tally.ran,
        upper=upper_bound(observed, trials, confidence=1.0 - policy.alpha),
        confidence=1.0 - policy.alpha,
    )


def compare(tally: TaskTally, policy: Policy, *, early_stop: bool) -> Comparison:
    """Return the interval at the policy's level, and whether early stopping already decided.

    With early stopping a fifth of alpha pays for looking after every input, and the interval has
    the rest. Inputs in groups are not independent, so they are never stopped early.
    """
    alpha, stopped, above = policy.alpha, None, False
    if early_stop and not isinstance(policy, Strict) and not tally.grouped:
        levels = HybridLevels.share(policy.alpha)
        alpha = levels.final
        crossing = find_crossing(tally.differences, policy.threshold, levels.sequential)
        if crossing is not None:
            stopped, above = crossing.pairs, crossing.side == "above"
    confidence = 1.0 - 2.0 * alpha
    return Comparison(
        interval=tango_interval(tally.pairs, confidence=confidence, effect=tally.effect),
        confidence=confidence,
        alpha=alpha,
        stopped=stopped,
        above=above,
    )


def find_gaps(evidence: TaskEvidence, tally: TaskTally, *, stopped: bool) -> list[Finding]:
    """Return why the evidence cannot support an adoption, whatever it shows."""
    gaps = []
    drawn = len(evidence.results) + evidence.skipped
    if not evidence.relations:
        gaps.append(_gap("the task has no relation to check", "declare a relation"))
    elif drawn == 0:
        gaps.append(_gap("no input was run", "run at least one input"))
    elif tally.ran == 0:
        gaps.append(
            _gap(
                f"all {count(drawn, 'input')} were skipped",
                "loosen the conditions that skip inputs, or draw other inputs",
            )
        )
    else:
        gaps.extend(_find_unchecked(tally))
    if not stopped and 0 < drawn < evidence.planned:
        gaps.append(
            _gap(
                f"only {drawn} of {count(evidence.planned, 'planned input')} ran",
                "let the run finish",
            )
        )
    return gaps


def judge_violations(tally: TaskTally, policy: Policy) -> Finding | None:
    """Judge by single inputs: no regression, or without a baseline no violation, is accepted.

    None says that this decides nothing: nothing ran, or what failed is judged by its rate.
    """
    subject = "regression" if tally.paired else "violation"
    blamed = [entry.name for entry in tally.relations if entry.confirmed]
    if tally.confirmed:
        inputs = count(tally.ran, "input")
        seen = f"{count(tally.confirmed, f'confirmed {subject}')} in {inputs}"
        if tally.unconfirmed:
            # Once one is confirmed the others are not run again.
            total = count(tally.confirmed + tally.unconfirmed, subject)
            seen = f"{total} in {inputs}, {tally.confirmed} of them confirmed"
        return Finding(Conclusion.REJECT, f"{seen} ({list_names(blamed)})")
    if tally.unconfirmed:
        suspects = [entry.name for entry in tally.relations if entry.unconfirmed]
        return Finding(
            Conclusion.INCONCLUSIVE,
            f"{count(tally.unconfirmed, subject)} in {count(tally.ran, 'input')} did not repeat "
            f"in a fresh process ({list_names(suspects)})",
            "make the candidate deterministic, or compare rates: noninferior:margin=0.02",
        )
    bound = earn_bound(tally, policy)
    if bound is None or bound.observed:
        return None
    return Finding(Conclusion.ADOPT, str(bound))


def judge_difference(
    tally: TaskTally, policy: NonInferior | Superior, comparison: Comparison
) -> Finding:
    """Judge by rates: adopt above the policy's threshold, reject below it, else neither."""
    goal = _describe_goal(policy)
    if comparison.stopped is not None:
        side = "shown" if comparison.above else "refuted"
        return Finding(
            Conclusion.ADOPT if comparison.above else Conclusion.REJECT,
            f"{goal} is {side} after {count(comparison.stopped, 'input')} (early stop)",
        )
    interval = comparison.interval
    seen = (
        f"pass rate differs by {points(tally.pairs.difference)} points "
        f"({percent(comparison.confidence)} interval {points(interval.lower)} "
        f"to {points(interval.upper)})"
    )
    if interval.lower > policy.threshold:
        return Finding(Conclusion.ADOPT, f"{goal} is shown: {seen}")
    if interval.upper < policy.threshold:
        return Finding(Conclusion.REJECT, f"{goal} is refuted: {seen}")
    return Finding(
        Conclusion.INCONCLUSIVE,
        f"{goal} is neither shown nor refuted: {seen}",
        _say_how_many(tally, policy, comparison),
    )


def _find_unchecked(tally: TaskTally) -> list[Finding]:
    unchecked = [entry.name for entry in tally.relations if not entry.candidate_ran]
    gaps = [
        _gap(
            f"{name} never applied in {count(tally.ran, 'input')}",
            f"draw inputs to which {name} applies, or remove it",
        )
        for name in unchecked
    ]
    if tally.paired and not tally.baseline_ran:
        gaps.append(_gap("the baseline was not checked on any input", "run the baseline, too"))
    elif tally.paired and not tally.pairs.baseline_passed:
        gaps.append(
            _gap(
                f"the baseline fails on all {tally.pairs.total} inputs, so nothing could regress",
                "repair the baseline, or judge the candidate without one",
            )
        )
    return gaps


def _gap(reason: str, remedy: str) -> Finding:
    return Finding(Conclusion.INCONCLUSIVE, reason, remedy)


def _describe_goal(policy: NonInferior | Superior) -> str:
    match policy:
        case NonInferior(margin=margin):
            return f"a loss of less than {percent(margin)}"
        case Superior(min_delta=min_delta):
            return f"a gain of more than {percent(min_delta)}"


def _say_how_many(tally: TaskTally, policy: Policy, comparison: Comparison) -> str:
    assert not isinstance(policy, Strict)
    needed = inputs_to_clear(
        policy.threshold, tally.pairs, alpha=comparison.alpha, effect=tally.effect
    )
    wanted = (
        f"a margin of {percent(policy.margin)}"
        if isinstance(policy, NonInferior)
        else f"a gain of {percent(policy.min_delta)}"
    )
    if needed is None:
        return f"the difference seen lies on the threshold; no number of inputs settles {wanted}"
    return f"run at least {max(needed, tally.pairs.total + 1)} inputs for {wanted}"
