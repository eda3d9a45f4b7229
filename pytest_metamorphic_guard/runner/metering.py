"""The metrics of a task: numbers taken from the outputs of both roles on the same inputs."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.measurements import MetricRows
from pytest_metamorphic_guard.contracts.outcomes import Outcome, Returned
from pytest_metamorphic_guard.runner.call_errors import NotAvailable, Undecided
from pytest_metamorphic_guard.tasks.declarations import Agreement, Law, Property
from pytest_metamorphic_guard.values.deciding import Undecidable, deciding

if TYPE_CHECKING:
    from pytest_metamorphic_guard.runner.calling import Caller
    from pytest_metamorphic_guard.runner.case_results import CaseResult
    from pytest_metamorphic_guard.runner.cases import Case
    from pytest_metamorphic_guard.runner.run import Run
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.metrics import Metric
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["Meter"]


class Meter:
    """Takes the metrics of a task, in one of its items for all of them.

    Args:
        run: The item's run.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        one = _find_measured(run.task)
        is_measured = (run.entry.name, run.entry.variant) == (one.name, one.variant)
        self._metrics = run.task.metrics if is_measured else ()
        self._pairs: dict[str, list[tuple[float | None, float | None]]] = {}
        self._indices: dict[str, list[int]] = {}

    @property
    def rows(self) -> tuple[MetricRows, ...]:
        """What was measured; nothing in an item that measures none."""
        return tuple(
            MetricRows(
                name=metric.name,
                kind="sum" if metric.kind == "sum" else "mean",
                higher_is_better=metric.higher_is_better,
                alpha=metric.alpha,
                pairs=tuple(self._pairs.get(metric.name, ())),
                indices=tuple(self._indices.get(metric.name, ())),
            )
            for metric in self._metrics
        )

    def measure(
        self, index: int, case: Case, candidate: CaseResult, baseline: CaseResult | None
    ) -> dict[str, dict[str, float]]:
        """Take every metric of one input; return by role what has a value."""
        wanted = [metric for metric in self._metrics if self._is_drawn(metric, index)]
        found: dict[str, dict[str, float]] = {"baseline": {}, "candidate": {}}
        if not wanted:
            return found
        before = None if baseline is None else self._find_outcome(case, baseline)
        after = self._find_outcome(case, candidate)
        for metric in wanted:
            values = (
                self._extract(metric, case, before, "baseline"),
                self._extract(metric, case, after, "candidate"),
            )
            self._pairs.setdefault(metric.name, []).append(values)
            self._indices.setdefault(metric.name, []).append(index)
            for role, value in zip(found, values, strict=True):
                if value is not None and math.isfinite(value):
                    found[role][metric.name] = value
        return found

    def _is_drawn(self, metric: Metric, index: int) -> bool:
        seed = self._run.settings.seed if metric.seed is None else metric.seed
        chance = random.Random(f"{seed}:{index}").random()  # noqa: S311 - no secret
        return chance < metric.sample_rate

    def _find_outcome(self, case: Case, result: CaseResult) -> Outcome | None:
        if not isinstance(self._run.entry.subject, Law):
            return result.sources[0].outcome
        # A law calls with inputs of its own making, so the task's input has a call to itself.
        caller = self._find_caller(result.role)
        caller.kind = "source"
        try:
            return caller.call(case.copy()[0])
        except NotAvailable:
            return None

    def _extract(
        self, metric: Metric, case: Case, outcome: Outcome | None, role: str
    ) -> float | None:
        with deciding() as met:
            value = _extract(metric, case, outcome)
        if met:
            said = f"metric {metric.name!r} measures nothing: from the {role} {met[0].reason}"
            raise Undecided(self._run.broken(said))
        return value

    def _find_caller(self, role: str) -> Caller:
        return next(caller for caller in self._run.callers if caller.role == role)


def _find_measured(task: Task) -> Entry:
    """Return the entry whose item measures for all: one that sees every input's own output."""
    return min(task.entries, key=_rank).members[0]


def _rank(entry: Entry) -> tuple[bool, bool, bool, bool]:
    subject = entry.subject
    # An agreement is skipped where there is no baseline.
    is_agreement = isinstance(subject, Agreement)
    soft = isinstance(subject, Property) and subject.mode == "soft"
    return is_agreement, isinstance(subject, Law), subject.precondition is not None, soft


def _extract(metric: Metric, case: Case, outcome: Outcome | None) -> float | None:
    if not isinstance(outcome, Returned):
        return None
    try:
        return float(metric.extract(outcome.value, case.copy()[0]))
    except (Exception, Undecidable):  # noqa: BLE001 - an output without the number has no value here
        return None
