"""One evaluation without pytest's session: the same runner, gate and report."""

from __future__ import annotations

import time
import warnings
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.worker_mark import is_worker
from pytest_metamorphic_guard.errors import ImplementationError, TaskError
from pytest_metamorphic_guard.evaluation.borrowing import find_borrowed
from pytest_metamorphic_guard.evaluation.certainty import Watcher
from pytest_metamorphic_guard.evaluation.counting import build_evidence
from pytest_metamorphic_guard.evaluation.describing import describe_found, describe_held
from pytest_metamorphic_guard.evaluation.evaluation import Evaluation
from pytest_metamorphic_guard.evaluation.gaps import Difference, Missing, miss_unusable
from pytest_metamorphic_guard.evaluation.interface import EvaluationConfig, EvaluationResult
from pytest_metamorphic_guard.evaluation.known.covering import load_known
from pytest_metamorphic_guard.evaluation.known.standing import count_occurred
from pytest_metamorphic_guard.evaluation.past.earlier_reports import complete_report, find_past
from pytest_metamorphic_guard.evaluation.program_answers import keeping_answers
from pytest_metamorphic_guard.evaluation.program_record import describe_program
from pytest_metamorphic_guard.evaluation.program_settings import make_rules, make_settings
from pytest_metamorphic_guard.evaluation.program_strength import look_beside
from pytest_metamorphic_guard.evaluation.sample_digest import digest_sample
from pytest_metamorphic_guard.evaluation.transport import (
    ItemResult,
    describe_difference,
    list_refused,
)
from pytest_metamorphic_guard.gate.ranking import rank
from pytest_metamorphic_guard.report.document import to_document
from pytest_metamorphic_guard.report.reproduction import Reproduction
from pytest_metamorphic_guard.runner.call_errors import Unusable
from pytest_metamorphic_guard.runner.confirmation import confirm
from pytest_metamorphic_guard.runner.drawing import explain
from pytest_metamorphic_guard.runner.functions import find_fixtures
from pytest_metamorphic_guard.runner.own_faults import find_own_fault, is_for_want_of_calls
from pytest_metamorphic_guard.runner.sampling import build_measured_test
from pytest_metamorphic_guard.runner.stepping import run_in_step
from pytest_metamorphic_guard.runner.violations import Violated
from pytest_metamorphic_guard.tasks import Agreement, Task, find_task
from pytest_metamorphic_guard.tasks.implementations import Implementation
from pytest_metamorphic_guard.watch.setting_up import load_monitors
from pytest_metamorphic_guard.watch.streams import make_context, watch
from pytest_metamorphic_guard.watch.travel import encode_records

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_metamorphic_guard.contracts.known import KnownViolation
    from pytest_metamorphic_guard.contracts.measurements import Measurement
    from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord
    from pytest_metamorphic_guard.gate.evidence import Evidence
    from pytest_metamorphic_guard.runner.run import Run
    from pytest_metamorphic_guard.runner.sample_run import Measuring
    from pytest_metamorphic_guard.tasks import TaskSpec
    from pytest_metamorphic_guard.watch.alerts import WatchReport

__all__ = ["run"]


def run(
    task: Task | TaskSpec,
    baseline: Implementation | None,
    candidate: Implementation,
    config: EvaluationConfig | None = None,
) -> EvaluationResult:
    """Run every relation, property and law of a task on both implementations, and decide.

    Args:
        task: What must hold.
        baseline: What is in use; None judges the candidate alone.
        candidate: What may replace it.
        config: The options.

    Raises:
        MetamorphicGuardError: The task, an option or a plugin cannot be used.
        ValueError: The configuration is wrong.
    """
    if is_worker():
        # A worker imports the script that defines its implementation, and would run that again.
        fault = "put the call of run() below 'if __name__ == \"__main__\":', so that importing its "
        raise ImplementationError("run() in a worker", f"{fault}file does not run it again")
    found = find_task(task)
    if found is None:
        raise TaskError(None, [f"{task!r:.60} is no Task and no TaskSpec"])
    for role, given in (("candidate", candidate), ("baseline", baseline)):
        if not isinstance(given, Implementation) and (role == "candidate" or given is not None):
            names = "from_path, from_dotted, from_callable or from_content"
            fault = f"the {role} is no Implementation; make one with Implementation.{names}"
            raise ImplementationError(f"{given!r:.60}", fault)
    if baseline is not None:
        found = found.compare()
    evaluation = _Evaluation(found, baseline, candidate, config or EvaluationConfig())
    with ExitStack() as stack:
        try:
            return evaluation.run(stack)
        except Unusable as unusable:
            raise unusable.error from None


@dataclass(frozen=True, slots=True)
class _Entry:
    """One relation, property or law, ready to run."""

    run: Run
    measuring: Measuring
    test: Callable[[], None]


