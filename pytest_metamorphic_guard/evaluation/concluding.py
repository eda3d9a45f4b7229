"""What is concluded from all that was gathered: the decision, the monitors, the page of a job."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pytest_metamorphic_guard.evaluation.counting import build_evidence, split_alerts
from pytest_metamorphic_guard.evaluation.own_tests import list_checks
from pytest_metamorphic_guard.gate.evidence import Doubt, Evidence
from pytest_metamorphic_guard.gate.findings import Conclusion
from pytest_metamorphic_guard.gate.ranking import Ranking, rank
from pytest_metamorphic_guard.report.alert_lines import list_messages
from pytest_metamorphic_guard.report.contents import MonitorResult
from pytest_metamorphic_guard.report.tables import MonitorLine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_metamorphic_guard.contracts.known import KnownViolation
    from pytest_metamorphic_guard.evaluation.candidate_monitors import CandidateWatch
    from pytest_metamorphic_guard.evaluation.gaps import Missing
    from pytest_metamorphic_guard.evaluation.gathered import Gathered
    from pytest_metamorphic_guard.gate.rules import FailOnAlert, Rules
    from pytest_metamorphic_guard.settings import Shard
    from pytest_metamorphic_guard.watch.alerts import MonitorReport, WatchReport

__all__ = [
    "GateSaid",
    "MonitorSaid",
    "add_to_page",
    "conclude_monitors",
    "decide",
    "list_monitor_lines",
    "say_gate",
    "say_monitor",
    "wait_for_merging",
]


@dataclass(frozen=True, slots=True)
class MonitorSaid:
    """What follows from one monitor's report.

    Attributes:
        failing: The messages that fail the run.
        warning: Those that warn.
    """

    failing: list[str]
    warning: list[str]
    report: MonitorReport

    def conclude(self, *, failed: bool | None) -> MonitorResult:
        """Return the report's record; ``failed`` is None where the run was cut short."""
        report = self.report
        status: Literal["passed", "warned", "failed", "undecided"] = "undecided"
        if failed is not None:
            status = "failed" if failed else "warned" if self.warning else "passed"
        return MonitorResult(
            monitor=report.id,
            distribution=report.distribution,
            status=status,
            line=report.line,
            summary=report.summary,
            alerts=tuple(alert.to_dict() for alert in report.alerts),
        )


@dataclass(frozen=True, slots=True)
class GateSaid:
    """What follows from a decision.

    Attributes:
        label: The outcome in one word, where it is no adoption.
        message: The reason, and what would settle it.
        fails: Whether it fails the run.
        warns: Whether it warns.
    """

    label: str
    message: str
    fails: bool
    warns: bool


def say_monitor(report: MonitorReport, fail_on_alert: FailOnAlert) -> MonitorSaid:
    """Return what follows from a monitor's report."""
    return MonitorSaid(*split_alerts(report.alerts, fail_on_alert), report)


def conclude_monitors(
    watched: WatchReport | None, fail_on_alert: FailOnAlert
) -> tuple[MonitorResult, ...]:
    """Return the records of all monitors of a run that was not cut short."""
    said = [say_monitor(one, fail_on_alert) for one in (watched.monitors if watched else ())]
    return tuple(one.conclude(failed=bool(one.failing)) for one in said)


def list_monitor_lines(results: Sequence[MonitorResult]) -> tuple[MonitorLine, ...]:
    """Return one line per monitor, for the summary: its alerts, or what it measured."""
    return tuple(
        MonitorLine(m.monitor, m.status, "; ".join(list_messages(m)) or m.line) for m in results
    )


def decide(  # noqa: PLR0913, PLR0917 - all that a decision is made of
    gathered: Gathered,
    watched: Sequence[CandidateWatch],
    borrowed: Sequence[Missing],
    names: Mapping[str, str],
    rules: Rules,
    known: Sequence[KnownViolation] = (),
) -> Ranking:
    """Decide about every candidate.

    Args:
        gathered: What items brought.
        watched: What monitors concluded.
        borrowed: What candidates need of their baseline.
        names: What the user wrote to name each candidate, by label.
        rules: What is judged by.
        known: Known violations.
    """
    occurred: dict[int | None, int] = {}
    if known:
        # Not loaded for a run without known violations, which starts sooner.
        from pytest_metamorphic_guard.evaluation.known.standing import count_occurred

        occurred = count_occurred(gathered.items.values(), known)
    evidence = build_evidence(
        gathered.measurements,
        {one.position: one.report for one in watched},
        [*gathered.missing, *borrowed],
        gathered.differences,
        list_checks(gathered.own_tests, names),
        occurred,
    )
    return rank(evidence, rules)


def wait_for_merging(shard: Shard, names: Mapping[str, str], rules: Rules) -> Ranking:
    """Return what the gate of one shard says: nothing can be concluded from a share."""
    said = f"this is shard {shard.number} of {shard.count}: merge the reports"
    doubt = Doubt(said, "run python -m pytest_metamorphic_guard.merge with the reports of all")
    candidates = dict.fromkeys(names.values())
    return rank([Evidence(candidate=name, tasks=(), doubts=(doubt,)) for name in candidates], rules)


def say_gate(
    ranking: Ranking, *, has_candidates: bool, on_inconclusive: Literal["fail", "warn"]
) -> GateSaid:
    """Return what follows from a decision."""
    remedy = ranking.decisions[0].remedy if ranking.decisions else None
    if not has_candidates:
        remedy = "pass --mg-candidate"
    message = f"{ranking.reason}; to settle it: {remedy}" if remedy else ranking.reason
    outcome = ranking.outcome
    warns = outcome is Conclusion.INCONCLUSIVE and on_inconclusive == "warn"
    return GateSaid(
        "Rejected" if outcome is Conclusion.REJECT else "Inconclusive",
        message,
        fails=outcome is not Conclusion.ADOPT and not warns,
        warns=warns,
    )


def add_to_page(path: str, text: str) -> str | None:
    """Add to the summary page of a job; return what is wrong where that cannot be done."""
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        return f"GITHUB_STEP_SUMMARY: cannot write it: {error.strerror}"
    return None
