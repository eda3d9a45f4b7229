"""Where a rate was lost: the relations that lost most, each with its smallest input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.gate.phrases import count, percent

if TYPE_CHECKING:
    from pytest_metamorphic_guard.gate.evidence import TaskEvidence
    from pytest_metamorphic_guard.gate.tally import RelationTally, TaskTally

__all__ = ["name_losses"]

_MOST = 3


def name_losses(evidence: TaskEvidence, tally: TaskTally) -> str:
    """Return what the relations lost that lost most; empty where no input is known for any."""
    examples = {relation.name: relation.example for relation in evidence.relations}
    losing = [one for one in tally.relations if _count_lost(one) and examples[one.name]]
    losing.sort(key=_count_lost, reverse=True)
    if not losing:
        return ""
    said = [
        f"{one.name} on {count(_count_lost(one), 'input')} (it holds on "
        f"{percent(one.candidate_passed / one.candidate_ran)}), smallest {examples[one.name]}"
        for one in losing[:_MOST]
    ]
    more = f"; and {len(losing) - _MOST} more" if len(losing) > _MOST else ""
    return "lost most: " + "; ".join(said) + more


def _count_lost(relation: RelationTally) -> int:
    """Return its regressions; where there are none, its violations."""
    return relation.pairs.regressions or relation.candidate_ran - relation.candidate_passed
