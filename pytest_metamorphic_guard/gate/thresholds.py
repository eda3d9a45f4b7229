"""Pass rates against a minimum, for systems that are right only most of the time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.gate.findings import Conclusion, Finding, judge_too_coarse
from pytest_metamorphic_guard.gate.phrases import count, percent
from pytest_metamorphic_guard.gate.planning import say_how_many_for_rate
from pytest_metamorphic_guard.statistics.effective import (
    INDEPENDENT,
    Clustering,
    find_p_rate_above,
    find_p_rate_below,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.gate.evidence import RelationEvidence, TaskEvidence
    from pytest_metamorphic_guard.gate.policies import Policy
    from pytest_metamorphic_guard.gate.rules import Rules
    from pytest_metamorphic_guard.gate.tally import TaskTally

__all__ = [
    "RateTest",
    "find_relation_minimum",
    "find_task_minimum",
    "find_tolerated",
    "judge_pass_rate",
    "judge_rates",
    "list_rates",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTest:
    """A pass rate that has to reach a minimum.

    Attributes:
        subject: What passed, for the sentence: ``"reordered"`` or ``"all relations"``.
        passed: Inputs on which it held.
        trials: Inputs on which it was checked.
        minimum: The pass rate asked for.
        clustering: How far the inputs repeat each other.
    """

    subject: str
    passed: int
    trials: int
    minimum: float
    clustering: Clustering = INDEPENDENT

    @property
    def is_certain(self) -> bool:
        """Whether the sample itself decides: all inputs are asked for, or none."""
        return self.minimum in (0.0, 1.0)

    @property
    def p_missed(self) -> float:
        """The p-value against "the rate reaches the minimum"."""
        if self.is_certain:
            return 0.0 if self.passed < self.minimum * self.trials else 1.0
        return find_p_rate_below(self.passed, self.trials, self.minimum, self.clustering)

    @property
    def p_reached(self) -> float:
        """The p-value against "the rate misses the minimum"."""
        if self.is_certain:
            return 1.0 - self.p_missed
        return find_p_rate_above(self.passed, self.trials, self.minimum, self.clustering)


def judge_pass_rate(  # noqa: PLR0913 - the facts of one rate
    subject: str,
    passed: int,
    trials: int,
    minimum: float,
    *,
    alpha: float = 0.05,
    p_missed: float | None = None,
    clustering: Clustering = INDEPENDENT,
    evidence: TaskEvidence | None = None,
) -> Finding:
    """Judge one rate: adopt if it is shown to reach the minimum, reject if shown not to.

    A minimum of 1 asks for no violation at all, which no sample can show; there the sample decides.

    Args:
        subject: What passed, for the sentence: ``"reordered"`` or ``"all relations"``.
        passed: Inputs on which it held.
        trials: Inputs on which it was checked.
        minimum: The pass rate asked for.
        alpha: The error rate of each side.
        p_missed: Against "the minimum is reached", corrected for other tests; None for its own.
        clustering: How far the inputs repeat each other.
        evidence: What ran, for advice on how to settle it.
    """
    test = RateTest(
        subject=subject, passed=passed, trials=trials, minimum=minimum, clustering=clustering
    )
    seen = f"{subject} held on {passed} of {count(trials, 'input')}"
    wanted = f"min_pass_rate {percent(minimum)}"
    if trials == 0:
        return Finding(
            Conclusion.INCONCLUSIVE, f"{subject} never applied, {wanted}", "draw other inputs"
        )
    if test.p_reached <= alpha:
        return Finding(Conclusion.ADOPT, f"{seen}: {wanted} is reached")
    if (test.p_missed if p_missed is None else p_missed) <= alpha:
        return Finding(Conclusion.REJECT, f"{seen}: {wanted} is missed")
    if clustering.is_too_coarse:
        return judge_too_coarse(clustering, f"{subject}: {wanted}")
    return Finding(
        Conclusion.INCONCLUSIVE,
        f"{seen}, which neither shows nor refutes {wanted}",
        say_how_many_for_rate(evidence, passed, trials, minimum, alpha, effect=clustering.effect),
    )


def list_rates(evidence: TaskEvidence, tally: TaskTally, rules: Rules) -> list[RateTest]:
    """Return the rates of a task and its relations that have to reach a minimum."""
    found = []
    minimum = find_task_minimum(evidence, rules)
    if minimum is not None and tally.ran:
        found.append(
            RateTest(
                subject="all relations",
                passed=tally.passed,
                trials=tally.ran,
                minimum=minimum,
                clustering=tally.rate_clustering,
            )
        )
    for relation, counted in zip(evidence.relations, tally.relations, strict=True):
        own = find_relation_minimum(evidence, relation, rules)
        if own is not None and counted.candidate_ran:
            found.append(
                RateTest(
                    subject=relation.name,
                    passed=counted.candidate_passed,
                    trials=counted.candidate_ran,
                    minimum=own,
                    clustering=counted.clustering,
                )
            )
    return found


def judge_rates(
    evidence: TaskEvidence,
    rates: Sequence[RateTest],
    policy: Policy,
    p_adjusted: Sequence[float],
) -> list[Finding]:
    """Judge a task and its relations by the minima that hold for them.

    Args:
        evidence: What ran.
        rates: What `list_rates` found.
        policy: Has the error rate.
        p_adjusted: Their ``p_missed``, corrected for everything that may reject the candidate.
    """
    return [
        judge_pass_rate(
            rate.subject,
            rate.passed,
            rate.trials,
            rate.minimum,
            alpha=policy.alpha,
            p_missed=p_value,
            clustering=rate.clustering,
            evidence=evidence,
        )
        for rate, p_value in zip(rates, p_adjusted, strict=True)
    ]


def find_task_minimum(evidence: TaskEvidence, rules: Rules) -> float | None:
    """Return the pass rate asked of a task: the rules' before its own."""
    minimum = rules.find_min_pass_rate(evidence.task)
    return evidence.min_pass_rate if minimum is None else minimum


def find_relation_minimum(
    evidence: TaskEvidence, relation: RelationEvidence, rules: Rules
) -> float | None:
    """Return the pass rate asked of a relation: the rules' before its own."""
    minimum = rules.find_relation_rate(evidence.task, relation.rule_name)
    return relation.min_pass_rate if minimum is None else minimum


def find_tolerated(evidence: TaskEvidence, rules: Rules) -> frozenset[str]:
    """Return the relations that may be violated because their rate is judged instead.

    A threshold replaces "no violation", which is asked where there is no baseline to compare with;
    beside a baseline it is asked in addition, and nothing is tolerated.
    """
    if evidence.baseline is not None:
        return frozenset()
    whole = find_task_minimum(evidence, rules) is not None
    return frozenset(
        relation.name
        for relation in evidence.relations
        if whole or find_relation_minimum(evidence, relation, rules) is not None
    )
