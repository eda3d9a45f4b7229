"""The results of a session: gathered in one process, judged once, shown and written."""

from __future__ import annotations

import importlib.metadata
import json
import os
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from pytest_metamorphic_guard.contracts.monitoring import MonitorContext
from pytest_metamorphic_guard.evidence_building import build_evidence, split_alerts
from pytest_metamorphic_guard.feeding import decode_fed
from pytest_metamorphic_guard.gate.findings import Conclusion
from pytest_metamorphic_guard.gate.ranking import Ranking, rank
from pytest_metamorphic_guard.items import RESULT_ATTRIBUTE
from pytest_metamorphic_guard.report.markdown import render_markdown
from pytest_metamorphic_guard.report.records import ItemRecord, MonitorResult, RunRecord
from pytest_metamorphic_guard.report.tables import MonitorLine
from pytest_metamorphic_guard.report_writing import (
    ReportError,
    describe_environment,
    describe_options,
    list_executors,
    list_implementations,
    list_violations,
    write_report,
)
from pytest_metamorphic_guard.synthetic_items import emit_item
from pytest_metamorphic_guard.terminal import show_results
from pytest_metamorphic_guard.transport import ItemResult, decode_records
from pytest_metamorphic_guard.watch import watch

if TYPE_CHECKING:
    from collections.abc import Generator

    from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord
    from pytest_metamorphic_guard.session import GuardSession
    from pytest_metamorphic_guard.watch_report import MonitorReport, WatchReport

__all__ = ["Gathered", "ResultKeeper"]


@dataclass(slots=True)
class Gathered:
    """What the reports of items brought.

    Attributes:
        items: The last result of every item, by node id.
        outcomes: What pytest made of these items, by node id.
        fed: Records of users' own tests, by node id.
        lost: Items of a process that ended before they did.
    """

    items: dict[str, ItemResult] = field(default_factory=dict)
    outcomes: dict[str, tuple[str, float]] = field(default_factory=dict)
    fed: dict[str, list[tuple[str, MonitorRecord]]] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)

    def add(self, report: pytest.TestReport) -> None:
        """Take what one report carries; a repeated item replaces its earlier attempt."""
        if str(report.when) == "???":  # pytest-xdist's word for a worker that crashed
            self.lost.append(report.nodeid)
        text = getattr(report, RESULT_ATTRIBUTE, None)
        if text is None:
            return
        data = json.loads(text)
        self.fed[report.nodeid] = decode_fed(data["fed"])
        if data["result"] is not None:
            self.items[report.nodeid] = ItemResult.from_dict(data["result"])
            self.outcomes[report.nodeid] = (report.outcome, report.duration)

    @property
    def records(self) -> list[MonitorRecord]:
        """All executions, by node id."""
        return [r for node in sorted(self.items) for r in decode_records(self.items[node].records)]

    @property
    def item_records(self) -> tuple[ItemRecord, ...]:
        """What became of every item."""
        return tuple(
            ItemRecord(
                node_id=node,
                task=result.verdict.task,
                relation=result.verdict.entry,
                candidate=result.verdict.candidate,
                outcome=self.outcomes[node][0],
                cases=result.verdict.cases,
                duration_s=self.outcomes[node][1],
            )
            for node, result in sorted(self.items.items())
        )