@dataclass(slots=True)
class _Evaluation:
    task: Task
    baseline: Implementation | None
    candidate: Implementation
    config: EvaluationConfig
    _started: float = field(default_factory=time.time)
    _records: list[MonitorRecord] = field(default_factory=list)
    _results: dict[str, ItemResult] = field(default_factory=dict)
    _durations: dict[str, float] = field(default_factory=dict)
    _missing: list[Missing] = field(default_factory=list)
    _recorded: list[str] = field(default_factory=list)

    def run(self, stack: ExitStack) -> EvaluationResult:
        settings = make_settings(self.config, self.candidate, self.baseline)
        rules = make_rules(self.config, self.task)
        past = find_past(settings.compare, settings.history)
        monitors = load_monitors(self.config.monitors)
        known = None if self.config.known is None else load_known(Path(self.config.known))
        evaluation = Evaluation(settings, rules, monitors, known=known)
        stack.callback(_close, evaluation)
        for role, one in (("candidate", self.candidate), ("baseline", self.baseline)):
            # What cannot be used is refused before anything runs.
            evaluation.executors.get(role, one)
        with keeping_answers(evaluation, self.config, self._recorded):
            for entry in self._prepare(evaluation):
                self._run_entry(entry)
        measured = [r.measurement for r in self._results.values() if r.measurement is not None]
        watched: WatchReport | None = None
        if monitors:
            context = make_context([self.task.name], self._records, measured)
            watched = watch([monitor.host() for monitor in monitors], self._records, context)
        beside = look_beside(evaluation, self.task)
        self._missing += beside.missing
        entries = () if known is None else known.entries
        ranking = rank(self._build_evidence(measured, watched, entries), rules)
        record = describe_program(
            evaluation,
            ranking,
            self._results,
            self._durations,
            watched=watched,
            started=self._started,
            beside=beside,
        )
        return EvaluationResult(
            adopt=ranking.adopt is not None,
            reason=ranking.reason,
            outcome=ranking.outcome.value,
            report=complete_report(to_document(record), past, settings.history),
            recorded=tuple(self._recorded),
        )

    def _build_evidence(
        self,
        measured: list[Measurement],
        watched: WatchReport | None,
        known: Sequence[KnownViolation],
    ) -> list[Evidence]:
        differences = [
            Difference(0, node, result.difference)
            for node, result in self._results.items()
            if result.difference is not None
        ]
        missing = [
            miss_unusable(result.verdict, node)
            for node, result in self._results.items()
            if result.verdict.unusable is not None
        ]
        reports: dict[int | None, WatchReport] = {0: watched} if watched else {}
        missing += self._missing
        missing += find_borrowed([self.candidate], [self.baseline] if self.baseline else [])
        excused = count_occurred(self._results.values(), known)
        return build_evidence(measured, reports, missing, differences, excused=excused)

    def _prepare(self, evaluation: Evaluation) -> list[_Entry]:
        task, entries = self.task, []
        baseline = self.baseline and self.baseline.with_function(task.function)
        declared = evaluation.known.keep_all(task) if evaluation.known else task.entries
        for entry in (member for one in declared for member in one.members):
            if isinstance(entry.subject, Agreement) and baseline is None:
                said = f"{entry.name!r} was skipped: there is no baseline to agree with"
                self._missing.append(
                    Missing(said, self.candidate.specification, f"{task.name}::{entry.name}")
                )
                continue
            wanted = find_fixtures(task, entry)
            if wanted:
                fault = f"law {entry.name!r} asks for the pytest fixtures {', '.join(wanted)}"
                raise TaskError(task.name, [f"{fault}, which exist only under pytest"])
            candidate = self.candidate.with_function(task.function)
            one = evaluation.make_run(task, entry, candidate, baseline)
            measuring = evaluation.make_measuring(one, variant=entry.variant)
            test, holder = build_measured_test(task, entry, evaluation.settings, parameters=())
            holder.run, holder.measuring = one, measuring
            entries.append(_Entry(one, measuring, test))
        if evaluation.rules.looks:
            measurings = [entry.measuring for entry in entries]
            run_in_step(measurings, Watcher(measurings, evaluation.rules).is_enough)
        return entries

    def _run_entry(self, entry: _Entry) -> None:
        one, measuring = entry.run, entry.measuring
        node = f"{self.task.name}::{measuring.label}"
        begun = time.perf_counter()
        try:
            entry.test()
            result = describe_held(
                one, (measuring.conclude(), ""), measuring.example, _reproduce(one)
            )
        except Violated as violated:
            measured = measuring.conclude()
            found = confirm(one, violated.violation)
            verdict = one.conclude(*found)
            result = describe_found(
                one, found, verdict, (measured, encode_records(())), _reproduce(one)
            )
        except Unusable as unusable:
            fault = None if self.baseline is None else find_own_fault(one, unusable.error)
            if fault is None and not is_for_want_of_calls(one, unusable.error):
                raise
            result = ItemResult(one.conclude(broken=True, unusable=fault))
            if fault is None:
                said = " ".join(str(unusable.error).split())
                self._missing.append(Missing(said, result.verdict.candidate, node))
        except Exception as error:
            explained = explain(error, one)
            if explained is None:
                raise
            raise explained from error
        self._results[node] = replace(
            result,
            difference=describe_difference(one),
            refused=list_refused(one),
            known=() if one.excuses is None else tuple(one.excuses.seen),
            sample=digest_sample(measuring.sample),
        )
        self._durations[node] = time.perf_counter() - begun
        self._records += measuring.recorder.records


def _close(evaluation: Evaluation) -> None:
    for fault in evaluation.executors.close():
        # The answer is known, and not lost for it.
        warnings.warn(str(fault), RuntimeWarning, stacklevel=2)


def _reproduce(one: Run) -> Reproduction:
    return Reproduction("run the same evaluation with the same seed", one.task.name, "")
