"""The session: owns what all items share, and finds out what is to be collected."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_metamorphic_guard.contracts.executors import ENTRY_POINT_GROUP
from pytest_metamorphic_guard.contracts.texts import clean_line
from pytest_metamorphic_guard.errors import MetamorphicGuardError
from pytest_metamorphic_guard.evaluation.evaluation import Evaluation
from pytest_metamorphic_guard.evaluation.own_tests import OwnCalls
from pytest_metamorphic_guard.loading import (
    TASK_GROUP,
    UnknownPluginError,
    find_plugins,
    require_plugin,
)
from pytest_metamorphic_guard.pytest_side.abort import refuse_run
from pytest_metamorphic_guard.pytest_side.extras import (
    check_page_can_be_made,
    choose_progress,
    load_known,
    load_monitors,
    load_past,
    load_replay,
)
from pytest_metamorphic_guard.pytest_side.input_notes import InputNotes
from pytest_metamorphic_guard.pytest_side.parsing import read_rules
from pytest_metamorphic_guard.pytest_side.selection import (
    Selection,
    find_unknown_names,
    find_unknown_tasks,
)
from pytest_metamorphic_guard.pytest_side.task_classes import (
    CandidateModule,
    find_plan,
    label_candidates,
    make_task_node,
)
from pytest_metamorphic_guard.pytest_side.warning_classes import MetamorphicGuardWarning
from pytest_metamorphic_guard.report.known_secrets import list_secrets
from pytest_metamorphic_guard.report.redaction import Redaction
from pytest_metamorphic_guard.tasks.origins import describe
from pytest_metamorphic_guard.watch.feed import Feed

if TYPE_CHECKING:
    from pytest_metamorphic_guard.pytest_side.lockstep import EarlyStopping
    from pytest_metamorphic_guard.pytest_side.log_progress import LogProgress
    from pytest_metamorphic_guard.pytest_side.progress import LocalProgress
    from pytest_metamorphic_guard.settings import Settings
    from pytest_metamorphic_guard.tasks import Task

__all__ = ["GuardSession"]


class GuardSession:
    """Holds what lives as long as the pytest session.

    Args:
        config: pytest's configuration.
        settings: The options.

    Raises:
        MetamorphicGuardError: An option names something that is not installed or cannot be used.
        pytest.UsageError: The policy is wrong.
    """

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self.config = config
        self.settings = settings
        self.rules = read_rules(config)
        if settings.shard is not None:
            # Not loaded for a run of all inputs, which starts sooner.
            from pytest_metamorphic_guard.pytest_side.shard_option import refuse_looks

            refuse_looks(settings.shard, self.rules)
        self.secrets = list_secrets(settings, os.environ)
        self.redaction = Redaction(known=self.secrets)
        self.monitors = load_monitors(config, settings)
        check_page_can_be_made(settings)
        self.replay = load_replay(settings)
        self.known = load_known(config, settings)
        self.past = load_past(config, settings)
        self.feed = Feed()
        self.own_calls = OwnCalls()
        self.used_fixtures = False
        self.progress: LocalProgress | LogProgress | None = None
        self.registered_tasks: dict[str, Task] = {}
        self.seen_tasks: dict[str, tuple[str, ...]] = {}
        self._nodes: dict[str, dict[str, None]] = {}
        self.selection = Selection(config)
        self.input_notes = InputNotes(config)
        self.early_stopping: EarlyStopping | None = None
        if settings.gate and self.rules.looks and self.replay is None:
            # Not loaded for a run that decides nothing, which starts sooner.
            from pytest_metamorphic_guard.pytest_side.lockstep import EarlyStopping

            given = [assignment.implementation for assignment in settings.candidates]
            self.early_stopping = EarlyStopping(config, self.rules, list(label_candidates(given)))
        self._failed_late = False
        self.evaluation = Evaluation(
            settings,
            self.rules,
            self.monitors,
            worker=getattr(config, "workerinput", {}).get("workerid", ""),
            replays=self.replay is not None,
            known=self.known,
        )
        self._check_executors()
        config.add_cleanup(self.close)

    def tell_apart(self, item: pytest.Item) -> str:
        """Return what tells an item's task from others of its name; empty where it is alone.

        One task in two files is two: what identifies it in a run is its node.
        """
        plan, node = find_plan(item), item.parent.nodeid if item.parent else ""
        nodes = self._nodes.get(plan.task.name, {}) if plan is not None else {}
        if len(nodes) < 2:  # noqa: PLR2004 - several
            return ""
        files = [other.partition("::")[0] for other in nodes]
        file = node.partition("::")[0]
        return file if files.count(file) == 1 else node

    def find_replayed(self, item: pytest.Item) -> list[tuple[tuple[Any, ...], ...]] | None:
        """Return the inputs that a replay runs for an item; None without a replay."""
        return None if self.replay is None else self.replay.find_inputs(item.nodeid)

    def close(self) -> None:
        """Release the executors; safe to call again."""
        for fault in self.evaluation.executors.close():
            self._say_late(self.redaction.hide(str(fault)))

    def _say_late(self, text: str) -> None:
        try:
            warning = MetamorphicGuardWarning(text)
            self.config.issue_config_time_warning(warning, stacklevel=2)
        except MetamorphicGuardWarning:
            # -W error, when no item is left that could fail.
            self._failed_late = True
            sys.stderr.write(f"ERROR: {text}\n")

    @property
    def task_paths(self) -> tuple[Path, ...]:
        """The files that stand for registered tasks in node ids: the candidate's, if it is one."""
        files = [
            Path(a.implementation.target)
            for a in self.settings.candidates
            if a.implementation.is_file and _may_be_named(a.implementation.target)
        ]
        declared = [Path(t.location.path) for t in self.registered_tasks.values() if t.location]
        return tuple(files[:1] or declared)

    def collect(self, collector: pytest.Collector, variable: str, task: Task) -> Any:
        """Return the node of a task found in a test module, or an empty list for none."""
        earlier = collector.stash.setdefault(_COLLECTED, {})
        first, first_variable = earlier.setdefault(task.name, (task, variable))
        if first is not task:
            raise pytest.Collector.CollectError(
                f"two tasks are named {task.name!r}, at {first.location} and "
                f"{task.location}: rename one"
            )
        if self.settings.find_baseline(task.name, task.function) is not None:
            task = task.compare()
        # A task that is declared wrongly is refused below.
        with contextlib.suppress(MetamorphicGuardError):
            names = (*self.seen_tasks.get(task.name, ()), *(entry.name for entry in task.entries))
            self.seen_tasks[task.name] = tuple(dict.fromkeys(names))
        if first_variable != variable:
            return []  # a second name for the same task
        if not self._is_selected(first):
            return []
        self.input_notes.note(task)
        self._nodes.setdefault(task.name, {})[f"{collector.nodeid}::{task.name}"] = None
        forced_seed = self.config.getoption("hypothesis_seed", None) is not None
        return make_task_node(
            collector,
            variable,
            task,
            self.settings,
            forced_seed=forced_seed,
            is_measured=lambda entry: self.evaluation.is_measured(entry, task),
            known=self.known,
        )

    def _is_selected(self, task: Task) -> bool:
        # A task may be registered under another name than its own.
        registered = any(task is known for known in self.registered_tasks.values())
        return not self.settings.tasks or task.name in self.settings.tasks or registered

    def _was_seen(self, name: str) -> bool:
        registered = self.registered_tasks.get(name)
        return name in self.seen_tasks or (
            registered is not None and registered.name in self.seen_tasks
        )

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

    def pytest_sessionstart(self) -> None:
        self.progress = choose_progress(self.config)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        # Before the summary, which shows what closing says.
        self.close()
        if self._failed_late and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_report_header(self) -> list[str]:
        # Not loaded where pytest prints no header, as in the workers of pytest-xdist.
        from pytest_metamorphic_guard.report.page import cut_list

        settings, run = self.settings, self.evaluation
        parts = [
            f"{role} {cut_list([describe(a.implementation) for a in assignments], 60)}"
            for role, assignments in (
                ("candidate", settings.candidates),
                ("baseline", settings.baselines),
            )
            if assignments
        ]
        parts += [settings.described_executors, settings.described_seed]
        if settings.gate:
            parts.append(f"policy {self.rules.policy}")
        said = [", ".join(parts), run.samples.describe(), run.executors.describe()]
        return [self.redaction.hide(f"metamorphic-guard: {line}") for line in said if line]

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        # A random seed is drawn once, on the controller.
        node.workerinput["mg_seed"] = self.settings.seed

    def pytest_collection_modifyitems(
        self, session: pytest.Session, items: list[pytest.Item]
    ) -> None:
        unknown = [name for name in self.settings.tasks if not self._was_seen(name)]
        # A file that could not be collected may hold the task, and is reported already.
        if unknown and not session.testsfailed:
            known = tuple(sorted({*self.seen_tasks, *find_plugins(TASK_GROUP, "task")}))
            message = f"--mg-task: {UnknownPluginError('task', unknown[0], known)}"
            refuse_run(self.config, message, items)
        faults = find_unknown_tasks(self.settings, self.seen_tasks, self.config)
        if faults and not session.testsfailed:
            refuse_run(self.config, "\n".join(faults), items)
        if self.rules.tasks and not session.testsfailed:
            faults = find_unknown_names(self.rules, self.seen_tasks, self.config)
            if faults:
                message = "\n".join(f"--mg-policy: {fault}" for fault in faults)
                refuse_run(self.config, message, items)
        if self.replay is not None:
            # As above.
            from pytest_metamorphic_guard.pytest_side.replay_selection import choose_replayed

            choose_replayed(self.replay, items, self.seen_tasks, self.config)

    def _check_executors(self) -> None:
        settings = self.settings
        wanted = [
            (role, one) for role in ("candidate", "baseline") for one in settings.list_called(role)
        ]
        for name in dict.fromkeys(settings.find_executor(*one) for one in wanted):
            # Ours are installed, and each look walks over all that is.
            if name.lower() not in _OURS:
                require_plugin(ENTRY_POINT_GROUP, "executor", name)
        for one in wanted:
            # Ours are cheap to make and check their configuration then; a stranger's may load a
            # model, so it is made where there is something to run, see `executor_making`.
            if settings.find_executor(*one).lower() in _OURS and settings.find_executor_config(
                *one
            ):
                self.evaluation.executors.get(*one)


_OURS = ("local", "inprocess")


def _may_be_named(path: str) -> bool:
    """Tell whether pytest takes a path on its command line, and may print it as it is."""
    return "::" not in path and "[" not in path and clean_line(path, len(path)) == path


_COLLECTED = pytest.StashKey[dict[str, tuple["Task", str]]]()
