"""Inputs on which candidate and baseline answer differently, where no agreement compares them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.measurements import AnswersApart
from pytest_metamorphic_guard.contracts.outcomes import Returned
from pytest_metamorphic_guard.runner.asking_checks import ask
from pytest_metamorphic_guard.runner.cases import show_input
from pytest_metamorphic_guard.tasks.declarations import Agreement, Law, is_soft, makes_noise
from pytest_metamorphic_guard.values.deciding import Undecidable

if TYPE_CHECKING:
    from pytest_metamorphic_guard.runner.case_results import CaseResult
    from pytest_metamorphic_guard.runner.cases import Case
    from pytest_metamorphic_guard.runner.run import Run

__all__ = ["OtherAnswers"]


class OtherAnswers:
    """Compares the answers of both roles to the source inputs, in one item of a task for all.

    It decides nothing: relations may hold of both all the same, and that is what is told.

    Args:
        run: The item's run.
    """

    def __init__(self, run: Run) -> None:
        self._task = run.task
        self._looks = run.settings.gate and run.baseline is not None and _is_asked(run)
        self._compared = self._apart = 0
        self._smallest: tuple[tuple[int, int], tuple[tuple[object, ...], ...]] | None = None

    @property
    def seen(self) -> AnswersApart | None:
        """What was seen; None where nothing was to be compared, or could be."""
        if not self._looks:
            return None
        if self._smallest is None:
            return AnswersApart(compared=self._compared)
        place, sources = self._smallest
        shown = show_input(sources)
        return AnswersApart(compared=self._compared, apart=self._apart, example=shown, place=place)

    def note(
        self, index: int, case: Case, candidate: CaseResult, baseline: CaseResult | None
    ) -> None:
        """Take the results of an input of the sample."""
        if not self._looks or baseline is None or case.excused:
            return
        before, after = (result.sources[0].outcome for result in (baseline, candidate))
        if not (isinstance(before, Returned) and isinstance(after, Returned)):
            return  # how calls end is compared elsewhere
        try:
            fault, strange = ask("agreement", self._task.equivalence, (before.value, after.value))
        except Undecidable:
            return
        if strange:
            self._looks = False
            return
        self._compared += 1
        if fault is None:
            return
        self._apart += 1
        place = len(case.key or b""), index
        if self._smallest is None or place < self._smallest[0]:
            self._smallest = place, case.sources


def _is_asked(run: Run) -> bool:
    """Tell whether the item is the first of its task that sees each input's own answer."""
    task, entries = run.task, run.task.entries
    if task.operations is not None or any(isinstance(e.subject, Agreement) for e in entries):
        return False
    seeing = [
        entry
        for entry in entries
        if not (isinstance(entry.subject, Law) or is_soft(entry.subject))
        and not makes_noise(entry.subject)
    ]
    if not seeing:
        return False
    first = seeing[0].members[0]
    return (run.entry.name, run.entry.variant) == (first.name, first.variant)
