"""The evidence of one task, counted: per input, per relation and per group."""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pytest_metamorphic_guard.statistics.effective import INDEPENDENT, Clustering, find_clustering
from pytest_metamorphic_guard.statistics.paired import PairedCounts, design_effect

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from pytest_metamorphic_guard.gate.evidence import CheckResult, InputResult, TaskEvidence

__all__ = ["RelationTally", "TaskTally", "count_task", "find_difference", "has_regressed"]

Cell = Literal["both_pass", "regressions", "improvements", "both_fail"]


@dataclass(slots=True)
class RelationTally:
    """How often one relation held, for the inputs to which it applied.

    Attributes:
        name: The relation's name.
        cells: Inputs on which both roles have a result.
        candidate_ran: Inputs on which the candidate has a result.
        candidate_passed: Those on which it held.
        confirmed: Confirmed regressions; without a baseline, confirmed violations.
        unconfirmed: Regressions (or violations) that were not seen again.
        clustering: How far the inputs repeat each other.
    """

    name: str
    cells: dict[Cell, int] = field(
        default_factory=lambda: dict.fromkeys(
            ("both_pass", "regressions", "improvements", "both_fail"), 0
        )
    )
    candidate_ran: int = 0
    candidate_passed: int = 0
    confirmed: int = 0
    unconfirmed: int = 0
    clustering: Clustering = INDEPENDENT

    @property
    def pairs(self) -> PairedCounts:
        """The paired results."""
        return PairedCounts(**self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTally:
    """One task's counts.

    Attributes:
        paired: Whether there is a baseline.
        ran: Inputs on which the candidate was checked at all.
        baseline_ran: Those on which the baseline has a result, too.
        passed: Those on which every check held for the candidate.
        pairs: Inputs by what both roles concluded; all of a role's checks must hold.
        confirmed: Inputs with a confirmed regression; without a baseline, violation.
        unconfirmed: Inputs whose regressions (or violations) were not seen again.
        masked: Inputs on which both roles fail, and yet some check regressed.
        differences: Per paired input in order: -1 regressed, 0 equal, 1 improved.
        grouped: Whether some inputs belong together, or take part in several cases.
        clustering: How far the pairs repeat each other.
        rate_clustering: How far the inputs do on which the candidate was checked.
        relations: Counts per declared relation.
        checks: All checks of all inputs, pooled.
        checks_effect: Design effect of pooling several checks per input (or group).
    """

    paired: bool
    ran: int
    baseline_ran: int
    passed: int
    pairs: PairedCounts
    confirmed: int
    unconfirmed: int
    masked: int
    differences: tuple[int, ...]
    grouped: bool
    clustering: Clustering
    rate_clustering: Clustering
    relations: tuple[RelationTally, ...]
    checks: PairedCounts
    checks_effect: float


def has_regressed(check: CheckResult) -> bool:
    """Whether the candidate violates what the baseline keeps.

    Where only the baseline's result is missing, nothing excuses the violation.
    """
    return check.candidate is False and check.baseline is not False


def find_difference(result: InputResult) -> int | None:
    """Return -1 for an input that regressed, 1 for one that improved, 0 for one that did neither.

    None says that the candidate was not checked on it.
    """
    ran = [check for check in result.checks if check.candidate is not None]
    if not ran:
        return None
    baseline = all(check.baseline is not False for check in ran)
    return all(check.candidate for check in ran) - baseline


def count_task(evidence: TaskEvidence, tolerated: Collection[str] = ()) -> TaskTally:
    """Count one task's evidence.

    Violations of ``tolerated`` relations, which are judged by their rate instead, blame no input.
    """
    paired = evidence.baseline is not None
    relations = {relation.name: RelationTally(relation.name) for relation in evidence.relations}
    counted = [
        _count_input(result, paired=paired, relations=relations, tolerated=tolerated)
        for result in sorted(evidence.results, key=lambda result: result.index)
    ]
    ran = [entry for entry in counted if entry.ran]
    pairs = [entry for entry in ran if entry.cell is not None]
    checks_by_group = _sum_groups((entry.group, entry.checks) for entry in pairs)
    grouped = len({entry.group for entry in ran}) < len(ran)
    overlap = max((relation.overlap for relation in evidence.relations), default=1)
    for relation in evidence.relations:
        tally = relations[relation.name]
        tally.clustering = _cluster(
            (entry.group for entry in ran if tally.name in entry.checked),
            grouped=grouped,
            overlap=relation.overlap,
        )
    return TaskTally(
        paired=paired,
        ran=len(ran),
        baseline_ran=sum(entry.baseline_ran for entry in ran),
        passed=sum(entry.passed for entry in ran),
        pairs=_count_cells(tuple(entry.cell for entry in pairs if entry.cell)),
        confirmed=sum(entry.confirmed for entry in ran),
        unconfirmed=sum(entry.unconfirmed for entry in ran),
        masked=sum(entry.cell == "both_fail" and entry.regressed for entry in pairs),
        differences=tuple(_DIFFERENCES[entry.cell] for entry in pairs if entry.cell),
        grouped=grouped or overlap > 1,
        clustering=_cluster((entry.group for entry in pairs), grouped=grouped, overlap=overlap),
        rate_clustering=_cluster((entry.group for entry in ran), grouped=grouped, overlap=overlap),
        relations=tuple(relations.values()),
        checks=_sum(checks_by_group),
        checks_effect=design_effect(checks_by_group),
    )


_DIFFERENCES: dict[Cell, int] = {
    "both_pass": 0,
    "regressions": -1,
    "improvements": 1,
    "both_fail": 0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _CountedInput:
    group: str
    ran: bool
    baseline_ran: bool
    passed: bool
    cell: Cell | None
    checked: frozenset[str]
    checks: PairedCounts
    regressed: bool
    confirmed: bool
    unconfirmed: bool


def _count_input(
    result: InputResult,
    *,
    paired: bool,
    relations: dict[str, RelationTally],
    tolerated: Collection[str],
) -> _CountedInput:
    ran = [check for check in result.checks if check.candidate is not None]
    # Without a baseline every check's baseline is None, so every violation is to blame.
    blamed = [check for check in ran if has_regressed(check) and check.relation not in tolerated]
    cells: list[Cell] = []
    for check in ran:
        tally = relations[check.relation]
        tally.candidate_ran += 1
        tally.candidate_passed += bool(check.candidate)
        tally.confirmed += check in blamed and check.confirmed
        tally.unconfirmed += check in blamed and not check.confirmed
        if paired:
            cell = _find_cell(baseline=check.baseline is not False, candidate=bool(check.candidate))
            tally.cells[cell] += 1
            cells.append(cell)
    passed = all(check.candidate for check in ran)
    baseline_passed = all(check.baseline is not False for check in ran)
    confirmed = any(check.confirmed for check in blamed)
    return _CountedInput(
        # An input without a group is a group of its own; the prefix keeps the two apart.
        group=f"input {result.index}" if result.group is None else f"group {result.group}",
        ran=bool(ran),
        baseline_ran=any(check.baseline is not None for check in ran),
        passed=passed,
        cell=_find_cell(baseline=baseline_passed, candidate=passed) if paired and ran else None,
        checked=frozenset(check.relation for check in ran),
        checks=_count_few(tuple(cells)),
        regressed=bool(blamed),
        confirmed=confirmed,
        unconfirmed=bool(blamed) and not confirmed,
    )


def _cluster(groups: Iterable[str], *, grouped: bool, overlap: int) -> Clustering:
    """Return how far inputs repeat each other, from the group of each."""
    sizes = list(Counter(groups).values()) if grouped else []
    return find_clustering(sizes, grouped=grouped, overlap=overlap)


def _find_cell(*, baseline: bool, candidate: bool) -> Cell:
    if baseline:
        return "both_pass" if candidate else "regressions"
    return "improvements" if candidate else "both_fail"


def _count_cells(cells: tuple[Cell, ...]) -> PairedCounts:
    return PairedCounts(**{cell: cells.count(cell) for cell in _DIFFERENCES})


# Most inputs of a run have the same few results.
_count_few = functools.lru_cache(maxsize=1024)(_count_cells)


def _sum_groups(entries: Iterable[tuple[str, PairedCounts]]) -> list[PairedCounts]:
    groups: dict[str, PairedCounts] = {}
    for group, counts in entries:
        groups[group] = groups[group] + counts if group in groups else counts
    return list(groups.values())


def _sum(counts: list[PairedCounts]) -> PairedCounts:
    return PairedCounts(
        both_pass=sum(entry.both_pass for entry in counts),
        regressions=sum(entry.regressions for entry in counts),
        improvements=sum(entry.improvements for entry in counts),
        both_fail=sum(entry.both_fail for entry in counts),
    )
