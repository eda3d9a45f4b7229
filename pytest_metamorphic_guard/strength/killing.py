"""Mutants against the entries of a task: which entry notices which, and what is lost on them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.outcomes import Outcome, Returned
from pytest_metamorphic_guard.contracts.strengths import EntryStrength, TriedMutant
from pytest_metamorphic_guard.contracts.texts import clean_line
from pytest_metamorphic_guard.errors import ImplementationError, TaskError
from pytest_metamorphic_guard.runner.call_errors import Unusable
from pytest_metamorphic_guard.runner.cases import show_input
from pytest_metamorphic_guard.runner.functions import find_fixtures
from pytest_metamorphic_guard.runner.known_outcomes import SharedOutcomes
from pytest_metamorphic_guard.runner.tuples import gather_sources
from pytest_metamorphic_guard.strength.noticing import Judge, Pace
from pytest_metamorphic_guard.tasks.agreement import Agreement, agree
from pytest_metamorphic_guard.tasks.declarations import is_soft, makes_noise
from pytest_metamorphic_guard.tasks.entries import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pytest_metamorphic_guard.contracts.strengths import Kill
    from pytest_metamorphic_guard.runner.calling import Caller
    from pytest_metamorphic_guard.settings import Settings
    from pytest_metamorphic_guard.strength.mutants import Mutant
    from pytest_metamorphic_guard.strength.noticing import MakeRun
    from pytest_metamorphic_guard.strength.planting import Bed
    from pytest_metamorphic_guard.tasks.implementations import Implementation
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["Trial", "count_kills", "try_mutants"]

_SHOWN = 60


class Trial:
    """The entries of a task that can judge mutants of an implementation.

    The original runs first: its answers are what survivors are compared with, its time is what the
    limits of mutants come from, and an entry that it violates itself is left out.

    Args:
        task: The task.
        entries: The entries that judge, as items have them, see `Entry.members`.
        inputs: The sample: argument tuples.
        original: A copy of the original, as `Bed.plant` makes it.
        make_run: Makes the run of an entry, as `Evaluation.make_run` does.
        settings: The options under which the sample was drawn.

    Attributes:
        judges: The entries that judge.
        left_out: The others, a sentence for each.

    Raises:
        ImplementationError: The original cannot be called where its mutants are.
    """

    def __init__(  # noqa: PLR0913 - all of it makes a trial
        self,
        task: Task,
        entries: Iterable[Entry],
        inputs: Sequence[tuple[Any, ...]],
        *,
        original: Implementation,
        make_run: MakeRun,
        settings: Settings,
    ) -> None:
        self.task = task
        self.judges: list[Judge] = []
        self.left_out: list[str] = []
        self._pace = Pace()
        self._comparing: Judge | None = None
        for entry in entries:
            rate = entry.subject.min_pass_rate
            rate = task.min_pass_rate if rate is None else rate
            judge = Judge(task, entry, [], original, make_run, rate)
            reason = _find_unfit(task, entry)
            if not reason:
                judge.sources = gather_sources(task, entry, settings, inputs).sources
                reason = self._watch(judge)
            if reason:
                self.left_out.append(f"{judge.label} is left out: {reason}")
            else:
                self.judges.append(judge)
        self._compare(inputs, original, make_run)

    def try_mutant(self, mutant: Mutant, planted: Implementation) -> TriedMutant:
        """Run one mutant against every entry, and against the original where none notices it.

        Args:
            mutant: The mutant.
            planted: The same as a file, see `Bed.plant`.
        """
        shared = SharedOutcomes()

        def prepare(caller: Caller) -> None:
            caller.timeout_s = min(caller.timeout_s, self._pace.call_limit_s)
            if caller.shared is not None:
                caller.shared = shared

        kills: dict[str, Kill] = {}
        deadline = time.monotonic() + self._pace.limit_s
        for judge in self.judges:
            kill = judge.find_kill(planted, prepare, deadline)
            if kill is not None:
                kills[judge.label] = kill
        said = {"line": mutant.line, "kind": mutant.kind, "diff": mutant.diff}
        if kills or self._comparing is None:
            return TriedMutant(**said, kills=kills)  # type: ignore[arg-type]  # as named above
        try:
            found = self._comparing.list_differences(planted, prepare)
        except Unusable:
            return TriedMutant(**said)  # type: ignore[arg-type]
        if not found:
            return TriedMutant(**said, differs=0)  # type: ignore[arg-type]
        case, after, before = min(found, key=lambda one: one[0].size)
        ends = before.sources[0].outcome, after.sources[0].outcome
        return TriedMutant(
            **said,  # type: ignore[arg-type]
            differs=len(found),
            example=show_input(case.sources),
            said=f"original {_say(ends[0])}, mutant {_say(ends[1])}",
        )

    def _watch(self, judge: Judge) -> str:
        try:
            return judge.watch_original(self._pace)
        except Unusable as unusable:
            if isinstance(unusable.error, TaskError):
                return clean_line("; ".join(unusable.error.faults))
            said = f"cannot be changed: a copy of it in a temporary folder fails: {unusable.error}"
            raise ImplementationError(
                judge.original.specification, clean_line(" ".join(said.split()))
            ) from None

    def _compare(
        self, inputs: Sequence[tuple[Any, ...]], original: Implementation, make_run: MakeRun
    ) -> None:
        """Prepare to compare survivors with the original, which has to do the same twice."""
        task = self.task
        agreement = Agreement(
            "same",
            compare_arguments=task.compare_arguments,
            compare_messages=task.compare_messages,
        )
        sources = [(source,) for source in inputs]
        judge = Judge(task, Entry(agreement, agree, None), sources, original, make_run)
        reason = self._watch(judge)
        if reason:
            said = "the original does not do the same twice, so nobody knows what survivors change"
            self.left_out.append(said if "violates" in reason else f"survivors: {reason}")
        else:
            self._comparing = judge


def try_mutants(
    trial: Trial,
    bed: Bed,
    mutants: Sequence[Mutant],
    *,
    may_go_on: Callable[[], bool] = lambda: True,
    progress: Callable[[int], None] | None = None,
) -> list[TriedMutant]:
    """Run mutants one after the other; each is a file while it runs.

    Args:
        trial: The entries that judge.
        bed: Where the mutants are put.
        mutants: The mutants.
        may_go_on: Asked before each mutant: whether there is time for it.
        progress: Called with the number of mutants done.

    Returns:
        What became of each, in their order; fewer than were given where time was out.
    """
    tried: list[TriedMutant] = []
    for mutant in mutants:
        if not may_go_on():
            break
        planted = bed.plant(mutant.text)
        try:
            tried.append(trial.try_mutant(mutant, planted))
        finally:
            bed.remove(planted)
        if progress is not None:
            progress(len(tried))
    return tried


def count_kills(labels: Iterable[str], tried: Sequence[TriedMutant]) -> tuple[EntryStrength, ...]:
    """Return what each entry noticed, in the order given."""
    return tuple(
        EntryStrength(
            entry=label,
            kills=sum(label in one.kills for one in tried),
            relation=sum(one.kills.get(label) == "relation" for one in tried),
            alone=sum(set(one.kills) == {label} for one in tried),
        )
        for label in labels
    )


def _find_unfit(task: Task, entry: Entry) -> str:
    """Return why an entry notices nothing by what it is, or nothing."""
    if is_soft(entry.subject):
        return "it is soft, and fails nothing"
    if makes_noise(entry.subject):
        return "it weighs its violations against repeats"
    wanted = find_fixtures(task, entry)
    if wanted:
        return f"it asks for the pytest fixtures {', '.join(wanted)}"
    return ""


def _say(outcome: Outcome) -> str:
    if isinstance(outcome, Returned):
        try:
            text = " ".join(repr(outcome.value).split())
        except Exception:  # noqa: BLE001 - a stranger's class may refuse in any way
            text = f"a {type(outcome.value).__name__}"
    else:
        text = f"raises {outcome.payload.get('exception_type') or outcome.error_type}"
    return clean_line(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")
