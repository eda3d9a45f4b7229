"""Inputs on which an implementation times out, each of which costs its whole limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.outcomes import TimedOut

if TYPE_CHECKING:
    from pytest_metamorphic_guard.runner.calling import Caller
    from pytest_metamorphic_guard.runner.case_results import CaseResult

__all__ = ["GIVE_UP_AFTER", "Hangs", "has_hung"]

GIVE_UP_AFTER = 10


def has_hung(result: CaseResult) -> bool:
    """Tell whether a call of a case timed out."""
    return any(isinstance(execution.outcome, TimedOut) for execution in result.executions)


@dataclass(slots=True)
class Hangs:
    """Counts the inputs of a sample, from the first one on, on each of which a candidate timed out.

    Attributes:
        candidate: Calls the candidate.
        inputs: Number of these inputs; 0 once a call of it has ended otherwise.
        first: The same, not forgotten then.
    """

    candidate: Caller
    inputs: int = 0
    first: int = 0
    _is_over: bool = False

    def add(self, result: CaseResult) -> None:
        """Take what the candidate did with the next input."""
        if self.candidate.returned or not has_hung(result):
            self._is_over, self.inputs = True, 0
        if not self._is_over:
            self.inputs += 1
            self.first += 1

    @property
    def gave_up(self) -> bool:
        """Whether it has timed out so often that nothing else is to be expected of the rest."""
        return self.inputs >= GIVE_UP_AFTER
