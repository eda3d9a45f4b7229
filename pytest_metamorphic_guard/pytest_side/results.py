"""The results of a session: gathered in one process, judged once, shown and written."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from pytest_metamorphic_guard.evaluation.gathered import Gathered
from pytest_metamorphic_guard.pytest_side.incoming import add_report
from pytest_metamorphic_guard.pytest_side.interrupting import Workers
from pytest_metamorphic_guard.pytest_side.junit import list_properties
from pytest_metamorphic_guard.pytest_side.known_runs import KnownRuns
from pytest_metamorphic_guard.pytest_side.past_runs import PastRuns
from pytest_metamorphic_guard.pytest_side.synthetic_items import Synthetic, emit_item
from pytest_metamorphic_guard.pytest_side.task_classes import label_candidates

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from pytest_metamorphic_guard.evaluation.candidate_monitors import CandidateWatch
    from pytest_metamorphic_guard.evaluation.gaps import Missing
    from pytest_metamorphic_guard.gate.ranking import Ranking
    from pytest_metamorphic_guard.pytest_side.files import Written
    from pytest_metamorphic_guard.pytest_side.session import GuardSession
    from pytest_metamorphic_guard.pytest_side.strength_runs import StrengthRuns
    from pytest_metamorphic_guard.report.contents import MonitorResult, RunRecord
    from pytest_metamorphic_guard.report.tables import MonitorLine
    from pytest_metamorphic_guard.watch.alerts import MonitorReport

__all__ = ["ResultKeeper"]


class ResultKeeper:
    """Gathers, judges and shows; it lives in the one process that decides.

    Args:
        session: What owns settings, rules and monitors.
        strength_runs: What tries trivial answers and mutants, where anything asks for it.
    """

    def __init__(self, session: GuardSession, strength_runs: StrengthRuns | None = None) -> None:
        self.session = session
        self.strength_runs = strength_runs
        self.config = session.config
        self.gathered = Gathered()
        self.failed: dict[str, None] = {}
        self.watched: list[CandidateWatch] = []
        self.ranking: Ranking | None = None
        self.monitor_results: tuple[MonitorResult, ...] = ()
        self.partial = False
        self.interrupted = False
        self.workers = Workers()
        self.file_lines: list[str] = []
        self.known_runs = KnownRuns(session)
        self.past_runs = PastRuns(session)
        self._started = time.time()

    # --- hooks

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed[report.nodeid] = None
        add_report(self.gathered, report)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        if self.config.option.collectonly:
            return (yield)
        try:
            answer = yield
            if self.strength_runs is not None:
                self.strength_runs.run_here(session)
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
        from pytest_metamorphic_guard.evaluation.concluding import list_monitor_lines

        return list_monitor_lines(self.monitor_results)

    @property
    def has_nothing(self) -> bool:
        """Whether there is nothing to tell of: no item ran, and none was cut short."""
        if self.interrupted and self.session.settings.candidates:
            return False
        if self.strength_runs is not None and self.strength_runs.has_found:
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
        # What a share shows to monitors is no sample of theirs: they are asked when all are merged.
        if self.session.monitors and self.session.settings.shard is None:
            self._watch(session, interrupted=interrupted)
        if self.strength_runs is not None and not interrupted:
            for item in self.strength_runs.list_items():
                self._emit(session, item)
        for item in self.known_runs.follow(self.gathered, interrupted=interrupted):
            self._emit(session, item)
        if self.session.settings.gate and not interrupted and self.session.replay is None:
            self._decide(session)
        rejected = self.ranking is not None and self.ranking.adopt is None
        self.file_lines += self.known_runs.propose(self.gathered, self.failed, rejected=rejected)
        self._write(session, interrupted=interrupted)
        self._annotate(session, interrupted=interrupted)
        self._summarize()

    def _watch(self, session: pytest.Session, *, interrupted: bool) -> None:
        # Not loaded for a run without monitors, which starts sooner.
        from pytest_metamorphic_guard.evaluation.candidate_monitors import watch_gathered

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
        from pytest_metamorphic_guard.evaluation.concluding import say_monitor

        said = say_monitor(monitor, self.session.rules.fail_on_alert)
        failed = None
        if not interrupted:
            name = f"monitor[{monitor.id}]"
            failed = self._emit(
                session, Synthetic(name, "MonitorAlert", said.failing, said.warning)
            )
        return said.conclude(failed=failed)

    def _emit(self, session: pytest.Session, item: Synthetic) -> bool:
        hide = self.session.redaction.hide
        failing, warning = ([*map(hide, said)] for said in (item.failing, item.warning))
        return emit_item(session, item._replace(failing=failing, warning=warning))

    @property
    def names(self) -> dict[str, str]:
        """What the user wrote to name each candidate, by label."""
        named = label_candidates([a.implementation for a in self.session.settings.candidates])
        return {label: implementation.specification for label, implementation in named.items()}

    def find_borrowed(self) -> list[Missing]:
        # Not loaded for a run that decides nothing, which starts sooner.
        from pytest_metamorphic_guard.evaluation.borrowing import find_borrowed

        settings = self.session.settings
        roles = (settings.candidates, settings.baselines)
        return find_borrowed(*([a.implementation for a in given] for given in roles))

    def _decide(self, session: pytest.Session) -> None:
        # Not loaded for a run that decides nothing, which starts sooner.
        from pytest_metamorphic_guard.evaluation.concluding import (
            decide,
            say_gate,
            wait_for_merging,
        )

        settings, rules = self.session.settings, self.session.rules
        if settings.shard is not None:
            self.ranking = wait_for_merging(settings.shard, self.names, rules)
            return
        missing = self.find_borrowed()
        if self.strength_runs is not None:
            missing += self.strength_runs.list_missing()
        entries = self.known_runs.entries
        self.ranking = decide(self.gathered, self.watched, missing, self.names, rules, entries)
        said = say_gate(
            self.ranking,
            has_candidates=bool(settings.candidates),
            on_inconclusive=settings.on_inconclusive,
        )
        item = Synthetic(
            "gate",
            said.label,
            [said.message] if said.fails else [],
            [said.message] if said.warns else [],
            list_properties(self.ranking),
        )
        self._emit(session, item)

    def _write(self, session: pytest.Session, *, interrupted: bool) -> None:
        settings = self.session.settings
        if not settings.is_reported or self.has_nothing:
            return
        # Not loaded for a run without a report, which starts sooner.
        from pytest_metamorphic_guard.pytest_side.files import write_files
        from pytest_metamorphic_guard.report.document import to_document

        document = to_document(self._describe())
        kept = self.past_runs.complete(document, partial=self.partial)
        self._say_written(session, kept, interrupted)
        self._say_written(session, write_files(document, settings), interrupted)

    def _annotate(self, session: pytest.Session, *, interrupted: bool) -> None:
        settings = self.session.settings
        if os.environ.get("GITHUB_ACTIONS") != "true" and settings.code_quality is None:
            return
        # Not loaded where no service shows violations, for a run that starts sooner.
        from pytest_metamorphic_guard.evaluation.report_file import list_violations
        from pytest_metamorphic_guard.pytest_side.files import annotate

        violations = list_violations(self.gathered.items)
        here = self.config.invocation_params.dir
        written = annotate(violations, self.failed, here, settings)
        self._say_written(session, written, interrupted)

    def _say_written(
        self,
        session: pytest.Session,
        files: Iterable[Written],
        interrupted: bool,  # noqa: FBT001 - as the session says it
    ) -> None:
        for written in files:
            self.file_lines.append(written.line)
            # The results are worth more than their report, so they are shown all the same.
            if written.failed is not None and not interrupted:
                self._emit(session, Synthetic("report", written.failed, [written.line]))

    def _summarize(self) -> None:
        """Add to the summary page of a job on GitHub; of shards, when they are merged."""
        path = os.environ.get("GITHUB_STEP_SUMMARY")
        has_said = self.ranking is not None or self.undecided is not None
        if not path or not has_said or self.session.settings.shard is not None:
            return
        # Not loaded for a run that decides nothing, which starts sooner.
        from pytest_metamorphic_guard.evaluation.concluding import add_to_page
        from pytest_metamorphic_guard.report.markdown import render_markdown, render_undecided

        refused, more = self.gathered.refused, [*self.known_runs.markdown, *self.past_runs.markdown]
        if self.ranking is not None:
            runs = self.strength_runs
            strengths, accepted = (runs.strengths, runs.accepted) if runs is not None else ((), ())
            lines = self.monitor_lines
            text = render_markdown(self.ranking, lines, refused, strengths, accepted, more)
        else:
            text = render_undecided(str(self.undecided), refused, more)
        fault = add_to_page(path, self.session.redaction.hide(text))
        self.file_lines += [fault] if fault else []

    def _describe(self) -> RunRecord:
        # Not loaded for a run without a report, which starts sooner.
        from pytest_metamorphic_guard.pytest_side.run_record import Concluded, describe_run

        runs = self.strength_runs
        concluded = Concluded(
            started=self._started,
            partial=self.partial,
            interrupted=self.interrupted,
            ranking=self.ranking,
            monitors=self.monitor_results,
            names=self.names,
            borrowed=self.find_borrowed(),
            failed=list(self.failed),
            strengths=tuple(runs.strengths) if runs is not None else (),
            accepted=tuple(runs.accepted) if runs is not None else (),
            known=self.known_runs.records,
        )
        return describe_run(self.session, self.gathered, concluded)
