"""Items from tasks: a task becomes an ordinary test class that pytest itself collects."""

from __future__ import annotations

import re
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from pytest_metamorphic_guard.errors import MetamorphicGuardError
from pytest_metamorphic_guard.loading import TASK_GROUP, find_plugins, load_plugin
from pytest_metamorphic_guard.pytest_side.options import NO_BASELINE, NO_CANDIDATE
from pytest_metamorphic_guard.runner.drawing import build_test
from pytest_metamorphic_guard.tasks import Agreement, Task, find_task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pytest_metamorphic_guard.evaluation.known.covering import KnownViolations
    from pytest_metamorphic_guard.runner.functions import RunHolder
    from pytest_metamorphic_guard.settings import Settings
    from pytest_metamorphic_guard.tasks import Entry
    from pytest_metamorphic_guard.tasks.implementations import Implementation

__all__ = [
    "PARAMETER",
    "CandidateModule",
    "Plan",
    "TaskNode",
    "find_entry",
    "find_plan",
    "find_variant",
    "label_candidates",
    "load_tasks",
    "make_task_node",
]

# The parameter that carries the candidate where several are given.
PARAMETER = "mg_implementation"
# The parameter that carries the constants of a member of a family, by its label.
_CONSTANTS = "mg_constants"
# The name under which pytest-run-parallel registers what runs a test in several threads.
_RUN_PARALLEL = "_run-parallel"
_ATTRIBUTE = "_mg_plan"
# What splits a node id on a command line.
_UNSELECTABLE = re.compile(r"[\[\]:\s]+")


class Plan(NamedTuple):
    """What an item was made for.

    Attributes:
        task: The task.
        entry: The relation, property or law.
        variable: Name of the task in the test module.
        holder: Where the item's run is put before its function is called.
        candidates: The candidates by parameter; one under None if there is no parameter.
    """

    task: Task
    entry: Entry
    variable: str
    holder: RunHolder
    candidates: dict[str | None, Implementation]


class TaskNode(pytest.Class):
    """The class of a task's items."""

    _made: type
    _task: Task

    @classmethod
    def from_parent(cls, parent: Any, *, obj: Any = None, **kw: Any) -> TaskNode:
        # pytest.Class.from_parent() drops obj; the setter of .obj would skip the class's marks.
        node: TaskNode = super().from_parent(parent, **kw)
        if obj is not None:
            node._made, node._task = obj
        if node.config.pluginmanager.has_plugin(_RUN_PARALLEL):
            # An item has one worker process, whose calls come one after the other.
            node.add_marker(pytest.mark.thread_unsafe(reason="runs in one worker process"))
        return node

    def _getobj(self) -> type:
        return self._made

    def reportinfo(self) -> tuple[Any, int | None, str]:
        location = self._task.location
        if location is None:
            return self.path, None, self.name
        return location.path, location.line - 1, self.name


class CandidateModule(pytest.Module):
    """Stands for the candidate's file in node ids; the file is never imported here."""

    tasks: dict[str, Task]

    def _getobj(self) -> types.ModuleType:
        module = types.ModuleType(self.path.stem)
        module.__file__ = str(self.path)
        for task in self.tasks.values():
            setattr(module, task.name, task)
        return module


def make_task_node(  # noqa: PLR0913 - all of it makes the node
    collector: pytest.Collector,
    variable: str,
    task: Task,
    settings: Settings,
    *,
    forced_seed: bool,
    is_measured: Callable[[Entry], bool],
    known: KnownViolations | None = None,
) -> TaskNode:
    """Make the class node of a task.

    Raises:
        pytest.Collector.CollectError: The task is declared wrongly.
    """
    try:
        entries = task.entries
        if known is not None:
            entries = tuple(known.keep_inputs(task, entry) for entry in entries)
        candidates = label_candidates(settings.find_candidates(task.name, task.function))
        members: dict[str, Any] = {
            "__test__": True,
            "__doc__": None,
            "__module__": getattr(getattr(collector, "module", None), "__name__", variable),
            # On the class, so that a relation's own mark is closer to its item.
            "pytestmark": _read_marks(task.marks),
        }
        for entry in entries:
            members[entry.name] = _make_member(
                task,
                entry,
                variable,
                candidates,
                settings,
                forced_seed=forced_seed,
                measured=is_measured(entry),
            )
    except MetamorphicGuardError as error:
        hint = "; with --mg-baseline it has an agreement" if task.declares_nothing else ""
        raise pytest.Collector.CollectError(f"{error}{hint}") from None
    made = type(task.name, (), members)
    return TaskNode.from_parent(collector, name=task.name, obj=(made, task))


def find_plan(item: pytest.Item) -> Plan | None:
    """Return what an item was made for, or None for an item that is not ours."""
    if not isinstance(item, pytest.Function):
        return None
    plan = getattr(item.obj, _ATTRIBUTE, None)
    # A user's object may have an attribute of any name.
    return plan if isinstance(plan, Plan) else None


