"""Inputs beside the sample, such as kept examples: each violation decides, under any policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.gate.findings import Conclusion, Finding
from pytest_metamorphic_guard.gate.tally import has_regressed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.gate.evidence import SingleResult, TaskEvidence

__all__ = ["judge_singles", "note_singles"]

_WORDS = {"example": "the example", "search": "the input that was searched,"}


def judge_singles(evidence: TaskEvidence) -> list[Finding]:
    """Reject for what the candidate violates beside the sample and the baseline keeps.

    A rate cannot make up for it, however small the share: a user keeps an example because it
    must hold.
    """
    blamed = [single for single in evidence.beside if has_regressed(single.check)]
    findings = []
    for relation in dict.fromkeys(single.check.relation for single in blamed):
        own = [single for single in blamed if single.check.relation == relation]
        confirmed = [single for single in own if single.check.confirmed]
        # Once one is confirmed the others are not run again.
        shown = _list_shown(confirmed + [single for single in own if not single.check.confirmed])
        verb = "is violated for" if evidence.baseline is None else "regressed for"
        if confirmed:
            findings.append(
                Finding(Conclusion.REJECT, f"{relation} {verb} {shown}, confirmed in a fresh run")
            )
            continue
        findings.append(
            Finding(
                Conclusion.INCONCLUSIVE,
                f"{relation} {verb} {shown}, which did not repeat in a fresh process",
                "make the candidate deterministic",
            )
        )
    return findings


def note_singles(evidence: TaskEvidence) -> list[str]:
    """Say what both roles violate beside the sample."""
    shared = [
        single
        for single in evidence.beside
        if single.check.candidate is False and single.check.baseline is False
    ]
    return [
        f"{_list_shown([single])} fails for both ({single.check.relation}), which does not block"
        for single in shared
    ]


def _list_shown(singles: Sequence[SingleResult]) -> str:
    first, more = singles[0], len(singles) - 1
    return f"{_WORDS[first.origin]} {first.shown}" + (f" and {more} more" if more else "")
