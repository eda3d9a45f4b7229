"""The single judgements a decision is made of: each one says what it found and what would help."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.gate.phrases import count, list_names, percent, percent_above, points
from pytest_metamorphic_guard.gate.planning import say_how_many
from pytest_metamorphic_guard.gate.policies import NonInferior, Policy, Superior
from pytest_metamorphic_guard.statistics.effective import bound_rate

if TYPE_CHECKING:
    from pytest_metamorphic_guard.gate.comparing import Comparison
    from pytest_metamorphic_guard.gate.evidence import TaskEvidence
    from pytest_metamorphic_guard.gate.tally import TaskTally
    from pytest_metamorphic_guard.statistics.effective import Clustering

__all__ = [
    "Bound",
    "Conclusion",
    "Finding",
    "earn_bound",
    "find_gaps",
    "judge_difference",
    "judge_too_coarse",
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


def earn_bound(tally: TaskTally, policy: Policy) -> Bound | None:
    """Return the bound on the rate of regressions (without a baseline: violations)."""
    if not tally.ran:
        return None
    regressed = tally.confirmed + tally.unconfirmed
    observed = regressed if tally.paired else tally.ran - tally.passed
    confidence = 1.0 - policy.alpha
    return Bound(
        subject="regression" if tally.paired else "violation",
        observed=observed,
        trials=tally.ran,
        # Inputs that belong together count as fewer; a bound from all of them would claim too much.
        upper=bound_rate(
            observed, tally.ran, confidence=confidence, clustering=tally.rate_clustering
        ),
        confidence=confidence,
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
    evidence: TaskEvidence,
    tally: TaskTally,
    policy: NonInferior | Superior,
    comparison: Comparison,
    p_adjusted: float | None,
) -> Finding:
    """Judge by rates: adopt above the policy's threshold, reject below it, else neither.

    Args:
        evidence: What ran.
        tally: Its counts.
        policy: What the difference is compared with.
        comparison: The difference.
        p_adjusted: Its ``p_below``, corrected for everything that may reject the candidate.
    """
    goal = _describe_goal(policy)
    if comparison.stopped is not None:
        side = "shown" if comparison.above else "refuted"
        return Finding(
            Conclusion.ADOPT if comparison.above else Conclusion.REJECT,
            f"{goal} is {side} after {count(comparison.stopped, 'input')} (early stop)",
        )
    if tally.clustering.is_too_coarse:
        return judge_too_coarse(tally.clustering, goal)
    interval = comparison.interval
    seen = (
        f"pass rate differs by {points(tally.pairs.difference)} points "
        f"({percent(comparison.confidence)} interval {points(interval.lower)} "
        f"to {points(interval.upper)})"
    )
    if comparison.above:
        return Finding(Conclusion.ADOPT, f"{goal} is shown: {seen}")
    if p_adjusted is not None and p_adjusted <= policy.alpha:
        return Finding(Conclusion.REJECT, f"{goal} is refuted: {seen}")
    if not interval.lower <= policy.threshold <= interval.upper:
        alone = comparison.p_below is not None and comparison.p_below <= policy.alpha
        seen += (
            ", which is not enough among all that is tested"
            if alone
            else (", which the exact test does not confirm")
        )
    return Finding(
        Conclusion.INCONCLUSIVE,
        f"{goal} is neither shown nor refuted: {seen}",
        say_how_many(evidence, tally, policy, comparison.alpha),
    )


def judge_too_coarse(clustering: Clustering, goal: str) -> Finding:
    """Return why nothing is said about a rate where inputs fall into few groups."""
    groups = f"{clustering.clusters or 0.0:.3g} groups"
    return Finding(
        Conclusion.INCONCLUSIVE,
        f"{goal} is neither shown nor refuted: the inputs fall into {groups} (as if of one size), "
        "too few to tell a loss from chance",
        "give inputs of at least 5 groups of about one size, better of 20",
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
