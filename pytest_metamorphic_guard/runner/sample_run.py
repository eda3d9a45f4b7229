"""The whole sample of one item: every input runs and counts, then one violation is shrunk."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.measurements import CaseHeld, Measurement
from pytest_metamorphic_guard.contracts.titles import name_task, name_variant
from pytest_metamorphic_guard.runner.asking_again import Again
from pytest_metamorphic_guard.runner.blocks import Blocks
from pytest_metamorphic_guard.runner.bounded_results import Kept
from pytest_metamorphic_guard.runner.cases import show_input
from pytest_metamorphic_guard.runner.examples import Examples, try_case
from pytest_metamorphic_guard.runner.hanging import Hangs
from pytest_metamorphic_guard.runner.in_flight import Flights
from pytest_metamorphic_guard.runner.inside_hypothesis import surround
from pytest_metamorphic_guard.runner.metering import Meter
from pytest_metamorphic_guard.runner.observing import Recorder, name_by
from pytest_metamorphic_guard.runner.other_answers import OtherAnswers
from pytest_metamorphic_guard.runner.repeating import Repeats, repeat_calls
from pytest_metamorphic_guard.runner.requirements import require_cases, require_decided
from pytest_metamorphic_guard.runner.self_noise import SelfNoise
from pytest_metamorphic_guard.runner.sightings import Sightings, find_number
from pytest_metamorphic_guard.runner.unanswered import require_answers
from pytest_metamorphic_guard.runner.violations import Violated, Violation
from pytest_metamorphic_guard.tasks.declarations import is_soft, makes_noise, name_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_metamorphic_guard.contracts.verdicts import Confirmation
    from pytest_metamorphic_guard.runner.run import Run

__all__ = ["Measuring"]

# One confirmed regression decides; more re-runs would only cost time.
_CONFIRMED_AT_MOST = 5


@dataclass(slots=True, kw_only=True)
class Measuring:
    """Runs a sample on both roles and keeps what was seen.

    Attributes:
        run: The item's run.
        sample: The source inputs of every case, in order.
        examples: What runs before the sample and is no part of it.
        overlap: In how many cases one input takes part at most; ``first_look``: how many inputs
            were asked for, where the run may go on.
        available: Number of distinct inputs that exist; None where there is no end of them.
        searched: What runs after a sample that shows nothing, to find more.
        position: Number of the candidate, ``variant`` and ``where``: as in `Measurement`.
        min_pass_rate: Share of inputs that must hold for the item to pass; None for all.
        judged_elsewhere: The gate judges rates: violations do not fail the item.
        repeats: Repetitions of calls for monitors.
        watched: Whether records for monitors are kept; ``timed``: one compares durations.
        searches: Whether a violation that fails the item is shrunk.
        progress: Called with the number of inputs done; ``drive`` runs it in step with others.
        recorder: Every execution so far, where it is watched.
        finished: Whether all of the sample has run that was asked for.
    """

    run: Run
    sample: Sequence[tuple[tuple[Any, ...], ...]]
    examples: Sequence[tuple[tuple[Any, ...], ...]] = ()
    searched: Sequence[tuple[tuple[Any, ...], ...]] = ()
    overlap: int = 1
    first_look: int | None = None
    available: int | None = None
    position: int = 0
    where: str = ""
    variant: str = ""
    min_pass_rate: float | None = None
    judged_elsewhere: bool = False
    repeats: Repeats = field(default_factory=Repeats)
    watched: bool = False
    timed: bool = False
    searches: bool = True
    progress: Callable[[int], None] | None = None
    drive: Callable[[], None] | None = None
    recorder: Recorder = field(init=False)
    finished: bool = False
    _seen: Sightings = field(init=False)
    _meter: Meter = field(init=False)
    _examples: Examples = field(init=False)
    _blocks: Blocks = field(init=False)
    _flights: Flights = field(init=False)
    _searched: Examples = field(init=False)
    _hangs: Hangs = field(init=False)
    _again: Again = field(init=False)
    _answers: OtherAnswers = field(init=False)
    _noise: SelfNoise = field(init=False)
    _tried: int = 0
    _kept: Kept = field(default_factory=Kept)

    def __post_init__(self) -> None:
        self._blocks = Blocks(self.run, len(self.sample))
        self._flights = Flights(self.run, self.sample, "sample" if self.searches else None)
        self._meter, self._answers = Meter(self.run), OtherAnswers(self.run)
        self._seen = Sightings(self.run, _CONFIRMED_AT_MOST)
        title = name_task(self.run.task.name, self.where)
        self.recorder = Recorder(self.run, title, self.label, watched=self.watched)
        self._examples = Examples(self.run, self.examples)
        before = len(self.examples) + len(self.sample)
        self._searched = Examples(self.run, self.searched, "search", before)
        self._hangs = Hangs(self.run.candidate)
        # Only a gate judges by it; a replay runs what it was given.
        self._noise = SelfNoise(self.run, self.searches and makes_noise(self.run.entry.subject))
        asks_again = self.run.settings.gate and self.searches and not self._noise.is_active
        self._again = Again(self.run, self.sample if asks_again else ())

    def measure(self, search: Callable[[bool], None]) -> None:
        """Run the whole sample, then find the smallest violation if one fails the item.

        Args:
            search: Looks for a violation among the same inputs and shrinks it; true lets it look
                among those that were searched beside the sample.

        Raises:
            Violated: The item fails.
            Unusable: Nothing can be concluded.
        """
        __tracebackhide__ = True
        try:
            surround(self._run_sample)
            self.run.hung = self._hangs.inputs if self.gave_up else 0
            self._examples.run_all(self._kept)  # a sample may be empty
            self._noise.settle(self._seen.revise)
            self.finished = True
            require_cases(self.run)
            if not self.violation_count:
                self._searched.run_uncounted(self._kept)
        finally:
            self._searched.flights.stop()
        self._examples.confirm(_CONFIRMED_AT_MOST)
        self._searched.confirm(_CONFIRMED_AT_MOST)
        self._seen.confirm()
        kept = self._examples.find_failing(judged_elsewhere=self.judged_elsewhere)
        if kept is not None:
            # What a user keeps is reported as it is kept.
            self.run.first_number = kept.case_number
            raise Violated(kept)
        if self._seen.fail(self.min_pass_rate, judged_elsewhere=self.judged_elsewhere):
            self._shrink(partial(search, False), self._seen.counted[0][1])
        found = self._searched.find_failing(judged_elsewhere=self.judged_elsewhere)
        if found is not None:
            self._shrink(partial(search, True), found)
        require_decided(self.run)
        require_answers(self.run)

    def _run_sample(self) -> None:
        __tracebackhide__ = True
        if self.drive is not None:
            self.drive()
            return
        try:
            for index in self.run.settings.list_share(len(self.sample)):
                if self.gave_up:
                    break
                self._flights.then = None if self.violation_count else self._searched.flights
                self.measure_input(index)
        finally:
            self.stop_ahead()

    def stop_ahead(self) -> None:
        """End calls that were begun for inputs whose turn does not come."""
        self._flights.stop()

    def measure_input(self, index: int) -> CaseHeld | None:
        """Run one input of the sample; None says that the entry does not apply to it.

        The examples run before the first one.
        """
        self._examples.run_all(self._kept)
        if self.timed:
            self._blocks.begin(index)
        for caller in self.run.callers:
            caller.observe = self.recorder.observe
        try:
            held = self._measure_case(index)
        finally:
            for caller in self.run.callers:
                caller.observe = None
        self._again.ask(index)
        self._tried += 1
        if self.progress is not None:
            self.progress(index + 1)
        return held

    def confirm_input(self, held: CaseHeld) -> CaseHeld:
        """Run a regression again at once, where that may end the run; return what is known now."""
        return self._seen.confirm_last(held)

    def conclude(self) -> Measurement:
        """Return what was measured."""
        run, subject, example = self.run, self.run.entry.subject, self.example
        return Measurement(
            task=run.task.name,
            entry=run.entry.name,
            kind=name_kind(subject),
            position=self.position,
            where=self.where,
            variant=self.variant,
            candidate=run.candidate.implementation.specification,
            baseline=run.baseline.implementation.specification if run.baseline else None,
            declared=tuple(e.name for e in run.task.entries if not is_soft(e.subject)),
            planned=len(self.sample),
            overlap=self.overlap,
            first_look=self.first_look,
            available=self.available,
            skipped=self._tried - len(self._seen.cases),
            skipped_after=run.skipped_after,
            min_pass_rate=self.min_pass_rate,
            soft=is_soft(subject),
            cases=tuple(self._seen.cases),
            metrics=self._meter.rows,
            hung=run.hung,
            hung_first=self._hangs.first,
            asked_again=self._again.asked,
            worse_again=self._again.worse,
            better_again=self._again.better,
            noise=self._noise.judged,
            answers=self._answers.seen,
            example=show_input(example[0].case.sources) if example else "",
            beside=(*self._examples.cases, *self._searched.cases),
        )

    @property
    def label(self) -> str:
        """The entry's name among the items of its task."""
        return name_variant(self.run.entry.name, self.variant)

    @property
    def gave_up(self) -> bool:
        """Whether the candidate timed out on every input so far, and too often to go on."""
        return self._hangs.gave_up

    @property
    def violation_count(self) -> int:
        """Number of inputs whose violation counts, examples among them."""
        return sum(len(one.counted) for one in (self._examples, self._seen, self._searched))

    @property
    def example(self) -> tuple[Violation, Confirmation] | None:
        """The violation that stands for a rate: the smallest one, of those that were seen again."""
        return self._seen.find_example(with_shared=self.min_pass_rate is not None)

    @property
    def _all_counted(self) -> list[tuple[int, Violation]]:
        return [*self._examples.counted, *self._seen.counted, *self._searched.counted]

    def _measure_case(self, index: int) -> CaseHeld | None:
        run = self.run
        case = self._flights.take(index)
        run.last_input = case.sources  # what names its group may not return
        self.recorder.shared = case.index is not None
        self.recorder.begin(index, name_by(run, case, "group"))
        cluster = name_by(run, case, "cluster")
        results = try_case(run, case)
        if results is None:
            return None
        candidate, baseline = self._noise.take(case, *results, len(self._seen.cases))
        self._hangs.add(candidate)
        if not self.gave_up:
            repeat_calls(run, self.recorder, self.repeats, case)
        self._kept.keep_calls(candidate, baseline)
        self._again.note(index, case, candidate, baseline)
        self._answers.note(index, case, candidate, baseline)
        metrics = self._meter.measure(index, case, candidate, baseline)
        held_before = None if baseline is None else baseline.held
        by_role = {"baseline": held_before, "candidate": candidate.held}
        self.recorder.settle({} if case.excused else by_role, metrics)
        held = CaseHeld(index, candidate.held, held_before, group=cluster, known=case.excused)
        self._seen.cases.append(held)
        if not candidate.held:
            number = run.number_case(len(self.examples) + index)
            self._seen.add_violation(Violation(case, candidate, baseline, number), self._kept)
        return held

    def _shrink(self, search: Callable[[], None], first: Violation) -> None:
        __tracebackhide__ = True
        run = self.run
        for caller in run.callers:
            caller.remember(self._kept.calls.get(caller.role, []))
        if self.min_pass_rate is not None:
            run.missed_rate = self._seen.describe_rate(self.min_pass_rate)
        counts = run.cases, run.shared_violations, run.differences, run.difference
        run.cases = 0
        try:
            # Of what answers at random any input may be seen to violate once.
            if self.searches and not self._noise.is_active and run.settings.shrink != "off":
                search()
        finally:
            run.cases, run.shared_violations, run.differences, run.difference = counts
            found = [violation for _, violation in self._all_counted]
            run.first_number = find_number(run.first or first, found)
        # Should the search come to another end, what was measured is reported as it is.
        raise Violated(first)
