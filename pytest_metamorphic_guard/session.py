"""The session: owns the executors, runs the items of tasks and gathers their verdicts."""

from __future__ import annotations

import json
import os
import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_metamorphic_guard.collection import (
    PARAMETER,
    CandidateModule,
    Plan,
    find_plan,
    load_tasks,
    make_task_node,
)
from pytest_metamorphic_guard.errors import MetamorphicGuardError
from pytest_metamorphic_guard.loading import (
    TASK_GROUP,
    LoadedExecutor,
    UnknownPluginError,
    find_plugins,
    load_executor,
)
from pytest_metamorphic_guard.options import read_settings
from pytest_metamorphic_guard.report.violation import Reproduction, render_violation
from pytest_metamorphic_guard.runner.calling import Caller, Unusable
from pytest_metamorphic_guard.runner.confirmation import confirm
from pytest_metamorphic_guard.runner.drawing import explain
from pytest_metamorphic_guard.runner.run import Run, Violated
from pytest_metamorphic_guard.settings import DEFAULT_MEM_MB, DEFAULT_TIMEOUT_S
from pytest_metamorphic_guard.tasks import Law
from pytest_metamorphic_guard.timers import ItemTimeout, set_timer
from pytest_metamorphic_guard.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Generator

    from pytest_metamorphic_guard.implementations import Implementation
    from pytest_metamorphic_guard.settings import Settings
    from pytest_metamorphic_guard.tasks import Task

__all__ = ["GuardSession", "MetamorphicGuardWarning", "get_session", "start_session"]

_SESSION = pytest.StashKey["GuardSession"]()
# pytest-xdist carries only plain values, so the verdict goes as a JSON text.
_VERDICT = "_mg_verdict"
_NOTE_WIDTH = 72


class MetamorphicGuardWarning(pytest.PytestWarning):
    """Something that fails no item and that a user should know."""


def start_session(config: pytest.Config) -> None:
    """Read the options and load the tasks they name, before anything is collected.

    Raises:
        pytest.UsageError: An option is wrong.
    """
    session = get_session(config)
    try:
        session.registered_tasks = load_tasks(session.settings.tasks)
    except MetamorphicGuardError as error:
        raise pytest.UsageError(str(error)) from None
    # With nothing named on the command line, a registered task is all there is to run.
    if session.registered_tasks and config.args_source is not config.ArgsSource.ARGS:
        config.args[:] = [str(path) for path in session.task_paths]


def get_session(config: pytest.Config) -> GuardSession:
    """Return the session's one object, made and registered on first use."""
    session = config.stash.get(_SESSION, None)
    if session is None:
        settings = read_settings(config)
        if hasattr(config, "workerinput"):
            settings = replace(settings, seed=config.workerinput["mg_seed"])
        session = GuardSession(config, settings)
        config.stash[_SESSION] = session
        config.pluginmanager.register(session, "metamorphic_guard_session")
    return session


