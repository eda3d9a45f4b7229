"""Adopt, reject or inconclusive: what the evidence says under the rules, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

# Read at run time: decisions are rebuilt from plain data by their annotations.
from pytest_metamorphic_guard.gate.corrections import correct
from pytest_metamorphic_guard.gate.evidence import AlertEvidence  # noqa: TC001
from pytest_metamorphic_guard.gate.findings import Bound, Conclusion, Finding
from pytest_metamorphic_guard.gate.judging import TaskDecision, judge_task
from pytest_metamorphic_guard.gate.phrases import count
from pytest_metamorphic_guard.gate.plain import from_plain, to_plain
from pytest_metamorphic_guard.gate.policies import Strict, correct_policy
from pytest_metamorphic_guard.gate.rules import Rules
from pytest_metamorphic_guard.gate.weighing import weigh_task

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from pytest_metamorphic_guard.gate.evidence import Evidence
    from pytest_metamorphic_guard.gate.policies import Policy

__all__ = ["Bound", "Conclusion", "Decision", "Finding", "TaskDecision", "decide"]

_RUN_ALL = "let every relation, property and law of the task run to its end"
_ASK_AGAIN = (
    "see what ended the monitor, or say that the decision can do without it: "
    "a question mark after its name, as in --mg-monitor='latency?'"
)

_END_ALIKE = (
    "let the candidate return where the baseline returns and raise what it raises, or skip such "
    "inputs by a precondition"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one candidate earned.

    Attributes:
        outcome: ``adopt``, ``reject`` or ``inconclusive``.
        candidate: Name of the candidate.
        reason: One sentence.
        remedy: What would settle it, where it is inconclusive; else None.
        notes: What is worth knowing and did not decide: shared failures, warnings.
        tasks: What was decided for each task, with its bounds and tables.
        alerts: What the monitors reported.
        comparisons: Number of candidates for which every alpha was divided.
        known: Number of known violations that occurred and were judged by nobody.
    """

    outcome: Conclusion
    candidate: str
    reason: str
    remedy: str | None
    notes: tuple[str, ...]
    tasks: tuple[TaskDecision, ...]
    alerts: tuple[AlertEvidence, ...]
    comparisons: int = 1
    known: int = 0

    @property
    def adopt(self) -> bool:
        """Whether the candidate may replace the baseline."""
        return self.outcome is Conclusion.ADOPT

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """The bounds on regressions (or violations) that the tasks earned."""
        return tuple(task.bound for task in self.tasks if task.bound is not None)

    def to_dict(self) -> dict[str, Any]:
        """Return the decision as plain JSON data."""
        plain: dict[str, Any] = to_plain(self)
        return plain

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Decision:
        """Return the decision that `to_dict` wrote.

        Raises:
            ValueError: The data is no decision; the message has the path of the fault.
        """
        return from_plain(cls, data)


def decide(
    evidence: Evidence, rules: Rules | Policy | None = None, *, comparisons: int = 1
) -> Decision:
    """Decide about one candidate; without rules the policy is `Strict`.

    One task or alert that rejects rejects the whole; to adopt, every task must adopt.

    Args:
        evidence: What the run saw.
        rules: What it is judged by; a policy alone holds for every task.
        comparisons: Number of candidates that compete; every alpha is divided by it.
    """
    rules = _complete(rules)
    weighed = [
        weigh_task(
            task,
            rules,
            correct_policy(rules.find_policy(task.task), comparisons),
            tasks=len(evidence.tasks),
        )
        for task in evidence.tasks
    ]
    corrected = correct([task.p_values for task in weighed])
    tasks = tuple(
        judge_task(task, rules, p_values) for task, p_values in zip(weighed, corrected, strict=True)
    )
    findings = _judge_beside_tasks(evidence, rules)
    if tasks or not findings:
        findings += _collect(tasks)
    outcome = _combine(findings)
    notes = [*(f"{task.task}: {note}" for task in tasks for note in task.notes)]
    if evidence.own_passed:
        notes.append(f"{count(evidence.own_passed, 'test')} of your own passed")
    notes += evidence.notes
    notes += [f"{found.entry}: {found.text}" for found in evidence.differences]
    notes += [f"{alert.severity}: {alert.monitor}: {alert.message}" for alert in evidence.alerts]
    reason = _explain(outcome, findings, evidence.alerts)
    if evidence.known:
        reason += f", with {count(evidence.known, 'known violation')}"
    return Decision(
        outcome=outcome,
        candidate=evidence.candidate,
        reason=reason,
        remedy=next((f.remedy for f in findings if f.conclusion is outcome and f.remedy), None),
        notes=tuple(notes),
        tasks=tasks,
        alerts=evidence.alerts,
        comparisons=comparisons,
        known=evidence.known,
    )


