"""Inputs that were asked again among later ones: it is not enough to hold at first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.gate.findings import Conclusion, Finding
from pytest_metamorphic_guard.gate.phrases import count
from pytest_metamorphic_guard.statistics.binomial import upper_tail

if TYPE_CHECKING:
    from pytest_metamorphic_guard.gate.evidence import TaskEvidence

__all__ = ["judge_again"]

# How often, at most, a candidate that answers by chance is taken for one that gets worse.
_ALPHA = 0.01
_REMEDY = (
    "look for what the candidate keeps between calls, or does once it is not watched; where it "
    "answers by chance, compare rates: noninferior:margin=0.02"
)


def judge_again(evidence: TaskEvidence, *, by_rate: bool) -> list[Finding]:
    """Keep from adopting what was worse when it was asked again.

    One input will do where no violation is allowed. Where rates are compared, a candidate that
    answers by chance is as likely to get better as to get worse, so this is a sign test, corrected
    for the number of relations.

    Args:
        evidence: What ran.
        by_rate: A candidate may violate its relations now and then.
    """
    found = []
    for relation in evidence.relations:
        worse, changed = relation.worse_again, relation.worse_again + relation.better_again
        may_fail = by_rate or relation.min_pass_rate is not None
        enough = _ALPHA / len(evidence.relations)
        if worse and (not may_fail or upper_tail(worse, changed, 0.5) <= enough):
            inputs = f"{worse} of {count(relation.asked_again, 'input')}"
            text = f"{relation.name} held at first and is violated when asked again on {inputs}"
            found.append(Finding(Conclusion.INCONCLUSIVE, text, _REMEDY))
    return found
