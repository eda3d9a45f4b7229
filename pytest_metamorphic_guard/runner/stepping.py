"""Items of one task in step: every input runs for all of them, until enough is known."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.runner.call_errors import Unusable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_metamorphic_guard.contracts.measurements import CaseHeld
    from pytest_metamorphic_guard.runner.sample_run import Measuring

__all__ = ["Steps", "run_in_step"]


def run_in_step(
    measurings: Sequence[Measuring],
    is_enough: Callable[[int, Sequence[CaseHeld | None]], bool],
) -> Steps:
    """Let several items run their samples together, whichever of them is measured first."""
    steps = Steps(measurings, is_enough)
    for measuring in measurings:
        measuring.drive = partial(steps.drive, measuring)
    return steps


class Steps:
    """Runs several samples input by input; the first item that runs does it for all.

    All samples end with the same input, which depends on nothing but the inputs before it. That is
    what makes stopping early sound: whoever ends one sample by its own results leaves the others
    with inputs that were chosen by what they showed.

    Args:
        measurings: One per item, in the order in which an input runs for them.
        is_enough: Called after every input with its results, one per item in the same order;
            true ends all samples.
    """

    def __init__(
        self,
        measurings: Sequence[Measuring],
        is_enough: Callable[[int, Sequence[CaseHeld | None]], bool],
    ) -> None:
        self._measurings = measurings
        self._is_enough = is_enough
        self._failures: dict[int, Unusable] = {}
        self._is_done = False
        self.broken = False

    def drive(self, measuring: Measuring) -> None:
        """Run all samples unless that is done.

        Raises:
            Unusable: Nothing can be concluded from the sample of this item.
        """
        __tracebackhide__ = True
        if not self._is_done:
            self._is_done = True
            try:
                self._run()
            except BaseException:
                # A time limit or Ctrl-C ends this item only; the others start anew.
                self.broken = True
                raise
            finally:
                for one in self._measurings:
                    one.stop_ahead()
        failure = self._failures.get(id(measuring))
        if failure is not None:
            raise failure

    def _run(self) -> None:
        __tracebackhide__ = True
        for index in range(max(len(measuring.sample) for measuring in self._measurings)):
            if all(one.gave_up for one in self._measurings):
                return
            results = [self._step(measuring, index) for measuring in self._measurings]
            # What is missing cannot be judged, so nothing is certain any more.
            if not self._failures and self._is_enough(index, results):
                return

    def _step(self, measuring: Measuring, index: int) -> CaseHeld | None:
        if id(measuring) in self._failures or measuring.gave_up:
            return None
        try:
            return measuring.measure_input(index)
        except Unusable as unusable:
            self._failures[id(measuring)] = unusable
            return None