class GuardSession:
    """Holds what lives as long as the pytest session.

    Args:
        config: pytest's configuration.
        settings: The options.
    """

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self.config = config
        self.settings = settings
        self.registered_tasks: dict[str, Task] = {}
        self.seen_tasks: set[str] = set()
        self.verdicts: dict[str, Verdict] = {}
        self._executors: dict[str, LoadedExecutor] = {}
        self._run: Run | None = None
        config.add_cleanup(self.close)

    def get_executor(self, role: str) -> LoadedExecutor:
        """Return the executor of a role; one instance serves the whole session.

        Raises:
            MetamorphicGuardError: It cannot be loaded.
        """
        if role not in self._executors:
            self._executors[role] = load_executor(
                self.settings.executor, self.settings.executor_config
            )
        return self._executors[role]

    def make_caller(
        self, role: str, implementation: Implementation, task: Task | None = None
    ) -> Caller:
        """Return what calls an implementation in a role, with the limits of a task."""
        settings = self.settings
        timeout_s = settings.timeout_s or (task and task.timeout_s) or DEFAULT_TIMEOUT_S
        mem_mb = settings.mem_mb if settings.mem_mb is not None else task and task.mem_mb
        return Caller(
            role=role,
            implementation=implementation,
            loaded=self.get_executor(role),
            timeout_s=timeout_s,
            mem_mb=DEFAULT_MEM_MB if mem_mb is None else mem_mb,
        )

    def close(self) -> None:
        """Release the executors; safe to call again."""
        for loaded in self._executors.values():
            close = getattr(loaded.executor, "close", None)
            if callable(close):
                try:
                    close()
                except Exception as error:  # noqa: BLE001 - a stranger's; the others are closed too
                    fault = loaded.identity.fault(f"close() raised {type(error).__name__}: {error}")
                    self.config.issue_config_time_warning(
                        MetamorphicGuardWarning(str(fault)), stacklevel=2
                    )
        self._executors.clear()

    @property
    def task_paths(self) -> tuple[Path, ...]:
        """The files that stand for registered tasks in node ids: the candidate's, if it is one."""
        files = [
            Path(a.implementation.target)
            for a in self.settings.candidates
            if a.implementation.is_file
        ]
        declared = [Path(t.location.path) for t in self.registered_tasks.values() if t.location]
        return tuple(files[:1] or declared)

    def collect(self, collector: pytest.Collector, variable: str, task: Task) -> Any:
        """Return the node of a task found in a test module, or an empty list for none."""
        self.seen_tasks.add(task.name)
        earlier = collector.stash.setdefault(_COLLECTED, {})
        if earlier.setdefault(task.name, task) is not task:
            raise pytest.Collector.CollectError(
                f"two tasks are named {task.name!r}, at {earlier[task.name].location} and "
                f"{task.location}: rename one"
            )
        if self.settings.tasks and task.name not in self.settings.tasks:
            return []
        forced_seed = self.config.getoption("hypothesis_seed", None) is not None
        return make_task_node(collector, variable, task, self.settings, forced_seed=forced_seed)

    def replace_module(
        self, path: Path, parent: pytest.Collector, collectors: list[pytest.Collector]
    ) -> list[pytest.Collector]:
        """Put registered tasks in the place of the candidate's module, which is not imported."""
        if not self.registered_tasks or path not in self.task_paths[:1]:
            return collectors
        module: CandidateModule = CandidateModule.from_parent(parent, path=path)
        module.tasks = self.registered_tasks
        return [*(c for c in collectors if not isinstance(c, pytest.Module)), module]

    # --- hooks

    def pytest_report_header(self) -> str:
        settings = self.settings
        parts = [
            f"{role} {', '.join(a.implementation.specification for a in assignments)[:60]}"
            for role, assignments in (
                ("candidate", settings.candidates),
                ("baseline", settings.baselines),
            )
            if assignments
        ]
        parts += [f"executor {settings.executor}", f"seed {settings.seed}"]
        return "metamorphic-guard: " + ", ".join(parts)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        # A random seed is drawn once, on the controller.
        node.workerinput["mg_seed"] = self.settings.seed

    def pytest_collection_modifyitems(self) -> None:
        unknown = [name for name in self.settings.tasks if name not in self.seen_tasks]
        if unknown:
            known = sorted(self.seen_tasks | set(find_plugins(TASK_GROUP, "task")))
            raise pytest.UsageError(f"--mg-task: {UnknownPluginError('task', unknown[0], known)}")

    @pytest.hookimpl(tryfirst=True, optionalhook=True)
    def pytest_timeout_set_timer(self, item: pytest.Item, settings: Any) -> bool | None:
        return set_timer(item, settings) if find_plan(item) is not None else None

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(
        self, pyfuncitem: pytest.Function
    ) -> Generator[None, object, object]:
        plan = find_plan(pyfuncitem)
        if plan is None:
            return (yield)
        run = self._start(pyfuncitem, plan)
        try:
            answer = yield
            run.require_cases()
        except BaseException as error:
            self._conclude_error(pyfuncitem, plan, run, error)
            raise
        self._keep(pyfuncitem, run.conclude())
        self._warn_softly(pyfuncitem, run)
        return answer

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        verdict = item.stash.get(_VERDICT_KEY, None)
        if call.when == "call" and verdict is not None:
            setattr(report, _VERDICT, json.dumps(verdict.to_dict()))
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        text = getattr(report, _VERDICT, None)
        if text is not None:
            self.verdicts[report.nodeid] = Verdict.from_dict(json.loads(text))

    # --- one item

    def _start(self, item: pytest.Function, plan: Plan) -> Run:
        parameter = item.callspec.params.get(PARAMETER) if hasattr(item, "callspec") else None
        candidate = plan.candidates[parameter]
        baseline = self.settings.find_baseline(plan.task.name, plan.task.function)
        try:
            run = Run(
                task=plan.task,
                entry=plan.entry,
                settings=self.settings,
                candidate=self.make_caller("candidate", candidate, plan.task),
                baseline=baseline and self.make_caller("baseline", baseline, plan.task),
            )
        except MetamorphicGuardError as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None
        deadline = getattr(item, "_mg_deadline", None)
        for caller in run.callers:
            caller.deadline = deadline
        plan.holder.run = run
        return run

    def _conclude_error(
        self, item: pytest.Function, plan: Plan, run: Run, error: BaseException
    ) -> None:
        violated = _find_violated(error)
        if violated is not None:
            self._fail_violated(item, plan, run, violated)
        if isinstance(error, ItemTimeout):
            self._keep(item, run.conclude())
            shown = f"; the input was {run.last_input[0]!r:.200}" if run.last_input else ""
            raise pytest.fail.Exception(f"{error}{shown}", pytrace=False) from None
        explained = error.error if isinstance(error, Unusable) else None
        if explained is None and isinstance(error, Exception):
            explained = explain(error, run)
        if explained is not None:
            self._keep(item, run.conclude(broken=True))
            raise pytest.fail.Exception(str(explained), pytrace=False) from None

    def _fail_violated(
        self, item: pytest.Function, plan: Plan, run: Run, violated: Violated
    ) -> None:
        try:
            violation, confirmation = confirm(run, violated.violation)
        except Unusable:
            violation, confirmation = violated.violation, "not deterministic"
        self._keep(item, run.conclude(violation, confirmation))
        # What hypothesis noted names our own function; the text below says it in the user's words.
        item.__dict__.pop("_hypothesis_failing_examples", None)
        reproduction = self._describe_reproduction(item, plan)
        fault = violation.candidate.fault
        if isinstance(plan.entry.subject, Law) and fault is not None and fault.kind == "law":
            assert fault.error is not None  # a law is violated by an exception only
            # pytest shows the law's own lines and values, and our text below them, indented.
            text = render_violation(run, violation, confirmation, reproduction, width=_NOTE_WIDTH)
            fault.error.__notes__ = ["", *text.splitlines()]
            raise fault.error.with_traceback(fault.error.__traceback__) from None
        text = render_violation(run, violation, confirmation, reproduction)
        raise pytest.fail.Exception(text, pytrace=False) from None

    def _keep(self, item: pytest.Item, verdict: Verdict) -> None:
        item.stash[_VERDICT_KEY] = verdict
        # junit XML is written from the item's properties when the teardown has been reported.
        item.user_properties += [("mg_cases", verdict.cases), ("mg_status", verdict.status)]

    def _warn_softly(self, item: pytest.Item, run: Run) -> None:
        if run.soft_violations and run.soft_example is not None:
            arguments = run.soft_example.case.sources[0]
            item.warn(
                MetamorphicGuardWarning(
                    f"soft property {run.entry.name!r} does not hold in {run.soft_violations} of "
                    f"{run.cases} cases, first for {arguments!r:.120}"
                )
            )
        if run.shared_violations and self.settings.fail_on == "regression":
            item.warn(
                MetamorphicGuardWarning(
                    f"{run.entry.name!r} is violated in {run.shared_violations} of {run.cases} "
                    "cases by candidate and baseline alike: no regression"
                )
            )

    def _describe_reproduction(self, item: pytest.Item, plan: Plan) -> Reproduction:
        here = self.config.invocation_params.dir
        path, separator, rest = item.nodeid.partition("::")
        absolute = self.config.rootpath / path
        node = os.path.relpath(absolute, here) + separator + rest
        words = ["pytest", node]
        for assignment, flag in (
            *((a, "--mg-candidate") for a in self.settings.candidates),
            *((a, "--mg-baseline") for a in self.settings.baselines),
        ):
            prefix = f"{assignment.task}=" if assignment.task else ""
            words.append(f"{flag}={prefix}{assignment.implementation.specification}")
        words += [f"--mg-task={name}" for name in self.settings.tasks]
        if self.settings.seed:
            words.append(f"--mg-seed={self.settings.seed}")
        if self.settings.n:
            words.append(f"--mg-n={self.settings.n}")
        if self.settings.executor != "local":
            words.append(f"--mg-executor={self.settings.executor}")
        location = plan.entry.location
        where = f"{_relative(location.path, here)}:{location.line}" if location else ""
        return Reproduction(shlex.join(words), plan.variable, where)


_VERDICT_KEY = pytest.StashKey[Verdict]()
_COLLECTED = pytest.StashKey[dict[str, "Task"]]()


def _relative(path: str, folder: Path) -> str:
    found = os.path.relpath(path, folder)
    return path if found.startswith(os.pardir + os.sep + os.pardir) else found


def _find_violated(error: BaseException) -> Violated | None:
    if isinstance(error, Violated):
        return error
    if isinstance(error, BaseExceptionGroup):
        return next((v for v in map(_find_violated, error.exceptions) if v is not None), None)
    return None
