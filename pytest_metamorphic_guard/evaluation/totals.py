"""The lines that sum up what was gathered, where nothing is decided or beside the decision."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.titles import name_task
from pytest_metamorphic_guard.gate.phrases import count

if TYPE_CHECKING:
    from pytest_metamorphic_guard.evaluation.gathered import Gathered

__all__ = ["count_items", "suspect_entries"]


def count_items(gathered: Gathered) -> list[str]:
    """Return one line per task and candidate: how much of it holds."""
    counted: dict[tuple[str, str], Counter[str]] = {}
    regressions: Counter[tuple[str, str]] = Counter()
    apart: Counter[tuple[str, str]] = Counter()
    excused: Counter[tuple[str, str]] = Counter()
    for result in gathered.items.values():
        verdict = result.verdict
        key = (name_task(verdict.task, result.where), verdict.candidate)
        counted.setdefault(key, Counter())[verdict.status] += 1
        regressions[key] += verdict.regression is True
        excused[key] += verdict.status == "held" and any(one.violated for one in result.known)
        apart[key] = max(apart[key], result.difference.cases if result.difference else 0)
    lines = []
    for (task, candidate), statuses in sorted(counted.items()):
        line = f"{task}: {statuses['held']} of {sum(statuses.values())} hold for {candidate}"
        if regressions[task, candidate]:
            line += f", {regressions[task, candidate]} regressed against the baseline"
        if excused[task, candidate]:
            line += f", {excused[task, candidate]} but for known violations"
        if statuses["broken"]:
            line += f", {statuses['broken']} could not be judged"
        if inputs := apart[task, candidate]:
            end = "ends" if inputs == 1 else "end"
            line += f", {count(inputs, 'input')} {end} otherwise than for the baseline"
        lines.append(line)
    return lines


def suspect_entries(gathered: Gathered) -> list[str]:
    """Name what all of several candidates violate where the baseline does: it may be wrong."""
    found: dict[tuple[str, str], dict[str, bool]] = {}
    for result in gathered.items.values():
        verdict = result.verdict
        alike = verdict.status == "violated" and verdict.regression is False
        candidates = found.setdefault((name_task(verdict.task, result.where), verdict.entry), {})
        candidates[verdict.candidate] = candidates.get(verdict.candidate, True) and alike
    return [
        f"{task}::{entry} is violated by all {len(candidates)} candidates and by the baseline: "
        "suspect the relation"
        for (task, entry), candidates in sorted(found.items())
        if len(candidates) > 1 and all(candidates.values())
    ]
