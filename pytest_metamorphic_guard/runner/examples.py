"""The examples that a user keeps: they run before the sample, and count for themselves."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import hypothesis.errors

from pytest_metamorphic_guard.contracts.measurements import CaseHeld
from pytest_metamorphic_guard.runner.call_errors import NotAvailable, Undecided, Unusable
from pytest_metamorphic_guard.runner.cases import show_input
from pytest_metamorphic_guard.runner.confirmation import is_seen_again
from pytest_metamorphic_guard.runner.followups import applies
from pytest_metamorphic_guard.runner.functions import find_examples
from pytest_metamorphic_guard.runner.in_flight import Flights
from pytest_metamorphic_guard.runner.inside_hypothesis import surround
from pytest_metamorphic_guard.runner.sources import to_sources
from pytest_metamorphic_guard.runner.user_errors import refuse
from pytest_metamorphic_guard.runner.violations import Skipped, Violation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.runner.bounded_results import Kept
    from pytest_metamorphic_guard.runner.case_results import CaseResult
    from pytest_metamorphic_guard.runner.cases import Case
    from pytest_metamorphic_guard.runner.run import Run
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["Examples", "list_examples", "try_case"]


def list_examples(task: Task, entry: Entry) -> list[tuple[tuple[Any, ...], ...]]:
    """Return the source inputs of every example of an entry, in the order in which they run.

    Raises:
        Unusable: One is no tuple of arguments.
    """
    return [to_sources(task, entry, example) for example in find_examples(task, entry)]


def try_case(run: Run, case: Case) -> tuple[CaseResult, CaseResult | None] | None:
    """Evaluate one case for all roles and count it; None says that the entry does not apply."""
    run.last_input = case.sources
    try:
        known = case.plan.applies if case.plan else applies(run.task, run.entry, case)
        if not known:
            raise Skipped  # noqa: TRY301 - one way out for every kind of refusal
        results = run.compare(case)
    except Skipped:
        run.count_skipped()
        return None
    except NotAvailable:
        return None
    except Undecided as undecided:
        run.undecided = run.undecided or undecided
        return None
    except hypothesis.errors.UnsatisfiedAssumption:
        run.count_skipped()
        return None
    except hypothesis.errors.Frozen:
        said = (
            f"{run.entry.name!r} draws while it runs, as with st.data(), and every input of a "
            "sample is drawn before: make what it draws an input of its own"
        )
        raise Unusable(refuse(run.task, run.entry, said)) from None
    run.cases += 1
    run.note_difference(case, *results)
    return results


@dataclass(slots=True)
class Examples:
    """Runs the examples of an entry, or what was searched beside its sample, once.

    Monitors and metrics are not shown them: nobody drew them, so they say nothing about a rate.

    Attributes:
        run: The item's run.
        inputs: The source inputs of every example, in order.
        origin: Where they come from.
        before: Number of cases that a whole run has before them.
        cases: One record per example that ran.
        counted: The violations that count, with their position in ``cases``.
        flights: Their calls, which may be begun before `run_all`.
    """

    run: Run
    inputs: Sequence[tuple[tuple[Any, ...], ...]]
    origin: Literal["example", "search"] = "example"
    before: int = 0
    cases: list[CaseHeld] = field(default_factory=list)
    counted: list[tuple[int, Violation]] = field(default_factory=list)
    flights: Flights = field(init=False)
    _done: bool = False

    def __post_init__(self) -> None:
        # What a user keeps belongs to one entry; what was searched is tried by all of them.
        name = "search" if self.origin == "search" else None
        self.flights = Flights(self.run, self.inputs, name)

    def run_uncounted(self, kept: Kept) -> None:
        """Run all of them, none of which is a case of the run."""
        before = self.run.cases, self.run.skipped
        self.run.before_search = self.run.differences, self.run.difference
        try:
            self.run_all(kept)
        finally:
            self.run.cases, self.run.skipped = before

    def run_all(self, kept: Kept) -> None:
        """Run every example unless that is done; ``kept`` takes the results of both roles.

        Raises:
            Unusable: Nothing can be concluded from any case.
        """
        if self._done:
            return
        self._done = True
        if self.inputs:
            surround(partial(self._run_inputs, kept))

    def _run_inputs(self, kept: Kept) -> None:
        __tracebackhide__ = True
        try:
            for index in self.run.settings.list_share(len(self.inputs)):
                self._run_one(index, self.flights.take(index), kept)
        finally:
            self.flights.stop()

    def confirm(self, at_most: int) -> None:
        """Run a few of the violations again in a fresh process, until one is seen again."""
        # What the baseline violates too may count as well, and is no reason to reject.
        ordered = sorted(self.counted, key=lambda entry: entry[1].regression is False)
        for position, violation in ordered[:at_most]:
            if is_seen_again(self.run, violation):
                self.cases[position] = replace(self.cases[position], confirmed=True)
                return

    def find_failing(self, *, judged_elsewhere: bool) -> Violation | None:
        """Return the first violation that fails the item, whatever its rate.

        Args:
            judged_elsewhere: The gate compares rates: what the baseline violates too is no reason
                to reject there, and none to fail here.
        """
        for _, violation in self.counted:
            if not judged_elsewhere or violation.regression is not False:
                return violation
        return None

    def _run_one(self, index: int, case: Case, kept: Kept) -> None:
        sources = case.sources
        results = try_case(self.run, case)
        if results is None:
            return
        candidate, baseline = results
        kept.keep_calls(candidate, baseline)
        held_before = None if baseline is None else baseline.held
        self.cases.append(
            CaseHeld(
                index,
                candidate.held,
                held_before,
                origin=self.origin,
                shown=show_input(sources),
                known=case.excused,
            )
        )
        if candidate.held:
            return
        violation = Violation(
            case=case,
            candidate=candidate,
            baseline=baseline,
            case_number=self.run.number_case(self.before + index),
        )
        if self.run.counts(violation):
            if self.counted:
                violation = kept.limit_violation(violation)
            self.counted.append((len(self.cases) - 1, violation))