def _judge_beside_tasks(evidence: Evidence, rules: Rules) -> list[Finding]:
    return [
        *_judge_alerts(evidence.alerts, rules),
        *(Finding(Conclusion.REJECT, text) for text in evidence.failures),
        *(Finding(Conclusion.INCONCLUSIVE, one.text, one.remedy) for one in evidence.doubts),
        *(Finding(Conclusion.INCONCLUSIVE, text, _RUN_ALL) for text in evidence.missing),
        *(
            Finding(Conclusion.INCONCLUSIVE, f"no answer of a monitor: {text}", _ASK_AGAIN)
            for text in evidence.unanswered
        ),
        *(
            Finding(Conclusion.INCONCLUSIVE, f"{found.entry}: {found.text}", _END_ALIKE)
            for found in evidence.differences
        ),
        *_conclude_own(evidence, rules),
    ]


def _complete(rules: Rules | Policy | None) -> Rules:
    if rules is None:
        return Rules()
    return rules if isinstance(rules, Rules) else Rules(policy=rules)


def _judge_alerts(alerts: Iterable[AlertEvidence], rules: Rules) -> list[Finding]:
    if rules.fail_on_alert == "never":
        return []
    blocking = ("error",) if rules.fail_on_alert == "error" else ("error", "warning")
    return [
        Finding(Conclusion.REJECT, f"monitor {alert.monitor} ({alert.severity}): {alert.message}")
        for alert in alerts
        if alert.severity in blocking
    ]


def _conclude_own(evidence: Evidence, rules: Rules) -> list[Finding]:
    """Judge by the user's own tests where nothing else was run."""
    if evidence.tasks or evidence.missing or evidence.failures or not evidence.own_passed:
        return []
    passed = f"{count(evidence.own_passed, 'test')} of your own passed"
    if isinstance(rules.policy, Strict):
        return [Finding(Conclusion.ADOPT, f"{passed}, which give no rate")]
    fault = f"{passed}, which give no rate for the policy {rules.policy}"
    return [Finding(Conclusion.INCONCLUSIVE, fault, "declare a task, or use the policy strict")]


def _collect(tasks: tuple[TaskDecision, ...]) -> list[Finding]:
    if not tasks:
        return [Finding(Conclusion.INCONCLUSIVE, "no task was run", "select at least one task")]
    prefix = "{}: " if len(tasks) > 1 else ""
    return [
        Finding(task.outcome, prefix.format(task.task) + task.reason, task.remedy) for task in tasks
    ]


def _combine(findings: list[Finding]) -> Conclusion:
    found = {finding.conclusion for finding in findings}
    for conclusion in (Conclusion.REJECT, Conclusion.INCONCLUSIVE):
        if conclusion in found:
            return conclusion
    return Conclusion.ADOPT


def _explain(
    outcome: Conclusion, findings: list[Finding], alerts: tuple[AlertEvidence, ...]
) -> str:
    reasons = [finding.reason for finding in findings if finding.conclusion is outcome]
    more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
    if outcome is not Conclusion.ADOPT:
        return reasons[0] + more
    if more:
        more = f" (and {count(len(reasons) - 1, 'more task')})"
    warnings = [alert for alert in alerts if alert.severity != "info"]
    said = f"; {count(len(warnings), 'alert')}: {warnings[0].message}" if warnings else ""
    return reasons[0] + more + said
