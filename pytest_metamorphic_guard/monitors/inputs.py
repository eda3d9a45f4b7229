"""The unit that monitors count: one input, whatever number of calls share it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.monitors.reading import read_number
from pytest_metamorphic_guard.statistics.paired import PairedCounts

if TYPE_CHECKING:
    from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord

__all__ = ["HeldInputs", "Input", "MetricPairs", "find_input"]

Input = tuple[str | None, int]


def find_input(task: str | None, relation: str | None, case_index: int) -> Input:
    """Return what identifies an input: its task and its number.

    A record that names no task has one in its relation, which is written ``task::relation``.
    """
    if task is None and relation is not None:
        task = relation.rpartition("::")[0] or relation
    return task, case_index


class HeldInputs:
    """On which inputs everything held that the task says, for each role."""

    def __init__(self) -> None:
        self._held: defaultdict[Input, dict[str, bool]] = defaultdict(dict)

    def add(self, record: MonitorRecord) -> None:
        """Take what a record knows about its case; nothing where it knows nothing."""
        if record.held is not None:
            roles = self._held[find_input(record.task, record.relation, record.case_index)]
            roles[record.role] = roles.get(record.role, True) and bool(record.held)

    def count(self, role: str) -> tuple[int, int]:
        """Return on how many inputs all held, and how many were judged."""
        judged = [roles[role] for roles in self._held.values() if role in roles]
        return sum(judged), len(judged)

    def compare(self) -> PairedCounts:
        """Count the four combinations, input by input."""
        cells = [0, 0, 0, 0]
        for roles in self._held.values():
            if len(roles) == 2:  # noqa: PLR2004 - both roles
                cells[2 * (not roles["baseline"]) + (not roles["candidate"])] += 1
        return PairedCounts(
            both_pass=cells[0], regressions=cells[1], improvements=cells[2], both_fail=cells[3]
        )

    def list_regressed(self) -> list[Input]:
        """Return the inputs on which it held for the baseline alone."""
        return [
            key
            for key, roles in self._held.items()
            if roles.get("baseline") and roles.get("candidate") is False
        ]


class MetricPairs:
    """The values of metrics, per task and metric, in pairs of both roles on one input."""

    def __init__(self) -> None:
        self._values: defaultdict[str, dict[Input, dict[str, float]]] = defaultdict(dict)

    def add(self, record: MonitorRecord) -> None:
        """Take the metrics of a record, where it has any."""
        for name, given in (record.metrics or {}).items():
            value = read_number(given)
            if value is not None:
                key = find_input(record.task, record.relation, record.case_index)
                self._values[f"{key[0]}::{name}"].setdefault(key, {})[record.role] = value

    def list_pairs(self) -> dict[str, list[tuple[float, float]]]:
        """Return ``(baseline, candidate)`` per ``"task::metric"``, where both have a value."""
        return {
            name: [(v["baseline"], v["candidate"]) for v in values.values() if len(v) > 1]
            for name, values in sorted(self._values.items())
        }
