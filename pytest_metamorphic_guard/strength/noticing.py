"""The entries of a task, each ready to say of one mutant after another whether it notices it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.outcomes import Returned
from pytest_metamorphic_guard.contracts.strengths import WAYS
from pytest_metamorphic_guard.contracts.titles import name_variant
from pytest_metamorphic_guard.runner.call_errors import Unusable
from pytest_metamorphic_guard.runner.cases import Case, Plan
from pytest_metamorphic_guard.runner.endings import is_cut_off
from pytest_metamorphic_guard.runner.examples import try_case
from pytest_metamorphic_guard.runner.followups import applies, find_followups, sees_output
from pytest_metamorphic_guard.runner.skips import allow_assume
from pytest_metamorphic_guard.tasks.agreement import Agreement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_metamorphic_guard.contracts.outcomes import Outcome
    from pytest_metamorphic_guard.contracts.strengths import Kill
    from pytest_metamorphic_guard.runner.calling import Caller
    from pytest_metamorphic_guard.runner.case_results import CaseResult
    from pytest_metamorphic_guard.runner.run import Run
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.implementations import Implementation
    from pytest_metamorphic_guard.tasks.task import Task

    # Makes the run of an entry, of a candidate and a baseline.
    MakeRun = Callable[[Task, Entry, Implementation, Implementation | None], Run]

__all__ = ["Judge", "MakeRun", "Pace"]

# A call of a mutant gets so many times as long as the original's slowest, a mutant so many times as
# long as the original took as a whole, and so many seconds more.
_TIMES_AS_LONG = 10
_ALL_TIMES_AS_LONG = 5
_CALL_MORE_S = 1.0
_ALL_MORE_S = 5.0
# After an exception so many further inputs are looked at for one on which more is noticed.
_LOOKED_ON = 20


@dataclass(slots=True)
class Pace:
    """How long the original takes.

    Attributes:
        slowest_s: Seconds of its slowest call.
        all_s: Seconds of everything that was asked of it.
    """

    slowest_s: float = 0.0
    all_s: float = 0.0

    def observe(self, _: Caller, outcome: Outcome) -> None:
        """Take note of a call."""
        self.slowest_s = max(self.slowest_s, outcome.duration_ms / 1000)

    @property
    def call_limit_s(self) -> float:
        """Seconds that one call of a mutant may take."""
        return self.slowest_s * _TIMES_AS_LONG + _CALL_MORE_S

    @property
    def limit_s(self) -> float:
        """Seconds that one mutant may take."""
        return self.all_s * _ALL_TIMES_AS_LONG + _ALL_MORE_S


@dataclass(slots=True)
class Judge:
    """One entry, with the source inputs of its cases.

    Attributes:
        task: The task.
        entry: The entry.
        sources: The source inputs of every case.
        original: What mutants are made of.
        make_run: Makes a run of the entry.
        min_pass_rate: Share of the cases that must hold; None for all.
        cases: The cases, once the original has run.
    """

    task: Task
    entry: Entry
    sources: Sequence[tuple[tuple[Any, ...], ...]]
    original: Implementation
    make_run: MakeRun
    min_pass_rate: float | None = None
    cases: list[Case] = field(default_factory=list)
    _answers: Caller | None = None

    @property
    def label(self) -> str:
        """The entry's name among the items of its task."""
        return name_variant(self.entry.name, self.entry.variant)

    def watch_original(self, pace: Pace) -> str:
        """Run the original; return why the entry cannot judge its mutants, or nothing.

        Raises:
            Unusable: The original cannot be called, or the entry is wrong.
        """
        begun = time.monotonic()
        run = self._begin(self.original)
        if run.baseline is not None:
            # Every mutant is compared with the same answers.
            run.baseline.remember([])
            self._answers = run.baseline
        # Entries share the answers to the same input.
        shares = len(self.sources[0]) == 1 if self.sources else False
        self.cases = [
            Case(sources, f"strength {number}" if shares else None)
            for number, sources in enumerate(self.sources)
        ]
        for caller in run.callers:
            caller.observe = pace.observe
        violated = 0
        for case in self.cases:
            if run.candidate.packs and not sees_output(self.entry):
                case.plan = _plan(run, case)
            result = self._try(run, case)
            violated += result is not None and not result.held
        pace.all_s += time.monotonic() - begun
        if not run.cases:
            return "it applies to no input of the sample"
        if self._is_violated(violated, run.cases):
            return f"the original itself violates it, on {violated} of {run.cases} inputs"
        return ""

    def find_kill(
        self, mutant: Implementation, prepare: Callable[[Caller], None], deadline: float
    ) -> Kill | None:
        """Return how the entry notices a mutant; None where it does not.

        An entry that must hold for every input ends with the first that it notices. Only after an
        exception some more are tried, for what it says itself to be violated as well.

        Args:
            mutant: The mutant.
            prepare: Sets the limits of what calls it.
            deadline: `time.monotonic` at which it has taken too long as a whole.
        """
        ways: list[Kill] = []
        left = len(self.cases)
        try:
            run = self._begin(mutant)
            prepare(run.candidate)
            for case in self.cases:
                if left == 0 or time.monotonic() > deadline:
                    break
                left -= 1
                result = self._try(run, case)
                if result is None or result.held:
                    continue
                ways.append(_find_way(result))
                if self.min_pass_rate is not None:
                    continue
                if ways[-1] != "exception":
                    return "exception" if "exception" in ways and ways[-1] == "limit" else ways[-1]
                left = min(left, _LOOKED_ON)
        except Unusable:
            # It cannot be imported, or what it returned is nothing that the entry can judge.
            return "exception"
        if time.monotonic() > deadline and not ways:
            return "limit"
        if self.min_pass_rate is not None and not self._is_violated(len(ways), run.cases):
            return None
        return next((way for way in WAYS if way in ways), None)

    def list_differences(
        self, mutant: Implementation, prepare: Callable[[Caller], None]
    ) -> list[tuple[Case, CaseResult, CaseResult]]:
        """Return the cases that an agreement does not hold for, with the results of both."""
        run = self._begin(mutant)
        prepare(run.candidate)
        found = []
        for case in self.cases:
            with allow_assume():
                results = try_case(run, case)
            if results is not None and results[1] is not None and not results[0].held:
                found.append((case, results[0], results[1]))
        return found

    def _begin(self, candidate: Implementation) -> Run:
        compared = self.original if isinstance(self.entry.subject, Agreement) else None
        run = self.make_run(self.task, self.entry, candidate, compared)
        if self._answers is not None:
            run.baseline = self._answers
        return run

    def _try(self, run: Run, case: Case) -> CaseResult | None:
        with allow_assume():
            results = try_case(run, case)
        return None if results is None else results[0]

    def _is_violated(self, violated: int, cases: int) -> bool:
        if self.min_pass_rate is None:
            return violated > 0
        return cases - violated < self.min_pass_rate * cases


def _plan(run: Run, case: Case) -> Plan:
    """Return what is known of a case before its calls, the same for every mutant."""
    if not applies(run.task, run.entry, case):
        return Plan(applies=False)
    followups = find_followups(run.task, run.entry, case, run.settings.seed)
    assert not callable(followups)  # the caller asked
    return Plan(applies=True, followups=followups)


def _find_way(result: CaseResult) -> Kill:
    ends = [execution.outcome for execution in result.executions]
    if any(is_cut_off(end) or _is_out_of_memory(end) for end in ends):
        return "limit"
    fault = result.fault
    if fault is not None and fault.kind == "execution":
        return "exception"
    if fault is not None and fault.kind == "agreement" and not isinstance(ends[0], Returned):
        return "exception"
    return "relation"


def _is_out_of_memory(outcome: Outcome) -> bool:
    return not isinstance(outcome, Returned) and outcome.error_type == "memory"
