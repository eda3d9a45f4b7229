"""One task's evidence, counted and compared: what its judgement rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.gate.comparing import Comparison, compare
from pytest_metamorphic_guard.gate.corrections import PValues
from pytest_metamorphic_guard.gate.policies import Strict
from pytest_metamorphic_guard.gate.rows import find_p_worse_of
from pytest_metamorphic_guard.gate.tally import TaskTally, count_task
from pytest_metamorphic_guard.gate.thresholds import RateTest, find_tolerated, list_rates
from pytest_metamorphic_guard.statistics.effective import find_p_loss

if TYPE_CHECKING:
    from pytest_metamorphic_guard.gate.evidence import TaskEvidence
    from pytest_metamorphic_guard.gate.policies import Policy
    from pytest_metamorphic_guard.gate.rules import Rules

__all__ = ["WeighedTask", "weigh_task"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighedTask:
    """One task's counts under its policy, before p-values are adjusted over all tasks."""

    evidence: TaskEvidence
    policy: Policy
    tally: TaskTally
    comparison: Comparison
    rates: tuple[RateTest, ...]

    @property
    def is_judged_by_rate(self) -> bool:
        """Whether the policy compares the pass rates of both roles."""
        return (
            not isinstance(self.policy, Strict) and self.tally.paired and self.tally.pairs.total > 0
        )

    @property
    def p_values(self) -> PValues:
        """What the task tests."""
        rows: tuple[float, ...] = ()
        if self.tally.paired:
            rows = tuple(find_p_worse_of(relation) for relation in self.tally.relations)
        return PValues(
            rows=rows,
            difference=self.comparison.p_below if self.is_judged_by_rate else None,
            hidden=self._find_hidden(),
            minima=tuple(rate.p_missed for rate in self.rates),
        )

    @property
    def tolerated(self) -> float:
        """The difference that a single relation may lose down to."""
        return 0.0 if isinstance(self.policy, Strict) else min(0.0, self.policy.threshold)

    def _find_hidden(self) -> tuple[float, ...]:
        comparison, policy = self.comparison, self.policy
        if isinstance(policy, Strict) or not self.is_judged_by_rate:
            return ()
        if not comparison.above or self.tally.clustering.is_too_coarse:
            return ()
        return tuple(
            find_p_loss(relation.pairs, self.tolerated, relation.clustering)
            for relation in self.tally.relations
        )


def weigh_task(
    evidence: TaskEvidence, rules: Rules, policy: Policy, *, tasks: int = 1
) -> WeighedTask:
    """Count one task's evidence and compare its rates; ``tasks`` may each reject the candidate."""
    tally = count_task(evidence, find_tolerated(evidence, rules))
    return WeighedTask(
        evidence=evidence,
        policy=policy,
        tally=tally,
        comparison=compare(
            tally,
            policy,
            early_stop=rules.early_stop,
            first_look=evidence.first_look,
            tasks=tasks,
        ),
        rates=tuple(list_rates(evidence, tally, rules)),
    )
