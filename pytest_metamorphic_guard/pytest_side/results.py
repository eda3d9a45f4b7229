"""The results of a session: gathered in one process, judged once, shown and written."""

from __future__ import annotations

import importlib.metadata
import os
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from pytest_metamorphic_guard.pytest_side.collection import label_candidates
from pytest_metamorphic_guard.pytest_side.gathering import Gathered
from pytest_metamorphic_guard.pytest_side.interrupting import Workers
from pytest_metamorphic_guard.pytest_side.synthetic_items import Synthetic, emit_item

if TYPE_CHECKING:
    from collections.abc import Generator

    from pytest_metamorphic_guard.evaluation.gaps import Missing
    from pytest_metamorphic_guard.gate.ranking import Ranking
    from pytest_metamorphic_guard.pytest_side.candidate_monitors import CandidateWatch
    from pytest_metamorphic_guard.pytest_side.session import GuardSession
    from pytest_metamorphic_guard.report.contents import MonitorResult, RunRecord
    from pytest_metamorphic_guard.report.tables import MonitorLine
    from pytest_metamorphic_guard.watch.alerts import MonitorReport

__all__ = ["ResultKeeper"]


class ResultKeeper:
    """Gathers, judges and shows; it lives in the one process that decides.

    Args:
        session: What owns settings, rules and monitors.
    """

    def __init__(self, session: GuardSession) -> None:
        self.session = session
        self.config = session.config
        self.gathered = Gathered()
        self.watched: list[CandidateWatch] = []
        self.ranking: Ranking | None = None
        self.monitor_results: tuple[MonitorResult, ...] = ()
        self.partial = False
        self.interrupted = False
        self.workers = Workers()
        self.report_line: str | None = None
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
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                self.workers.interrupt()
            # -x, --maxfail, Ctrl-C: nothing is decided on a part of the data.
            self._finish(session, interrupted=True)
            raise
        self._finish(session, interrupted=False)
        return answer

    # --- the end

    @property
    def monitor_lines(self) -> tuple[MonitorLine, ...]:
        """One line per monitor, for the summary: its alerts, or what it measured."""
        # Not loaded for a run without monitors, which starts sooner.
        from pytest_metamorphic_guard.report.alert_lines import list_messages
        from pytest_metamorphic_guard.report.tables import MonitorLine

        return tuple(
            MonitorLine(m.monitor, m.status, "; ".join(list_messages(m)) or m.line)
            for m in self.monitor_results
        )

    @property
    def has_nothing(self) -> bool:
        """Whether there is nothing to tell of: no item ran, and none was cut short."""
        if self.interrupted and self.session.settings.candidates:
            return False
        return self.gathered.is_empty and self.ranking is None and not self.monitor_results

    @property
    def undecided(self) -> str | None:
        """Why there is no decision although one was asked for; None where there is one."""
        if not self.session.settings.gate or self.ranking is not None:
            return None
        if self.session.replay is not None:
            return "no decision: a replay runs only what was violated before"
        return "no decision: the run was cut short"

    def _finish(self, session: pytest.Session, *, interrupted: bool) -> None:
        self.gathered.left_out = self.session.selection.left_out
        self.interrupted = interrupted
        self.partial = interrupted or self.gathered.is_cut
        if self.session.monitors:
            self._watch(session, interrupted=interrupted)
        if self.session.settings.gate and not interrupted and self.session.replay is None:
            self._decide(session)
        self._write(session, interrupted=interrupted)
        self._summarize()

    def _watch(self, session: pytest.Session, *, interrupted: bool) -> None:
        # Not loaded for a run without monitors, which starts sooner.
        from pytest_metamorphic_guard.pytest_side.candidate_monitors import watch_gathered

        self.watched = watch_gathered(self.session.monitors, self.gathered, partial=self.partial)
        self.monitor_results = tuple(
            self._conclude_monitor(session, monitor, interrupted=interrupted)
            for watched in self.watched
            for monitor in watched.report.monitors
        )

    def _conclude_monitor(
        self, session: pytest.Session, monitor: MonitorReport, *, interrupted: bool
    ) -> MonitorResult:
        # Not loaded for a run without monitors, which starts sooner.
        from pytest_metamorphic_guard.evaluation.counting import split_alerts
        from pytest_metamorphic_guard.report.contents import MonitorResult

        failing, warning = split_alerts(monitor.alerts, self.session.rules.fail_on_alert)
        status: Literal["passed", "warned", "failed", "undecided"] = "undecided"
        if not interrupted:
            item = Synthetic(f"monitor[{monitor.id}]", "MonitorAlert", failing, warning)
            failed = self._emit(session, item)
            status = "failed" if failed else "warned" if warning else "passed"
        return MonitorResult(
            monitor=monitor.id,
            distribution=monitor.distribution,
            status=status,
            line=monitor.line,
            summary=monitor.summary,
            alerts=tuple(alert.to_dict() for alert in monitor.alerts),
        )

    def _emit(self, session: pytest.Session, item: Synthetic) -> bool:
        hide = self.session.redaction.hide
        failing, warning = ([*map(hide, said)] for said in (item.failing, item.warning))
        return emit_item(session, replace(item, failing=failing, warning=warning))

    def _find_borrowed(self) -> list[Missing]:
        # Not loaded for a run that decides nothing, which starts sooner.
        from pytest_metamorphic_guard.evaluation.borrowing import find_borrowed

        settings = self.session.settings
        roles = (settings.candidates, settings.baselines)
        return find_borrowed(*([a.implementation for a in given] for given in roles))

    def _decide(self, session: pytest.Session) -> None:
        # Not loaded for a run that decides nothing, which starts sooner.
        from pytest_metamorphic_guard.evaluation.counting import build_evidence
        from pytest_metamorphic_guard.evaluation.own_tests import list_checks
        from pytest_metamorphic_guard.gate.findings import Conclusion
        from pytest_metamorphic_guard.gate.ranking import rank

        watched = {one.position: one.report for one in self.watched}
        gathered = self.gathered
        settings = self.session.settings
        named = label_candidates([a.implementation for a in settings.candidates])
        names = {label: implementation.specification for label, implementation in named.items()}
        evidence = build_evidence(
            gathered.measurements,
            watched,
            [*gathered.missing, *self._find_borrowed()],
            gathered.differences,
            list_checks(gathered.own_tests, names),
        )
        self.ranking = rank(evidence, self.session.rules)
        outcome, message = self.ranking.outcome, self.ranking.reason
        remedy = self.ranking.decisions[0].remedy if self.ranking.decisions else None
        if not settings.candidates:
            remedy = "pass --mg-candidate"
        if remedy:
            message = f"{message}; to settle it: {remedy}"
        warns = outcome is Conclusion.INCONCLUSIVE and settings.on_inconclusive == "warn"
        fails = outcome is not Conclusion.ADOPT and not warns
        item = Synthetic(
            "gate",
            "Rejected" if outcome is Conclusion.REJECT else "Inconclusive",
            [message] if fails else [],
            [message] if warns else [],
            _list_properties(self.ranking),
        )
        self._emit(session, item)

    def _write(self, session: pytest.Session, *, interrupted: bool) -> None:
        settings = self.session.settings
        if settings.report is None or self.has_nothing:
            return
        # Not loaded for a run without a report, which starts sooner.
        from pytest_metamorphic_guard.evaluation.report_file import ReportError, write_report

        try:
            path = write_report(self._describe(), settings.report, folder=settings.report_folder)
        except ReportError as error:
            # The results are worth more than their report, so they are shown all the same.
            self.report_line = str(error)
            if not interrupted:
                self._emit(session, Synthetic("report", "ReportError", [str(error)]))
        else:
            self.report_line = f"report: {path}"

    def _summarize(self) -> None:
        """Add to the summary page of a job on GitHub."""
        path = os.environ.get("GITHUB_STEP_SUMMARY")
        if not path or (self.ranking is None and self.undecided is None):
            return
        if self.ranking is not None:
            # Not loaded for a run that decides nothing, which starts sooner.
            from pytest_metamorphic_guard.report.markdown import render_markdown

            text = render_markdown(self.ranking, self.monitor_lines)
        else:
            text = f"## Metamorphic guard\n\n{self.undecided}\n"
        try:
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(self.session.redaction.hide(text))
        except OSError as error:
            self.report_line = f"GITHUB_STEP_SUMMARY: cannot write it: {error.strerror}"

    def _describe(self) -> RunRecord:
        # Not loaded for a run without a report, which starts sooner.
        from pytest_metamorphic_guard.evaluation.report_file import (
            describe_environment,
            describe_options,
            list_differences,
            list_executors,
            list_implementations,
            list_violations,
        )
        from pytest_metamorphic_guard.report.contents import RunRecord

        settings = self.session.settings
        started = datetime.fromtimestamp(self._started, UTC)
        return RunRecord(
            version=importlib.metadata.version("pytest-metamorphic-guard"),
            seed=settings.seed,
            seed_source=settings.seed_source,
            partial=self.partial,
            started_at=started.isoformat(timespec="milliseconds"),
            duration_s=round(time.time() - self._started, 3),
            options=describe_options(settings, self.session.rules),
            environment=describe_environment(settings),
            secrets=self.session.secrets,
            ranking=self.ranking,
            implementations=list_implementations(settings, self.gathered.refused),
            executors=list_executors(settings),
            items=self.gathered.item_records,
            tests=self.gathered.test_records,
            violations=list_violations(self.gathered.items),
            differences=list_differences(self.gathered.items),
            monitors=self.monitor_results,
        )


def _list_properties(ranking: Ranking) -> list[tuple[str, object]]:
    """Return the counts of the best candidate, for junit XML."""
    found: list[tuple[str, object]] = [("mg_outcome", ranking.outcome.value)]
    if ranking.adopt is not None:
        found.append(("mg_adopt", ranking.adopt))
    for decision in ranking.decisions[:1]:
        found.append(("mg_inputs", sum(task.ran for task in decision.tasks)))
        pairs = [task.pairs for task in decision.tasks if task.pairs is not None]
        if pairs:
            found.append(("mg_regressions", sum(pair.regressions for pair in pairs)))
            found.append(("mg_improvements", sum(pair.improvements for pair in pairs)))
    return found
