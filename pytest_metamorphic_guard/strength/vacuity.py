"""Answers that do nothing, tried on the entries of a task without a process.

Relations that such an answer satisfies would also accept an implementation that does nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.outcomes import PluginIdentity, Returned
from pytest_metamorphic_guard.loading import LoadedExecutor
from pytest_metamorphic_guard.runner.agreeing import settle_agreement
from pytest_metamorphic_guard.runner.call_errors import Unusable
from pytest_metamorphic_guard.runner.calling import Caller
from pytest_metamorphic_guard.runner.case_check import evaluate
from pytest_metamorphic_guard.runner.cases import Case, Plan, duplicate
from pytest_metamorphic_guard.runner.followups import applies, find_followups, sees_output
from pytest_metamorphic_guard.runner.functions import find_fixtures
from pytest_metamorphic_guard.runner.skips import allow_assume
from pytest_metamorphic_guard.runner.tuples import gather_sources
from pytest_metamorphic_guard.tasks.declarations import (
    Agreement,
    Law,
    MetamorphicRelation,
    is_soft,
)
from pytest_metamorphic_guard.tasks.implementations import Implementation
from pytest_metamorphic_guard.values.sizes import Allowance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pytest_metamorphic_guard.contracts.outcomes import Outcome
    from pytest_metamorphic_guard.runner.case_results import CaseResult
    from pytest_metamorphic_guard.settings import Settings
    from pytest_metamorphic_guard.strength.trivial_answers import TrivialAnswer
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["find_accepted"]

# All answers are tried on a few inputs, and only what these do not refuse on more.
_FEW = 5
_MANY = 40
# Every entry keeps each of them, and what is made of them.
_MOST_BYTES = 32 << 20
_MOST_ACCEPTED = 2
# Ours, for which nobody has to watch that a call ends.
_IDENTITY = PluginIdentity("executor", "trivial answers", "pytest-metamorphic-guard")


def find_accepted(  # noqa: PLR0913 - what is asked, of what, by whom
    task: Task,
    entries: Iterable[Entry],
    inputs: Sequence[tuple[Any, ...]],
    answers: Iterable[TrivialAnswer],
    *,
    settings: Settings,
    make_baseline: Callable[[Entry], Caller] | None = None,
) -> tuple[TrivialAnswer, ...]:
    """Return the trivial answers that satisfy all of some entries of a task.

    Nothing is called but the checks of the entries, and the baseline for an agreement. Entries that
    fail nothing are left out; with one that cannot be asked nothing is accepted.

    Args:
        task: The task.
        entries: The entries, as items have them.
        inputs: The sample, of which the first forty inputs are tried, or 32 MiB of them.
        answers: What is tried.
        settings: The options under which the sample was drawn.
        make_baseline: Makes what calls the baseline, for an agreement; None where there is none.
    """
    asked = [entry for entry in entries if not is_soft(entry.subject)]
    if not asked or any(find_fixtures(task, entry) for entry in asked):
        return ()
    if make_baseline is None and any(isinstance(e.subject, Agreement) for e in asked):
        return ()
    # What compares with a baseline costs most, and refuses nearly everything the others do not.
    asked.sort(key=lambda entry: isinstance(entry.subject, Agreement))
    sources = _take_first(inputs)
    try:
        asking = [_Asking(task, entry, sources, settings, make_baseline) for entry in asked]
    except Unusable:
        return ()  # what is wrong is said where the entry itself runs
    accepted: list[TrivialAnswer] = []
    for one in answers:
        # One constant says what another one would say.
        if one.is_constant and any(other.is_constant for other in accepted):
            continue
        if len(accepted) == _MOST_ACCEPTED:
            break
        if all(each.accepts(one, number) for number in (_FEW, _MANY) for each in asking):
            accepted.append(one)
    return tuple(accepted)


def _take_first(inputs: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the first inputs, and no more than fit beside everything else in memory."""
    room = Allowance(_MOST_BYTES)
    taken: list[tuple[Any, ...]] = []
    for number in range(min(_MANY, len(inputs))):
        one = inputs[number]
        if not room.take(one) and taken:
            break
        taken.append(one)
    return taken


