"""Whether a run may stop before all its inputs ran, asked after every input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.gate.findings import Conclusion
from pytest_metamorphic_guard.gate.looking import Looking
from pytest_metamorphic_guard.gate.policies import Strict, correct_policy
from pytest_metamorphic_guard.gate.tally import find_difference, has_regressed
from pytest_metamorphic_guard.gate.thresholds import (
    find_relation_minimum,
    find_task_minimum,
    find_tolerated,
)

if TYPE_CHECKING:
    from pytest_metamorphic_guard.gate.evidence import InputResult, TaskEvidence
    from pytest_metamorphic_guard.gate.rules import Rules

__all__ = ["EarlyStop"]


class EarlyStop:
    """Sees one task's inputs in the order in which they were drawn, and says when to stop.

    `decide` comes to the same conclusion about the inputs that ran, under rules with
    ``early_stop``. Under `Strict`, and without a baseline, only a confirmed regression (violation)
    ends the run. Adoption waits until every relation has applied, and is never early where pass
    rates have to reach a threshold, too.

    Args:
        task: The task without results: what it declares, and its baseline.
        rules: What the run is judged by.
        comparisons: Number of candidates that compete.
        tasks: Number of tasks that may each reject the candidate by its rate.
    """

    def __init__(
        self, task: TaskEvidence, rules: Rules, *, comparisons: int = 1, tasks: int = 1
    ) -> None:
        policy = correct_policy(rules.find_policy(task.task), comparisons)
        self._tolerated = find_tolerated(task, rules)
        self._looking: Looking | None = None
        if task.baseline is not None and not isinstance(policy, Strict):
            self._looking = Looking(policy, tasks=tasks, first_look=task.first_look)
        # Cases that share inputs repeat each other, which the bets do not allow for.
        self._repeats = any(relation.overlap > 1 for relation in task.relations)
        self._unseen = {relation.name for relation in task.relations}
        self._adopts = False
        minima = [find_task_minimum(task, rules)]
        minima += [find_relation_minimum(task, relation, rules) for relation in task.relations]
        self._has_thresholds = any(minimum is not None for minimum in minima)

    @property
    def needs_confirmation(self) -> bool:
        """Whether single inputs decide, so that a violation is to be confirmed at once."""
        return self._looking is None

    def observe(self, result: InputResult) -> Conclusion | None:
        """Add one input; return what is now certain enough, or None to go on."""
        if self._looking is None:
            return Conclusion.REJECT if self._is_blamed(result) else None
        self._unseen -= {check.relation for check in result.checks if check.candidate is not None}
        difference = find_difference(result)
        if difference is None or result.group is not None or self._repeats:
            return None
        above = self._looking.observe(difference)
        if above is False and not self._adopts:
            return Conclusion.REJECT
        self._adopts = self._adopts or above is True
        may_adopt = self._adopts and not self._unseen and not self._has_thresholds
        return Conclusion.ADOPT if may_adopt else None

    def _is_blamed(self, result: InputResult) -> bool:
        return any(
            has_regressed(check) and check.confirmed and check.relation not in self._tolerated
            for check in result.checks
        )