class ResultKeeper:
    """Gathers, judges and shows; it lives in the one process that decides.

    Args:
        session: What owns settings, rules and monitors.
    """

    def __init__(self, session: GuardSession) -> None:
        self.session = session
        self.config = session.config
        self.gathered = Gathered()
        self.watched: WatchReport | None = None
        self.ranking: Ranking | None = None
        self.monitor_results: tuple[MonitorResult, ...] = ()
        self.partial = False
        self.report_path: str | None = None
        self._started = time.time()

    # --- hooks

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.gathered.add(report)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        if self.config.option.collectonly:
            return (yield)
        try:
            answer = yield
        except BaseException:
            # -x, --maxfail, Ctrl-C: nothing is decided on a part of the data.
            self._finish(session, interrupted=True)
            raise
        self._finish(session, interrupted=False)
        return answer

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        show_results(self, terminalreporter)

    # --- the end

    @property
    def monitor_lines(self) -> tuple[MonitorLine, ...]:
        """One line per monitor, for the terminal and the summary."""
        return tuple(MonitorLine(m.monitor, m.status, m.line) for m in self.monitor_results)

    def _finish(self, session: pytest.Session, *, interrupted: bool) -> None:
        self.partial = interrupted or bool(self.gathered.lost)
        if self.session.monitors and (self.gathered.items or any(self.gathered.fed.values())):
            self._watch(session, interrupted=interrupted)
        if self.session.settings.gate and not interrupted:
            self._decide(session)
        self._write()

    def _watch(self, session: pytest.Session, *, interrupted: bool) -> None:
        records = self.gathered.records
        sources = {(r.relation, r.case_index) for r in records if r.kind == "source"}
        tasks = sorted({result.verdict.task for result in self.gathered.items.values()})
        self.watched = watch(
            [monitor.host() for monitor in self.session.monitors],
            records,
            MonitorContext(", ".join(tasks), len(sources)),
            partial=self.partial,
            fed=[pair for node in sorted(self.gathered.fed) for pair in self.gathered.fed[node]],
        )
        self.monitor_results = tuple(
            self._conclude_monitor(session, monitor, interrupted=interrupted)
            for monitor in self.watched.monitors
        )

    def _conclude_monitor(
        self, session: pytest.Session, monitor: MonitorReport, *, interrupted: bool
    ) -> MonitorResult:
        failing, warning = split_alerts(monitor.alerts, self.session.rules.fail_on_alert)
        failed = bool(failing)
        if not interrupted:
            failed = emit_item(session, f"monitor[{monitor.id}]", failing, warning)
        status: Literal["passed", "warned", "failed"] = "warned" if warning else "passed"
        if failed:
            status = "failed"
        messages = [*failing, *warning]
        return MonitorResult(
            monitor=monitor.id,
            distribution=monitor.distribution,
            status=status,
            line="; ".join(messages) if messages else monitor.line,
            summary=monitor.summary,
            alerts=tuple(alert.to_dict() for alert in monitor.alerts),
        )

    def _decide(self, session: pytest.Session) -> None:
        measured = [
            result.measurement
            for _, result in sorted(self.gathered.items.items())
            if result.measurement is not None
        ]
        alerts = self.watched.alerts if self.watched else ()
        self.ranking = rank(build_evidence(measured, alerts), self.session.rules)
        unfinished = self._find_unfinished()
        if unfinished and self.ranking.outcome is not Conclusion.REJECT:
            self.ranking = self.ranking.withhold(unfinished)
        message = [self.ranking.reason]
        if self.ranking.outcome is Conclusion.ADOPT:
            emit_item(session, "gate", [], [])
        elif (
            self.ranking.outcome is Conclusion.INCONCLUSIVE
            and self.session.settings.on_inconclusive == "warn"
        ):
            emit_item(session, "gate", [], message)
        else:
            emit_item(session, "gate", message, [])

    def _find_unfinished(self) -> str | None:
        """Say which items could not be judged, or return None."""
        broken = [n for n, r in sorted(self.gathered.items.items()) if r.verdict.status == "broken"]
        missing = [*self.gathered.lost, *broken]
        if not missing:
            return None
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        return f"{missing[0]}{more} did not finish, so nothing is known about it"

    def _write(self) -> None:
        path = self.session.settings.report
        if path is not None and (self.gathered.items or self.gathered.lost):
            try:
                self.report_path = str(write_report(self._describe(), path))
            except ReportError as error:
                raise pytest.UsageError(str(error)) from None
        step_summary = os.environ.get("GITHUB_STEP_SUMMARY")
        if step_summary and self.ranking is not None:
            with Path(step_summary).open("a", encoding="utf-8") as file:
                file.write(render_markdown(self.ranking, self.monitor_lines))

    def _describe(self) -> RunRecord:
        settings = self.session.settings
        started = datetime.fromtimestamp(self._started, UTC)
        return RunRecord(
            version=importlib.metadata.version("pytest-metamorphic-guard"),
            seed=settings.seed,
            partial=self.partial,
            started_at=started.isoformat(timespec="milliseconds"),
            duration_s=round(time.time() - self._started, 3),
            options=describe_options(settings, self.session.rules),
            environment=describe_environment(),
            ranking=self.ranking,
            implementations=list_implementations(settings),
            executors=list_executors(settings),
            items=self.gathered.item_records,
            violations=list_violations(self.gathered.items),
            monitors=self.monitor_results,
        )
