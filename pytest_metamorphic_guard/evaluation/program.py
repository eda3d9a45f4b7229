"""One evaluation without pytest's session: the same runner, gate and report."""

from __future__ import annotations

import importlib.metadata
import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.refused import sum_refused
from pytest_metamorphic_guard.contracts.workers import is_worker
from pytest_metamorphic_guard.errors import ImplementationError, TaskError
from pytest_metamorphic_guard.evaluation.borrowing import find_borrowed, find_withheld
from pytest_metamorphic_guard.evaluation.certainty import Watcher
from pytest_metamorphic_guard.evaluation.counting import build_evidence, split_alerts
from pytest_metamorphic_guard.evaluation.gaps import Difference, Missing, miss_unusable
from pytest_metamorphic_guard.evaluation.interface import EvaluationConfig, EvaluationResult
from pytest_metamorphic_guard.evaluation.quota import Sample, Samples
from pytest_metamorphic_guard.evaluation.report_file import (
    describe_environment,
    describe_options,
    list_differences,
    list_executors,
    list_implementations,
    list_violations,
)
from pytest_metamorphic_guard.evaluation.seeding import make_seed
from pytest_metamorphic_guard.evaluation.transport import (
    ItemResult,
    describe_difference,
    describe_violated,
    list_refused,
)
from pytest_metamorphic_guard.gate.policies import Strict, parse_policy
from pytest_metamorphic_guard.gate.policy_file import read_rules
from pytest_metamorphic_guard.gate.ranking import rank
from pytest_metamorphic_guard.gate.rules import Rules
from pytest_metamorphic_guard.loading import LoadedExecutor, load_executor
from pytest_metamorphic_guard.report.contents import ItemRecord, MonitorResult, RunRecord
from pytest_metamorphic_guard.report.document import to_document
from pytest_metamorphic_guard.report.reproduction import Reproduction
from pytest_metamorphic_guard.report.violation import render_violation
from pytest_metamorphic_guard.runner.calling import Caller, Unusable
from pytest_metamorphic_guard.runner.confirmation import confirm
from pytest_metamorphic_guard.runner.drawing import explain
from pytest_metamorphic_guard.runner.examples import list_examples
from pytest_metamorphic_guard.runner.functions import count_sources, find_fixtures
from pytest_metamorphic_guard.runner.measuring import Measuring
from pytest_metamorphic_guard.runner.own_faults import find_own_fault, is_for_want_of_calls
from pytest_metamorphic_guard.runner.processors import share_processor
from pytest_metamorphic_guard.runner.repeating import Repeats, plan_repeats
from pytest_metamorphic_guard.runner.run import Run
from pytest_metamorphic_guard.runner.sampling import (
    build_measured_test,
    draw_searched,
)
from pytest_metamorphic_guard.runner.stepping import run_in_step
from pytest_metamorphic_guard.runner.time_outs import TimeOuts
from pytest_metamorphic_guard.runner.tuples import gather_sources
from pytest_metamorphic_guard.runner.violations import Violated
from pytest_metamorphic_guard.settings import DEFAULT_MEM_MB, DEFAULT_TIMEOUT_S, Settings
from pytest_metamorphic_guard.tasks import Task, find_task
from pytest_metamorphic_guard.tasks.implementations import Assignment, Implementation
from pytest_metamorphic_guard.watch.requested import load_monitors
from pytest_metamorphic_guard.watch.streams import make_context, watch
from pytest_metamorphic_guard.watch.travel import encode_records

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord
    from pytest_metamorphic_guard.contracts.verdicts import Confirmation
    from pytest_metamorphic_guard.runner.violations import Violation
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
    _timed: bool = False
    _repeats: Repeats = field(default_factory=Repeats)
    _executors: dict[str, LoadedExecutor] = field(default_factory=dict)
    _reseeded: dict[str, LoadedExecutor | None] = field(default_factory=dict)
    _records: list[MonitorRecord] = field(default_factory=list)
    _results: dict[str, ItemResult] = field(default_factory=dict)
    _durations: dict[str, float] = field(default_factory=dict)
    _time_outs: dict[str, TimeOuts] = field(default_factory=dict)
    _missing: list[Missing] = field(default_factory=list)

    def run(self, stack: ExitStack) -> EvaluationResult:
        settings, rules = self._read_settings(), self._read_rules()
        monitors = load_monitors(self.config.monitors)
        self._repeats = plan_repeats(monitors, settings.seed)
        for role in ("candidate", "baseline"):
            loaded = load_executor(
                settings.find_executor(role), settings.find_executor_config(role)
            )
            close = getattr(loaded.executor, "close", None)
            if callable(close):
                stack.callback(close)
            self._executors[role] = loaded
            reseeded = self._reseeded[role] = self._repeats.reseed(loaded)
            close = getattr(reseeded.executor, "close", None) if reseeded else None
            if callable(close):
                stack.callback(close)
            if any(monitor.compares_durations for monitor in monitors):
                self._timed = True
                share_processor(loaded.executor)
                if reseeded is not None:
                    share_processor(reseeded.executor)
        sample = Samples(settings, rules).get(self.task, paired=self.baseline is not None)
        for entry in self._prepare(settings, rules, sample, watched=bool(monitors)):
            self._run_entry(entry)
        measured = [r.measurement for r in self._results.values() if r.measurement is not None]
        watched: WatchReport | None = None
        if monitors:
            context = make_context([self.task.name], self._records, measured)
            watched = watch([monitor.host() for monitor in monitors], self._records, context)
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
        ranking = rank(build_evidence(measured, reports, missing, differences), rules)
        refused = [calls for result in self._results.values() for calls in result.refused]
        record = RunRecord(
            version=importlib.metadata.version("pytest-metamorphic-guard"),
            seed=settings.seed,
            seed_source=settings.seed_source,
            partial=False,
            started_at=datetime.fromtimestamp(self._started, UTC).isoformat(
                timespec="milliseconds"
            ),
            duration_s=round(time.time() - self._started, 3),
            options=describe_options(settings, rules),
            environment=describe_environment(settings),
            ranking=ranking,
            implementations=list_implementations(settings, sum_refused(refused)),
            executors=list_executors(settings),
            items=self._list_items(),
            violations=list_violations(self._results),
            differences=list_differences(self._results),
            monitors=_list_monitors(watched, rules),
        )
        return EvaluationResult(
            adopt=ranking.adopt is not None,
            reason=ranking.reason,
            outcome=ranking.outcome.value,
            report=to_document(record),
        )

    def _prepare(
        self, settings: Settings, rules: Rules, sample: Sample, *, watched: bool
    ) -> list[_Entry]:
        entries = []
        for entry in self.task.entries:
            wanted = find_fixtures(self.task, entry)
            if wanted:
                fault = f"law {entry.name!r} asks for the pytest fixtures {', '.join(wanted)}"
                raise TaskError(self.task.name, [f"{fault}, which exist only under pytest"])
            before = self.baseline
            name = entry.name
            one = Run(
                task=self.task,
                entry=entry,
                settings=settings,
                candidate=self._make_caller("candidate", self.candidate, name),
                baseline=None if before is None else self._make_caller("baseline", before, name),
            )
            one.candidate.withhold(find_withheld(self.candidate, settings))
            cases = gather_sources(self.task, entry, sample.settings, sample.inputs)
            minimum = rules.find_declared_rate(
                self.task.name,
                entry.name,
                own=entry.subject.min_pass_rate,
                whole=self.task.min_pass_rate,
            )
            by_rates = before is not None and not isinstance(
                rules.find_policy(self.task.name), Strict
            )
            measuring = Measuring(
                run=one,
                sample=cases.sources,
                overlap=cases.overlap,
                first_look=sample.first_look,
                available=sample.available,
                examples=list_examples(self.task, entry),
                searched=self._search(one, settings, by_rates=by_rates or minimum is not None),
                min_pass_rate=minimum,
                judged_elsewhere=by_rates,
                repeats=self._repeats,
                watched=watched,
                timed=self._timed,
            )
            test, holder = build_measured_test(self.task, entry, settings, parameter=None)
            holder.run, holder.measuring = one, measuring
            entries.append(_Entry(one, measuring, test))
        if rules.looks:
            measurings = [entry.measuring for entry in entries]
            run_in_step(measurings, Watcher(measurings, rules).is_enough)
        return entries

    def _search(
        self, one: Run, settings: Settings, *, by_rates: bool
    ) -> list[tuple[tuple[Any, ...], ...]]:
        """Return what is tried beside the sample; nothing where any input may fail at some rate."""
        if by_rates or count_sources(one.entry) > 1:
            return []
        found = draw_searched(self.task, settings, one.literals)
        return [(source,) for source in found]

    def _run_entry(self, entry: _Entry) -> None:
        one, measuring = entry.run, entry.measuring
        node = f"{self.task.name}::{one.entry.name}"
        begun = time.perf_counter()
        try:
            entry.test()
            result = _describe_held(one, measuring)
        except Violated as violated:
            measured = measuring.conclude()
            violation, confirmation = confirm(one, violated.violation)
            verdict = one.conclude(violation, confirmation)
            text = _write_violation(one, violation, confirmation)
            result = describe_violated(violation, verdict, text, measured, encode_records(()))
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
            result, difference=describe_difference(one), refused=list_refused(one)
        )
        self._durations[node] = time.perf_counter() - begun
        self._records += measuring.recorder.records

    def _make_caller(self, role: str, implementation: Implementation, entry: str) -> Caller:
        task, config = self.task, self.config
        mem_mb = task.mem_mb if config.mem_mb is None else config.mem_mb
        return Caller(
            time_outs=self._time_outs.setdefault(role, TimeOuts()),
            entry=entry,
            role=role,
            implementation=implementation.with_function(task.function),
            loaded=self._executors[role],
            reseeded=self._reseeded[role],
            timeout_s=config.timeout_s or task.timeout_s or DEFAULT_TIMEOUT_S,
            mem_mb=DEFAULT_MEM_MB if mem_mb is None else mem_mb,
        )

    def _read_settings(self) -> Settings:
        config = self.config
        implementations = ([self.candidate], [self.baseline] if self.baseline else [])
        seed = make_seed(*implementations) if config.seed is None else config.seed
        return Settings(
            candidates=(Assignment(self.candidate),),
            baselines=(Assignment(self.baseline),) if self.baseline else (),
            n=config.n,
            seed=seed,
            seed_source="contents" if config.seed is None else "given",
            timeout_s=config.timeout_s,
            mem_mb=config.mem_mb,
            executor=config.executor,
            executor_config=config.executor_config,
            candidate_executor_config=config.candidate_executor_config,
            baseline_executor_config=config.baseline_executor_config,
            candidate_executor=config.candidate_executor,
            baseline_executor=config.baseline_executor,
            shrink=config.shrink,  # type: ignore[arg-type]  # checked by the configuration
            fail_on="regression" if self.baseline else "violation",
            gate=True,
            monitors=config.monitors,
        )

    def _read_rules(self) -> Rules:
        config = self.config
        defaults = Rules(
            fail_on_alert=config.fail_on_alert,  # type: ignore[arg-type]  # as above
            early_stop=config.early_stop,
            extend=config.extend,
        )
        if isinstance(config.policy, str):
            return replace(defaults, policy=parse_policy(config.policy))
        known = {self.task.name: [entry.name for entry in self.task.entries]}
        return read_rules(config.policy, source="policy", known=known, defaults=defaults)

    def _list_items(self) -> tuple[ItemRecord, ...]:
        return tuple(
            ItemRecord(
                node_id=node,
                task=result.verdict.task,
                relation=result.verdict.entry,
                candidate=result.verdict.candidate,
                outcome="passed" if result.verdict.status == "held" else "failed",
                cases=result.verdict.cases,
                duration_s=round(self._durations[node], 6),
            )
            for node, result in self._results.items()
        )


def _describe_held(one: Run, measuring: Measuring) -> ItemResult:
    verdict, measured, example = one.conclude(), measuring.conclude(), measuring.example
    if example is None:
        return ItemResult(verdict, measured)
    found = describe_violated(example[0], verdict, _write_violation(one, *example), measured)
    return replace(found, confirmation=example[1])


def _write_violation(one: Run, violation: Violation, confirmation: Confirmation) -> str:
    command = "run the same evaluation with the same seed"
    return render_violation(one, violation, confirmation, Reproduction(command, one.task.name, ""))


def _list_monitors(watched: WatchReport | None, rules: Rules) -> tuple[MonitorResult, ...]:
    results = []
    for monitor in watched.monitors if watched else ():
        failing, warning = split_alerts(monitor.alerts, rules.fail_on_alert)
        results.append(
            MonitorResult(
                monitor=monitor.id,
                distribution=monitor.distribution,
                status="failed" if failing else "warned" if warning else "passed",
                line=monitor.line,
                summary=monitor.summary,
                alerts=tuple(alert.to_dict() for alert in monitor.alerts),
            )
        )
    return tuple(results)