def find_entry(item: pytest.Function) -> Entry:
    """Return the entry that an item is about: of a family, the one with its constants."""
    plan = find_plan(item)
    assert plan is not None  # the caller asked
    callspec = getattr(item, "callspec", None)
    variant = "" if callspec is None else callspec.params.get(_CONSTANTS, "")
    return next((one for one in plan.entry.members if one.variant == variant), plan.entry)


def find_variant(item: pytest.Function) -> str:
    """Return the parameters of an item apart from its candidate, as its node id has them."""
    callspec = getattr(item, "callspec", None)
    if callspec is None:
        return ""
    candidate = callspec.params.get(PARAMETER)
    if candidate is None:
        return str(callspec.id)
    # The candidate stands anywhere among the parameters, once.
    whole = f"-{callspec.id}-".replace(f"-{candidate}-", "-", 1)
    return whole.strip("-") if len(callspec.params) > 1 else ""


def label_candidates(found: Sequence[Implementation]) -> dict[str, Implementation]:
    """Give each candidate a label of its own for node ids; one that is given twice counts once.

    The label is the file's stem. Where stems are equal, the function or the file's folder is added,
    whichever tells them apart.
    """
    distinct = list({(i.target, i.function): i for i in found}.values())
    labels: dict[str, Implementation] = {}
    for implementation in distinct:
        label = implementation.label
        alike = [other for other in distinct if other.label == label]
        if len({other.target for other in alike}) > 1:
            label = "-".join((*_folder_of(implementation), label))
        if len({other.function for other in alike}) > 1:
            label = f"{label}-{implementation.function}"
        label = _UNSELECTABLE.sub("_", label)
        number, unique = 1, label
        while unique in labels:
            number += 1
            unique = f"{label}-{number}"
        labels[unique] = implementation
    return labels


def load_tasks(names: Iterable[str]) -> dict[str, Task]:
    """Load the tasks that distributions register under these names; unknown names are left out.

    Raises:
        PluginError: One does not load or is no task.
    """
    registered = find_plugins(TASK_GROUP, "task")
    tasks = {}
    for name in names:
        if name.lower() not in registered:
            continue
        # A library of tasks has no pytest plugin of its own: its asserts would say nothing.
        pytest.register_assert_rewrite(registered[name.lower()].entry_point.module)
        identity, loaded = load_plugin(TASK_GROUP, "task", name)
        task = find_task(loaded)
        if task is None and callable(loaded):
            try:
                task = find_task(loaded())
            except Exception as error:
                raise identity.fault(f"raised {type(error).__name__}: {error}") from error
        if task is None:
            raise identity.fault("is no Task, no TaskSpec and no function that returns one")
        tasks[name] = task
    return tasks


def _make_member(  # noqa: PLR0913 - all of it makes the member
    task: Task,
    entry: Entry,
    variable: str,
    candidates: dict[str, Implementation],
    settings: Settings,
    *,
    forced_seed: bool,
    measured: bool,
) -> Any:
    several = len(candidates) > 1
    variants = [member.variant for member in entry.members if member.variant]
    parameters = (*((PARAMETER,) if several else ()), *((_CONSTANTS,) if variants else ()))
    compared = settings.find_baseline(task.name, task.function) is not None
    function: Any
    holder: RunHolder
    if measured:
        # Not loaded for a run that measures nothing, which starts sooner.
        from pytest_metamorphic_guard.runner.sampling import build_measured_test

        function, holder = build_measured_test(task, entry, settings, parameters=parameters)
    else:
        function, holder = build_test(
            task, entry, settings, forced_seed=forced_seed, parameters=parameters
        )
    by_parameter: dict[str | None, Implementation] = {
        label if several else None: candidate for label, candidate in candidates.items()
    }
    function.pytestmark = [
        *_read_marks(getattr(entry.function, "pytestmark", ())),
        *_read_marks(entry.marks),
    ]
    function = pytest.mark.mg(function)
    # The mark nearest to the function comes first in ids: the candidate is last.
    for name, labels in ((_CONSTANTS, variants), (PARAMETER, list(candidates) if several else [])):
        if labels:
            function = pytest.mark.parametrize(name, labels, ids=labels)(function)
    if not candidates:
        reason = f"{NO_CANDIDATE}, or TASK=path.py for one task"
        function = pytest.mark.skip(reason=reason)(function)
    elif isinstance(entry.subject, Agreement) and not compared:
        function = pytest.mark.skip(reason=f"{NO_BASELINE}, for there to be an agreement")(function)
    setattr(function, _ATTRIBUTE, Plan(task, entry, variable, holder, by_parameter))
    member = staticmethod(function)
    member.__test__ = True  # type: ignore[attr-defined]
    return member


def _read_marks(given: Iterable[Any]) -> list[pytest.Mark]:
    """Return marks as pytest stores them; made again by name, an unknown one would warn twice."""
    return [getattr(mark, "mark", mark) for mark in given]


def _folder_of(implementation: Implementation) -> tuple[str, ...]:
    if implementation.is_file:
        return tuple(part for part in (Path(implementation.target).parent.name,) if part)
    return tuple(implementation.target.split(".")[:-1][-1:])
