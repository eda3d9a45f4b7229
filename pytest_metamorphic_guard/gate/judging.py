"""One task's evidence under the rules: weighed first, judged once p-values are adjusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.gate.findings import (
    Bound,
    Conclusion,
    Finding,
    earn_bound,
    find_gaps,
    judge_difference,
    judge_violations,
)
from pytest_metamorphic_guard.gate.losses import name_losses
from pytest_metamorphic_guard.gate.other_answers import note_answers
from pytest_metamorphic_guard.gate.phrases import count, list_names, percent
from pytest_metamorphic_guard.gate.planning import plan_run
from pytest_metamorphic_guard.gate.policies import Strict, Superior
from pytest_metamorphic_guard.gate.rows import (
    MetricRow,
    RelationRow,
    build_metric_row,
    build_relation_row,
)

# Read at run time: decisions are rebuilt from plain data by their annotations.
from pytest_metamorphic_guard.gate.second_answers import judge_again
from pytest_metamorphic_guard.gate.singles import judge_singles, note_singles
from pytest_metamorphic_guard.gate.thresholds import find_relation_minimum, judge_rates
from pytest_metamorphic_guard.statistics.binomial import Interval  # noqa: TC001
from pytest_metamorphic_guard.statistics.effective import find_p_regressed
from pytest_metamorphic_guard.statistics.paired import PairedCounts, tango_interval

if TYPE_CHECKING:
    from pytest_metamorphic_guard.gate.comparing import Comparison
    from pytest_metamorphic_guard.gate.corrections import Corrected
    from pytest_metamorphic_guard.gate.rules import Rules
    from pytest_metamorphic_guard.gate.tally import TaskTally
    from pytest_metamorphic_guard.gate.weighing import WeighedTask

__all__ = ["PooledChecks", "TaskDecision", "judge_task"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledChecks:
    """All checks of all inputs together.

    Attributes:
        pairs: Results of both roles.
        effect: The design effect: by how much the checks of one input repeat each other.
        interval: Tango's interval of the difference, widened by the effect.
    """

    pairs: PairedCounts
    effect: float
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDecision:
    """What one task concluded.

    Attributes:
        task: Its name.
        baseline: Name of the baseline, or None.
        policy: The policy it was judged by, as text.
        outcome: What the task alone says.
        reason: One sentence.
        remedy: What would settle it, or None.
        findings: Everything that was found, those that decided first.
        notes: What is worth knowing and did not decide.
        planned: Inputs that were to run.
        ran: Inputs on which the candidate was checked.
        passed: Those on which all its checks held.
        skipped: Inputs that were drawn and gave no result.
        stopped: Inputs after which early stopping decided, or None.
        pairs: Inputs by what both roles concluded; None without a baseline.
        interval: Tango's interval of the difference of pass rates; None without a baseline.
        confidence: Of the interval.
        p_worse: Exact p-value against "the candidate is not worse"; None without a baseline.
        p_better: Exact p-value against "the candidate is not better"; None without a baseline.
        bound: What can be said at most of the rate of regressions; None where nothing ran.
        checks: All checks pooled; None without a baseline.
        relations: One row per relation, property and law.
        metrics: One row per metric.
    """

    task: str
    baseline: str | None
    policy: str
    outcome: Conclusion
    reason: str
    remedy: str | None
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    planned: int
    ran: int
    passed: int
    skipped: int
    stopped: int | None
    pairs: PairedCounts | None
    interval: Interval | None
    confidence: float
    p_worse: float | None
    p_better: float | None
    bound: Bound | None
    checks: PooledChecks | None
    relations: tuple[RelationRow, ...]
    metrics: tuple[MetricRow, ...]


def judge_task(weighed: WeighedTask, rules: Rules, corrected: Corrected) -> TaskDecision:
    """Judge one task; ``corrected`` are its p-values after correction over all tasks."""
    evidence, tally, comparison = weighed.evidence, weighed.tally, weighed.comparison
    p_adjusted = list(corrected.rows) if tally.paired else [None] * len(evidence.relations)
    missed = {
        rate.subject: p_value for rate, p_value in zip(weighed.rates, corrected.minima, strict=True)
    }
    rows = tuple(
        build_relation_row(
            relation,
            relation_tally,
            policy=weighed.policy,
            minimum=find_relation_minimum(evidence, relation, rules),
            p_adjusted=p_value,
            p_missed=missed.get(relation.name),
        )
        for relation, relation_tally, p_value in zip(
            evidence.relations, tally.relations, p_adjusted, strict=True
        )
    )
    findings = _order(_find_all(weighed, corrected))
    outcome = findings[0].conclusion
    paired = tally.paired and tally.pairs.total > 0
    # An item that fails shows its violation; rates are lost by items that pass.
    by_rate = not (isinstance(weighed.policy, Strict) and tally.confirmed)
    losses = name_losses(evidence, tally) if by_rate else ""
    return TaskDecision(
        task=evidence.title or evidence.task,
        baseline=evidence.baseline,
        policy=str(weighed.policy),
        outcome=outcome,
        reason=_join(findings[0], losses),
        remedy=next((f.remedy for f in findings if f.conclusion is outcome and f.remedy), None),
        findings=tuple(findings),
        notes=tuple(filter(None, [*_find_notes(weighed), *note_singles(evidence), losses])),
        planned=evidence.planned,
        ran=tally.ran,
        passed=tally.passed,
        skipped=evidence.skipped + len(evidence.results) - tally.ran,
        stopped=comparison.stopped,
        pairs=tally.pairs if tally.paired else None,
        interval=comparison.interval if paired else None,
        confidence=comparison.confidence,
        p_worse=_find_p_regressed(tally) if paired else None,
        p_better=_find_p_improved(tally) if paired else None,
        bound=earn_bound(tally, weighed.policy),
        checks=_pool(tally, comparison) if paired else None,
        relations=rows,
        metrics=tuple(build_metric_row(metric) for metric in evidence.metrics),
    )


def _join(finding: Finding, losses: str) -> str:
    if losses and finding.conclusion is Conclusion.REJECT:
        return f"{finding.reason}; {losses}"
    return finding.reason


def _find_all(weighed: WeighedTask, corrected: Corrected) -> list[Finding]:
    evidence, tally, policy = weighed.evidence, weighed.tally, weighed.policy
    # What is missing comes first: it is the better reason where something else is open, too.
    findings: list[Finding | None] = [
        *judge_singles(evidence),
        *find_gaps(evidence, tally, stopped=weighed.comparison.stopped is not None),
        *judge_again(evidence, by_rate=not isinstance(policy, Strict)),
    ]
    if isinstance(policy, Strict) or not tally.paired:
        findings.append(judge_violations(tally, policy))
    elif tally.pairs.total:
        findings.append(
            judge_difference(evidence, tally, policy, weighed.comparison, corrected.difference)
        )
        findings.extend(_find_hidden_losses(weighed, corrected))
    if isinstance(policy, Superior) and not tally.paired:
        findings.append(
            Finding(
                Conclusion.INCONCLUSIVE,
                "a gain cannot be shown without a baseline",
                "give a baseline, or use the policy strict",
            )
        )
    findings.extend(judge_rates(evidence, weighed.rates, policy, corrected.minima))
    return [finding for finding in findings if finding is not None] or [
        Finding(Conclusion.INCONCLUSIVE, "nothing was checked", "run at least one input")
    ]


def _find_hidden_losses(weighed: WeighedTask, corrected: Corrected) -> list[Finding]:
    """Return the relations that lose more than is tolerated while others make up for it.

    The test is the one of the whole task, relation by relation, corrected for their number.
    """
    if not corrected.hidden:
        return []
    return [
        Finding(
            Conclusion.REJECT,
            f"{relation.name} got worse by {abs(100 * relation.pairs.difference):.1f} points "
            f"(p = {p_value:.2g} against a loss of {percent(-weighed.tolerated)}, corrected)",
        )
        for relation, p_value in zip(weighed.tally.relations, corrected.hidden, strict=True)
        if p_value <= weighed.policy.alpha
    ]


def _find_p_regressed(tally: TaskTally) -> float:
    pairs = tally.pairs
    return find_p_regressed(pairs.regressions, pairs.improvements, tally.clustering)


def _find_p_improved(tally: TaskTally) -> float:
    pairs = tally.pairs
    return find_p_regressed(pairs.improvements, pairs.regressions, tally.clustering)


def _find_notes(weighed: WeighedTask) -> list[str]:
    tally, notes = weighed.tally, note_answers(weighed.evidence, weighed.policy)
    plan = plan_run(weighed.policy, tally.ran) if weighed.is_judged_by_rate else None
    if plan is not None:
        notes.append(str(plan))
    if tally.pairs.both_fail:
        notes.append(f"{count(tally.pairs.both_fail, 'input')} fail for both, which does not block")
    if tally.masked:
        notes.append(
            f"on {count(tally.masked, 'input')} that fail for both, the candidate violates "
            "a relation that the baseline keeps"
        )
    if tally.pairs.improvements:
        notes.append(f"{count(tally.pairs.improvements, 'input')} improved")
    notes += _note_repetition(weighed)
    return notes


def _note_repetition(weighed: WeighedTask) -> list[str]:
    tally, notes = weighed.tally, []
    if tally.clustering.clusters is not None and tally.clustering.effect > 1.0:
        kept = percent(1.0 / tally.clustering.effect)
        notes.append(f"inputs of one group repeat each other: {kept} of them count")
    shared = [r.name for r in weighed.evidence.relations if r.overlap > 1]
    if shared:
        notes.append(
            f"cases of {list_names(shared)} share inputs, of which the list has too few, and count "
            "as fewer"
        )
    return notes


def _order(findings: list[Finding]) -> list[Finding]:
    order = (Conclusion.REJECT, Conclusion.INCONCLUSIVE, Conclusion.ADOPT)
    return sorted(findings, key=lambda finding: order.index(finding.conclusion))


def _pool(tally: TaskTally, comparison: Comparison) -> PooledChecks:
    return PooledChecks(
        pairs=tally.checks,
        effect=tally.checks_effect,
        interval=tango_interval(
            tally.checks, confidence=comparison.confidence, effect=tally.checks_effect
        ),
    )
