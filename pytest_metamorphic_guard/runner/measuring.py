"""The whole sample of one item: every input runs and counts, then one violation is shrunk."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from pytest_metamorphic_guard.contracts.measurements import (
    CaseHeld,
    Measurement,
    name_task,
    name_variant,
)
from pytest_metamorphic_guard.runner.asking_again import Again
from pytest_metamorphic_guard.runner.blocks import Blocks
from pytest_metamorphic_guard.runner.calling import NotAvailable, Unusable
from pytest_metamorphic_guard.runner.cases import Case
from pytest_metamorphic_guard.runner.confirmation import is_seen_again
from pytest_metamorphic_guard.runner.examples import Examples, show_input, try_case
from pytest_metamorphic_guard.runner.hanging import Hangs
from pytest_metamorphic_guard.runner.keeping import Kept
from pytest_metamorphic_guard.runner.metering import Meter
from pytest_metamorphic_guard.runner.recording import Recorder
from pytest_metamorphic_guard.runner.refusals import require_answers
from pytest_metamorphic_guard.runner.repeating import Repeats
from pytest_metamorphic_guard.runner.run import Run, Violated, Violation
from pytest_metamorphic_guard.tasks.declarations import Law, MetamorphicRelation, Property

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_metamorphic_guard.contracts.verdicts import Confirmation
    from pytest_metamorphic_guard.runner.calling import Caller

__all__ = ["Measuring"]

# One confirmed regression decides; more re-runs would only cost time.
_CONFIRMED_AT_MOST = 5


@dataclass(slots=True, kw_only=True)
class Measuring:
    """Runs a sample on both roles and keeps what was seen.

    Attributes:
        run: The item's run.
        sample: The source inputs of every case, in order.
        examples: The source inputs of what runs before the sample and is no part of it.
        overlap: Number of cases of the sample in which one input takes part at most.
        first_look: Number of inputs that were asked for, where the run may go on beyond them.
        available: Number of distinct inputs that exist; None where there is no end of them.
        searched: The source inputs of what runs after a sample that shows nothing, to find more.
        position: Number of the candidate among the task's candidates.
        where: What tells the task from others of its name, as in `Measurement`.
        variant: The parameters of the item, as in `Measurement`.
        min_pass_rate: Share of inputs that must hold for the item to pass; None for all.
        judged_elsewhere: The gate judges rates: violations alone do not fail the item.
        repeats: Repetitions of calls for monitors.
        watched: Whether records for monitors are kept.
        timed: Whether a monitor compares durations.
        searches: Whether a violation that fails the item is shrunk.
        progress: Called with the number of inputs done, now and then.
        drive: Runs this sample in step with those of other items, instead of alone.
        recorder: Every execution so far, where it is watched.
        finished: Whether the whole sample has run, or as much of it as was asked for.
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
    _cases: list[CaseHeld] = field(default_factory=list)
    _meter: Meter = field(init=False)
    _examples: Examples = field(init=False)
    _blocks: Blocks = field(init=False)
    _searched: Examples = field(init=False)
    _hangs: Hangs = field(init=False)
    _again: Again = field(init=False)
    _tried: int = 0
    _checked_again: set[int] = field(default_factory=set)
    _counted: list[tuple[int, Violation]] = field(default_factory=list)
    _shared: tuple[int, Violation] | None = None
    _kept: Kept = field(default_factory=Kept)

    def __post_init__(self) -> None:
        self._blocks = Blocks(self.run, len(self.sample))
        self._meter = Meter(self.run)
        title = name_task(self.run.task.name, self.where)
        self.recorder = Recorder(self.run, title, self.label, watched=self.watched)
        self._examples = Examples(self.run, self.examples)
        self._searched = Examples(self.run, self.searched, "search")
        self._hangs = Hangs(self.run.candidate)
        # Only a gate judges by it; a replay runs what it was given.
        asks_again = self.run.settings.gate and self.searches
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
        if self.drive is not None:
            self.drive()
        else:
            for index in range(len(self.sample)):
                if self.gave_up:
                    break
                self.measure_input(index)
        self.run.hung = self._hangs.inputs if self.gave_up else 0
        self._examples.run_all(self._kept.keep_calls)  # a sample may be empty
        self.finished = True
        self.run.require_cases()
        self._look_further()
        self._examples.confirm(_CONFIRMED_AT_MOST)
        self._searched.confirm(_CONFIRMED_AT_MOST)
        self._confirm()
        kept = self._examples.find_failing(judged_elsewhere=self.judged_elsewhere)
        if kept is not None:
            # What a user keeps is reported as it is kept.
            self.run.first_number = kept.case_number
            raise Violated(kept)
        if self._fails():
            self._shrink(partial(search, False), self._counted[0][1])
        found = self._searched.find_failing(judged_elsewhere=self.judged_elsewhere)
        if found is not None:
            self._shrink(partial(search, True), found)
        self.run.require_decided()
        require_answers(self.run)

    def measure_input(self, index: int) -> CaseHeld | None:
        """Run one input of the sample; None says that the entry does not apply to it.

        The examples run before the first one.
        """
        self._examples.run_all(self._kept.keep_calls)
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
        if not self._counted or any(case.confirmed for case in self._cases):
            return held
        position, violation = self._counted[-1]
        if position == len(self._cases) - 1 and len(self._checked_again) < _CONFIRMED_AT_MOST:
            self._check_again(position, violation)
        return self._cases[-1]

    def conclude(self) -> Measurement:
        """Return what was measured."""
        run = self.run
        subject = run.entry.subject
        example = self.example
        return Measurement(
            task=run.task.name,
            entry=run.entry.name,
            kind=_name_kind(subject),
            position=self.position,
            where=self.where,
            variant=self.variant,
            candidate=run.candidate.implementation.specification,
            baseline=run.baseline.implementation.specification if run.baseline else None,
            declared=tuple(e.name for e in run.task.entries if not _is_soft(e.subject)),
            planned=len(self.sample),
            overlap=self.overlap,
            first_look=self.first_look,
            available=self.available,
            skipped=self._tried - len(self._cases),
            skipped_after=run.skipped_after,
            min_pass_rate=self.min_pass_rate,
            soft=_is_soft(subject),
            cases=tuple(self._cases),
            metrics=self._meter.rows,
            hung=run.hung,
            asked_again=self._again.asked,
            worse_again=self._again.worse,
            better_again=self._again.better,
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
        return len(self._all_counted)

    @property
    def example(self) -> tuple[Violation, Confirmation] | None:
        """The violation that stands for a rate: the smallest one, of those that were seen again."""
        found = list(self._counted)
        if self.min_pass_rate is not None and self._shared is not None:
            found.append(self._shared)
        if not found:
            return None
        position, violation = min(found, key=self._rank)
        return violation, "confirmed" if self._cases[position].confirmed else "unchecked"

    def _rank(self, entry: tuple[int, Violation]) -> tuple[bool, bool, tuple[int, str]]:
        position, violation = entry
        confirmed = self._cases[position].confirmed
        return not confirmed, violation.regression is False, violation.case.size

    @property
    def _all_counted(self) -> list[tuple[int, Violation]]:
        return [*self._examples.counted, *self._counted, *self._searched.counted]

    def _measure_case(self, index: int) -> CaseHeld | None:
        run = self.run
        case = Case(self.sample[index])
        run.last_input = case.sources  # what names its group may not return
        self.recorder.begin(index, self._name(case, "group"))
        cluster = self._name(case, "cluster")
        results = try_case(run, case)
        if results is None:
            return None
        candidate, baseline = results
        self._hangs.add(candidate)
        if not self.gave_up:
            self._repeat_calls(case)
        self._kept.keep_calls(candidate, baseline)
        self._again.note(index, candidate, baseline)
        metrics = self._meter.measure(index, case, candidate, baseline)
        held_before = None if baseline is None else baseline.held
        self.recorder.settle({"baseline": held_before, "candidate": candidate.held}, metrics)
        held = CaseHeld(index, candidate.held, held_before, group=cluster)
        self._cases.append(held)
        if not candidate.held:
            violation = Violation(
                case=case, candidate=candidate, baseline=baseline, case_number=run.cases
            )
            here = (len(self._cases) - 1, violation)
            if run.counts(violation):
                # The first one is what is shown, should no smaller one be found.
                if self._counted:
                    here = (here[0], self._kept.limit_violation(violation))
                self._counted.append(here)
            elif not _is_soft(run.entry.subject) and (
                self._shared is None or case.size < self._shared[1].case.size
            ):
                self._shared = here
        return held

    def _name(self, case: Case, key: str) -> str | None:
        function = getattr(self.run.task, key)
        if function is None:
            return None
        try:
            return str(function(*case.copy()[0]))
        except Exception as error:  # a stranger's code
            fault = f"{key} raised {type(error).__name__}: {error}"
            raise Unusable(self.run.broken(fault)) from error

    def _repeat_calls(self, case: Case) -> None:
        if self.repeats.sample is not None and self.recorder.index >= self.repeats.sample:
            return
        # A law calls with inputs of its own making: there the first repetition is missing too.
        first = 0 if isinstance(self.run.entry.subject, Law) and self.repeats.times > 1 else 1
        for repeat in range(first, self.repeats.times):
            self.recorder.repeat = repeat
            for caller in self.run.order_callers():
                self._call_again(caller, case)
        if self.repeats.hash_seed is not None:
            # Not instead of one of the others: what counts its calls answers like the first time.
            self.recorder.repeat, self.recorder.hash_seed = (
                self.repeats.times,
                self.repeats.hash_seed,
            )
            for caller in self.run.order_callers():
                if caller.reseeded is not None:
                    with caller.calling_reseeded():
                        self._call_again(caller, case)
        self.recorder.repeat, self.recorder.hash_seed = 0, None

    @staticmethod
    def _call_again(caller: Caller, case: Case) -> None:
        caller.kind = "source"
        with caller.calling_again(), contextlib.suppress(NotAvailable):
            caller.call(case.copy()[0])

    def _look_further(self) -> None:
        """Run what was searched where the sample shows nothing; it is no case of the run."""
        run = self.run
        if self._counted or self._examples.counted:
            return
        before = run.cases, run.skipped
        try:
            self._searched.run_all(self._kept.keep_calls)
        finally:
            run.cases, run.skipped = before

    def _fails(self) -> bool:
        if not self._counted:
            return False
        if self.min_pass_rate is not None:
            passed = sum(case.candidate for case in self._cases) / len(self._cases)
            return passed < self.min_pass_rate
        return not self.judged_elsewhere

    def _confirm(self) -> None:
        """Run a few of the violations again in a fresh process; the first confirmed one decides."""
        if any(case.confirmed for case in self._cases):
            return
        # What the baseline violates too may count as well, and is no reason to reject.
        ordered = sorted(self._counted, key=self._rank)
        for position, violation in ordered[:_CONFIRMED_AT_MOST]:
            if position not in self._checked_again and self._check_again(position, violation):
                return

    def _check_again(self, position: int, violation: Violation) -> bool:
        """Run one violation again in a fresh process; tell whether it was seen again."""
        self._checked_again.add(position)
        if not is_seen_again(self.run, violation):
            return False
        self._cases[position] = replace(self._cases[position], confirmed=True)
        return True

    def _shrink(self, search: Callable[[], None], first: Violation) -> None:
        __tracebackhide__ = True
        run = self.run
        for caller in run.callers:
            caller.remember(self._kept.calls.get(caller.role, []))
        if self.min_pass_rate is not None:
            passed, ran = sum(case.candidate for case in self._cases), len(self._cases)
            run.missed_rate = (
                f"holds in {passed} of {ran} cases ({100 * passed / ran:.3g} %); min_pass_rate "
                f"asks for {100 * self.min_pass_rate:.3g} %"
            )
        cases, shared = run.cases, run.shared_violations
        run.cases = 0
        try:
            if self.searches and run.settings.shrink != "off":
                search()
        finally:
            run.cases, run.shared_violations = cases, shared
            run.first_number = self._find_number(run.first or first)
        # The search draws the same inputs again; should it come to another end, the violation
        # that was measured is reported as it is.
        raise Violated(first)

    def _find_number(self, violation: Violation) -> int:
        """Return in which case of the sample a violation was counted, or the first one was."""
        numbers = {found.case.key: found.case_number for _, found in reversed(self._all_counted)}
        return numbers.get(violation.case.key, self._all_counted[0][1].case_number)


def _is_soft(subject: MetamorphicRelation | Property | Law) -> bool:
    return isinstance(subject, Property) and subject.mode == "soft"


def _name_kind(
    subject: MetamorphicRelation | Property | Law,
) -> Literal["relation", "property", "law"]:
    match subject:
        case MetamorphicRelation():
            return "relation"
        case Property():
            return "property"
        case Law():
            return "law"
