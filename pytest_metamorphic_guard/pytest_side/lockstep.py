"""Stopping before every input has run: which items run in step, and when they have seen enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_metamorphic_guard.evaluation.certainty import Watcher
from pytest_metamorphic_guard.pytest_side.task_classes import PARAMETER, Plan, find_plan
from pytest_metamorphic_guard.runner.functions import find_fixtures
from pytest_metamorphic_guard.runner.stepping import Steps, run_in_step

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_metamorphic_guard.gate.rules import Rules
    from pytest_metamorphic_guard.runner.run import Run
    from pytest_metamorphic_guard.runner.sample_run import Measuring

__all__ = ["EarlyStopping"]

_INPUT = "mg_in_step"
# Ways of distributing that may send the items of one task to different workers.
_SCATTERING = ("load", "worksteal")
_KEEPING = ("loadfile", "loadscope", "each")


class EarlyStopping:
    """Lets the items of one task and candidate run in step, and stop together.

    Items that cannot, run their whole sample as they would without it: a law that asks for
    fixtures, which exist only inside its own item, or a task of which a part is not run.

    Args:
        config: pytest's configuration.
        rules: What the gate judges by.
        labels: What names each candidate in ids, where there are several.
    """

    def __init__(self, config: pytest.Config, rules: Rules, labels: Sequence[str] = ()) -> None:
        self._config = config
        self._labels = labels
        self._rules = rules
        self._prepared: dict[str, tuple[Run, Measuring, Steps]] = {}
        self._begun: set[tuple[str, object]] = set()

    def start(
        self, item: pytest.Function, build: Callable[[pytest.Function], tuple[Run, Measuring]]
    ) -> tuple[Run, Measuring]:
        """Return the run of an item, in step with the other items of its task where it can be.

        Args:
            item: The item.
            build: Makes the run of one item.
        """
        prepared = self._prepared.pop(item.nodeid, None)
        if prepared is not None and not prepared[2].broken:
            return prepared[:2]
        peers = self._find_peers(item)
        if not peers:
            return build(item)
        built = {peer.nodeid: build(peer) for peer in peers}
        measurings = [measuring for _, measuring in built.values()]
        watcher = Watcher(
            measurings,
            self._rules,
            comparisons=_count_candidates(item.session),
            tasks=_count_tasks(item.session),
        )
        steps = run_in_step(measurings, watcher.is_enough)
        for node, (run, measuring) in built.items():
            self._prepared[node] = (run, measuring, steps)
        return self._prepared.pop(item.nodeid)[:2]

    # --- hooks

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput[_INPUT] = self._config.getoption("dist") in (*_SCATTERING, *_KEEPING)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        if config.getoption("dist") not in _SCATTERING:
            return None
        # Loaded here because without workers pytest-xdist's scheduler is not needed.
        from pytest_metamorphic_guard.pytest_side.scheduling import TaskScheduling

        return TaskScheduling(config, log, self._labels)

    def _find_peers(self, item: pytest.Function) -> list[pytest.Function]:
        """Return the items to run in step, in order, with this one; none if it runs alone."""
        plan = _get_plan(item)
        key = (item.parent.nodeid if item.parent else "", _get_parameter(item))
        # An item that is run again must not run the others again.
        if key in self._begun or not getattr(self._config, "workerinput", {_INPUT: True})[_INPUT]:
            return []
        self._begun.add(key)
        peers = [
            other
            for other in item.session.items
            if isinstance(other, pytest.Function)
            and other.parent is item.parent
            and find_plan(other) is not None
            and _get_parameter(other) == key[1]
        ]
        plans = [_get_plan(peer) for peer in peers]
        whole = {entry.name for entry in plan.task.entries} == {p.entry.name for p in plans}
        fixtures = any(find_fixtures(plan.task, entry) for entry in plan.task.entries)
        marks = {mark.name for peer in peers for mark in peer.iter_markers()}
        skipped = marks & {"skip", "skipif", "xfail"}
        return peers if whole and not fixtures and not skipped else []


def _count_tasks(session: pytest.Session) -> int:
    """Return the number of tasks that the gate will judge."""
    found = {id(plan.task) for plan in map(find_plan, session.items) if plan is not None}
    return max(1, len(found))


def _get_plan(item: pytest.Item) -> Plan:
    plan = find_plan(item)
    assert plan is not None  # the caller asked
    return plan


def _get_parameter(item: pytest.Function) -> Any:
    return item.callspec.params.get(PARAMETER) if hasattr(item, "callspec") else None


def _count_candidates(session: pytest.Session) -> int:
    """Return the number of candidates that the gate will rank."""
    positions = set()
    for item in session.items:
        plan = find_plan(item)
        if plan is not None and isinstance(item, pytest.Function):
            positions.add(list(plan.candidates).index(_get_parameter(item)))
    return len(positions)