class _Nobody:
    """The executor of what is never called."""

    def execute(self, *_: Any) -> dict[str, Any]:
        raise AssertionError("trivial answers need no call")


class _TrivialCaller(Caller):
    """Gives trivial answers in the place of calls."""

    __slots__ = ("trivial",)
    trivial: TrivialAnswer

    def call(
        self,
        args: tuple[Any, ...],
        *,
        by_position: bool = False,  # noqa: ARG002 - every argument is where it is
        case: Case | None = None,  # noqa: ARG002
    ) -> Outcome:
        # Whoever changes what came back must not change what comes back next.
        return Returned(value=duplicate((self.trivial.answer(args),))[0])


class _Asking:
    """One entry, with cases whose follow-ups are made once for all answers."""

    def __init__(
        self,
        task: Task,
        entry: Entry,
        sources: Sequence[tuple[Any, ...]],
        settings: Settings,
        make_baseline: Callable[[Entry], Caller] | None,
    ) -> None:
        self._task, self._entry, self._settings = task, entry, settings
        self._baseline: Caller | None = None
        if isinstance(entry.subject, Agreement) and make_baseline is not None:
            self._baseline = make_baseline(entry)
            self._baseline.remember([])
        gathered = gather_sources(task, entry, settings, sources).sources
        # Of the sample itself, so that what is known of its inputs is not called for again.
        self._cases = [
            Case(one, f"sample {number}" if len(one) == 1 else None)
            for number, one in enumerate(gathered)
        ]
        rate = entry.subject.min_pass_rate
        self._least = task.min_pass_rate if rate is None else rate

    def accepts(self, trivial: TrivialAnswer, most: int) -> bool:
        """Tell whether the entry holds for an answer on so many cases, and on one at least."""
        subject = self._entry.subject
        if isinstance(subject, MetamorphicRelation) and subject.expectation.takes_repeats:
            # It looks at the spread of answers to one input, and these have none.
            return trivial.is_constant
        cases = violated = 0
        try:
            for held in self._list_held(_make_caller(self._task, trivial), most):
                cases += 1
                violated += not held
                if violated and self._least is None:
                    return False
        except Exception:  # noqa: BLE001 - an entry that chokes on an answer does not accept it
            return False
        except Unusable:
            return False
        allowed = 0.0 if self._least is None else (1 - self._least) * cases
        return cases > 0 and violated <= allowed

    def _list_held(self, caller: Caller, most: int) -> Iterator[bool]:
        is_relation = isinstance(self._entry.subject, MetamorphicRelation)
        with allow_assume():
            for case in self._cases[:most]:
                if case.plan is None:
                    case.plan = self._plan(case)
                followups: Any = case.plan.followups
                if sees_output(self._entry):
                    followups = find_followups(self._task, self._entry, case, self._settings.seed)
                if not case.plan.applies or (is_relation and not followups):
                    continue
                result = self._evaluate(case, followups, caller)
                if result.skip is None:
                    yield result.held

    def _evaluate(self, case: Case, followups: Any, caller: Caller) -> CaseResult:
        task, entry = self._task, self._entry
        wants_rng = isinstance(entry.subject, Law) and entry.subject.wants_rng
        given = {"rng": case.make_rng(self._settings.seed, entry.name)} if wants_rng else {}
        result = evaluate(task, entry, case, followups, caller, given)
        if self._baseline is None:
            return result
        before = evaluate(task, entry, case, followups, self._baseline, given)
        return settle_agreement(task, entry, {"candidate": result, "baseline": before})["candidate"]

    def _plan(self, case: Case) -> Plan:
        if not applies(self._task, self._entry, case):
            return Plan(applies=False)
        followups = find_followups(self._task, self._entry, case, self._settings.seed)
        return Plan(applies=True, followups=() if callable(followups) else followups)


def _make_caller(task: Task, trivial: TrivialAnswer) -> Caller:
    caller = _TrivialCaller(
        role="candidate",
        implementation=Implementation("trivial", "answer", trivial.name),
        loaded=LoadedExecutor(_IDENTITY, _Nobody()),
        timeout_s=1.0,
        mem_mb=0,
    )
    caller.trivial = trivial
    caller.answers = task.raises
    return caller
