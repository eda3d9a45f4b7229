"""What follows the items: trivial answers and mutants, tried in the processes that ran them."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from pytest_metamorphic_guard.contracts.strengths import Accepted, Strength
from pytest_metamorphic_guard.contracts.texts import clean_line
from pytest_metamorphic_guard.contracts.titles import name_task, name_variant
from pytest_metamorphic_guard.errors import MetamorphicGuardError
from pytest_metamorphic_guard.evaluation.gaps import Missing, miss_vacuous
from pytest_metamorphic_guard.pytest_side.synthetic_items import Synthetic
from pytest_metamorphic_guard.pytest_side.task_classes import find_entry, find_plan
from pytest_metamorphic_guard.runner.call_errors import Unusable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_metamorphic_guard.pytest_side.session import GuardSession
    from pytest_metamorphic_guard.tasks import Entry, Task

__all__ = ["StrengthRuns"]

_OUTPUT = "mg_strength"


class _Collected(NamedTuple):
    """A task of which items were collected.

    Attributes:
        task: The task.
        where: What tells it from others of its name.
        entries: The entries of its items by label.
        nodes: The node ids of these.
    """

    task: Task
    where: str
    entries: dict[str, Entry]
    nodes: set[str]

    @property
    def is_whole(self) -> bool:
        """Whether all entries of the task were selected."""
        members = (member for entry in self.task.entries for member in entry.members)
        return all(name_variant(one.name, one.variant) in self.entries for one in members)


class StrengthRuns:
    """Measures when all items have run, each task in one process, and gathers what was found.

    Args:
        session: What owns settings, executors and samples.

    Attributes:
        strengths: The strength of every task.
        accepted: The tasks that trivial answers satisfy.
        faults: Why strength could not be measured, a line for each task.
    """

    def __init__(self, session: GuardSession) -> None:
        self._session = session
        self._config = session.config
        self._ran: set[str] = set()
        self.strengths: list[Strength] = []
        self.accepted: list[Accepted] = []
        self.faults: list[str] = []

    @property
    def has_found(self) -> bool:
        """Whether there is anything to tell of."""
        return bool(self.strengths or self.accepted or self.faults)

    def run_here(self, session: pytest.Session) -> None:
        """Try what this process is to try: with pytest-xdist its share of the tasks."""
        if getattr(self._config.option, "dist", "no") != "no":
            return  # the processes that it started have the items
        collected = list(_collect(session, self._session))
        if self._session.settings.tries_trivial_answers:
            self._try_trivial(collected)
        if self._session.settings.strength is not None:
            worker = getattr(self._config, "workerinput", {})
            number, count = int(worker.get("workerid", "gw0")[2:]), worker.get("workercount", 1)
            for one in collected[number::count]:
                self._measure(one)
            self.strengths.sort(key=lambda one: (one.where, one.task))
            if not collected:
                self.faults.append("no task was collected whose strength could be measured")

    def list_items(self) -> Iterator[Synthetic]:
        """Yield the items that nobody collected, for what fails the run or could not be done."""
        settings = self._session.settings
        if settings.strength is not None:
            yield Synthetic("strength", "NotMeasured", self.faults)
        if settings.tries_trivial_answers and settings.vacuity == "error":
            said = [f"{name_task(one.task, one.where)}: {one.said}" for one in self.accepted]
            yield Synthetic("vacuity", "Vacuous", said)

    def list_missing(self) -> list[Missing]:
        """Return, for the gate, what trivial answers satisfy, where that is an error."""
        if self._session.settings.vacuity != "error":
            return []
        return [miss_vacuous(one) for one in self.accepted]

    # --- hooks

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and not report.skipped:
            self._ran.add(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        output = getattr(self._config, "workeroutput", None)
        if output is None:
            return
        if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            self.run_here(session)
        output[_OUTPUT] = {
            "strengths": [one.to_dict() for one in self.strengths],
            "accepted": [one.to_dict() for one in self.accepted],
            "faults": self.faults,
        }

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        found = getattr(node, "workeroutput", {}).get(_OUTPUT)
        if found is None:  # a worker that crashed
            return
        strengths = [*self.strengths, *map(Strength.from_dict, found["strengths"])]
        self.strengths = sorted(strengths, key=lambda one: (one.where, one.task))
        # Each process that ran items of a task has tried the same.
        accepted = {(one.where, one.task): one for one in self.accepted}
        accepted |= {
            (one.where, one.task): one for one in map(Accepted.from_dict, found["accepted"])
        }
        self.accepted = [accepted[key] for key in sorted(accepted)]
        self.faults = sorted({*self.faults, *found["faults"]})

    # --- one task

    def _try_trivial(self, collected: list[_Collected]) -> None:
        # Not loaded for a run that decides nothing, which starts sooner.
        from pytest_metamorphic_guard.evaluation.emptiness import find_vacuous

        for one in collected:
            # What a part of the entries would accept, the others may refuse.
            if self._ran.isdisjoint(one.nodes) or not one.is_whole:
                continue
            entries = list(one.entries.values())
            found = find_vacuous(self._session.evaluation, one.task, entries, one.where)
            self.accepted += [] if found is None else [found]
        # As it is where several processes have found it.
        self.accepted.sort(key=lambda one: (one.where, one.task))

    def _measure(self, one: _Collected) -> None:
        # Not loaded for a run that measures no strength, which starts sooner.
        from pytest_metamorphic_guard.evaluation.mutating import Measured, isolate, measure_strength

        settings = self._session.settings
        named = settings.find_original(one.task.name, one.task.function)
        title = name_task(one.task.name, one.where)
        if named is None:
            self.faults.append(f"{title}: there is nothing to change, no baseline and no candidate")
            return
        role, original = named
        paired = settings.find_baseline(one.task.name, one.task.function) is not None
        try:
            inputs = self._session.evaluation.samples.get_inputs(one.task, paired=paired)
            measured = Measured(one.task, list(one.entries.values()), inputs, one.where)
            options, follow = isolate(settings, role, original), partial(self._follow, title)
            self.strengths.append(measure_strength(measured, original, options, follow))
        except MetamorphicGuardError as error:
            self.faults.append(f"{title}: {clean_line(' '.join(str(error).split()))}")
        except Unusable as unusable:
            self.faults.append(f"{title}: {clean_line(' '.join(str(unusable.error).split()))}")

    @contextlib.contextmanager
    def _follow(self, title: str, total: int) -> Iterator[Callable[[int], None] | None]:
        shown = self._session.progress
        if shown is None:
            yield None
            return
        # Loaded where there is a line to show.
        from pytest_metamorphic_guard.pytest_side.progress import AFTERWARDS

        with shown.follow(f"{AFTERWARDS}{title}", total, "changes") as progress:
            yield progress


def _collect(session: pytest.Session, guard: GuardSession) -> Iterator[_Collected]:
    """Yield the tasks of a session, with the entries that were selected."""
    found: dict[str, _Collected] = {}
    for item in session.items:
        plan = find_plan(item)
        if plan is None or item.parent is None or not isinstance(item, pytest.Function):
            continue
        node = item.parent.nodeid
        if node not in found:
            found[node] = _Collected(plan.task, guard.tell_apart(item), {}, set())
        entry = find_entry(item)
        found[node].entries.setdefault(name_variant(entry.name, entry.variant), entry)
        found[node].nodes.add(item.nodeid)
    yield from found.values()
