"""Whether a task's decision is certain enough to end its run before every input has run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.evaluation.task_evidence import build_frame
from pytest_metamorphic_guard.gate.early_stop import EarlyStop
from pytest_metamorphic_guard.gate.evidence import CheckResult, InputResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.contracts.measurements import CaseHeld
    from pytest_metamorphic_guard.gate.rules import Rules
    from pytest_metamorphic_guard.runner.sample_run import Measuring

__all__ = ["Watcher"]


class Watcher:
    """Says after every input whether a task's decision is certain enough.

    Args:
        measurings: One per relation, property and law of the task.
        rules: What the gate judges by.
        comparisons: Number of candidates that compete.
        tasks: Number of tasks that may each reject a candidate by its rate.
    """

    def __init__(
        self,
        measurings: Sequence[Measuring],
        rules: Rules,
        *,
        comparisons: int = 1,
        tasks: int = 1,
    ) -> None:
        measured = [measuring.conclude() for measuring in measurings]
        frame = build_frame(measured)
        self._names = [measurement.label for measurement in measured]
        self._stop = EarlyStop(frame, rules, comparisons=comparisons, tasks=tasks)
        self._may_stop = rules.early_stop or frame.first_look is not None
        self._measurings = measurings
        self._hard = {relation.name for relation in frame.relations}

    def is_enough(self, index: int, results: Sequence[CaseHeld | None]) -> bool:
        """Take the results of one input; true ends the run."""
        if not self._may_stop:
            return False
        checks, group = [], None
        for name, measuring, result in zip(self._names, self._measurings, results, strict=True):
            if result is None or result.known or name not in self._hard:
                continue
            held = result
            if not held.candidate and self._stop.needs_confirmation:
                held = measuring.confirm_input(held)
            group = held.group
            checks.append(CheckResult(name, held.candidate, held.baseline, held.confirmed))
        enough = self._stop.observe(InputResult(index, tuple(checks), group)) is not None
        # An item whose inputs were nearly all skipped by now would be refused.
        return enough and all(measuring.run.says_something for measuring in self._measurings)
