"""Which of the relations that hold are suggested: those that notice mutants no other notices."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.texts import clean_line
from pytest_metamorphic_guard.errors import ImplementationError, TaskError
from pytest_metamorphic_guard.strength.killing import Trial, try_mutants
from pytest_metamorphic_guard.strength.mutants import draw_mutants
from pytest_metamorphic_guard.strength.planting import Bed
from pytest_metamorphic_guard.suggesting.ground import Ground
from pytest_metamorphic_guard.suggesting.suggestion import Found
from pytest_metamorphic_guard.tasks.agreement import Agreement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_metamorphic_guard.contracts.strengths import TriedMutant
    from pytest_metamorphic_guard.evaluation.evaluation import Evaluation
    from pytest_metamorphic_guard.strength.mutants import Mutant
    from pytest_metamorphic_guard.suggesting.suggestion import Suggestion
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.implementations import Implementation
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["Choice"]

_MOST_SUGGESTED = 10
_MOST_JUDGING = 14
_MOST_MUTANTS = 40
_MOST_SURVIVORS = 3
_INPUTS = 60
_NOWHERE = Ground("", "", "", "")


@dataclass(frozen=True, slots=True)
class Choice:
    """Puts relations that hold in order, and leaves out those that add nothing.

    Attributes:
        evaluation: The run, which makes the calls.
        implementation: What mutants are made of.
        task: The task to which the relations are declared.
        inputs: The sample.
        confirm: Tries one on further inputs; returns it with their number, or None where one
            violates it.
        progress: Called with what is being done, in a few words.
        declared: The user's own task, whose entries need nobody to notice what they notice.
    """

    evaluation: Evaluation
    implementation: Implementation
    task: Task
    inputs: Sequence[tuple[Any, ...]]
    confirm: Callable[[Suggestion], Suggestion | None]
    progress: Callable[[str], None]
    declared: Task | None = None

    def choose(self, held: Sequence[Suggestion], until: float) -> Found:
        """Return what is suggested of relations that hold, without the ground.

        Args:
            held: The relations.
            until: `time.monotonic` at which no other mutant is begun.
        """
        judging = _take_rarest(held)
        begun = time.monotonic()
        tried, known, notes = self._try_mutants(judging, until) if judging else ([], [], ())
        found = Found(
            _NOWHERE,
            self.implementation.specification,
            (),
            notes=notes,
            mutant_seconds=time.monotonic() - begun,
        )
        waiting = list(judging)
        # Two changes of one line may read the same.
        before = {id(one) for one in known}
        beyond = [one for one in tried if id(one) not in before]
        chosen = (
            self._choose_greedily(waiting, tried, beyond)
            if tried
            else self._confirm_rarest(waiting)
        )
        names = {one.idea.name for one in chosen}
        noticed = [one for one in tried if names & one.kills.keys()]
        left = [one for one in tried if one not in noticed and one.differs]
        return found._replace(
            suggestions=chosen,
            # Those that further inputs violate are waiting no more.
            spare=tuple(one.idea.name for one in waiting),
            untried=tuple(one.idea.name for one in held if one not in judging),
            mutants=len(tried),
            killed=len(noticed),
            differing=len(left),
            survivors=tuple(_describe(one) for one in left[:_MOST_SURVIVORS]),
        )

    def _try_mutants(
        self, judging: Sequence[Suggestion], until: float
    ) -> tuple[list[TriedMutant], list[TriedMutant], tuple[str, ...]]:
        """Return what became of mutants, those that are noticed already, and what to know of it."""
        names = {one.idea.name for one in judging}
        entries = [entry for entry in self.task.entries if entry.name in names]
        own = [] if self.declared is None else _list_own(self.declared)
        try:
            drawn = draw_mutants(
                self.implementation, limit=_MOST_MUTANTS, seed=self.evaluation.settings.seed
            )
            with Bed(self.implementation) as bed:
                self.progress("preparing mutants")
                middle = (time.monotonic() + until) / 2
                first = self._judge(self.declared, own, bed, drawn.mutants, middle) if own else []
                tried = self._judge(self.task, entries, bed, drawn.mutants, until)
        except ImplementationError as error:
            is_method = "." in (self.implementation.function or "")
            why = "a method has none" if is_method else error.fault
            return [], [], (f"In the order of chance, without mutants: {why}",)
        known = [one for one, before in zip(tried, first, strict=False) if before.kills]
        total = len(drawn.mutants)
        left = total - len(tried)
        notes = [f"{left} of {total} mutants were left out for want of time"] if left else []
        if own and self.declared is not None:
            notes.append(
                f"The entries of the task {self.declared.name!r} notice {len(known)} of "
                f"{len(tried)} small changes already: new is what is noticed beyond those"
            )
        return tried, known, tuple(notes)

    def _judge(
        self,
        task: Task | None,
        entries: Sequence[Entry],
        bed: Bed,
        mutants: Sequence[Mutant],
        until: float,
    ) -> list[TriedMutant]:
        assert task is not None  # whose entries they are
        settings = self.evaluation.settings
        trial = Trial(
            task,
            entries,
            list(self.inputs[:_INPUTS]),
            original=bed.plant(),
            make_run=self.evaluation.make_run,
            settings=settings,
        )
        return try_mutants(
            trial,
            bed,
            mutants,
            may_go_on=lambda: time.monotonic() < until,
            progress=lambda done: self.progress(f"tried {done} of {len(mutants)} mutants"),
        )

    def _choose_greedily(
        self,
        waiting: list[Suggestion],
        tried: Sequence[TriedMutant],
        beyond: Sequence[TriedMutant],
    ) -> tuple[Suggestion, ...]:
        """Take again and again what notices most of what is not noticed yet; others stay.

        What a relation says itself counts before an exception that any call would meet; once no
        mutant is left that one notices, trivial answers that are rejected count.
        """
        left = list(beyond)
        accepted = {said for one in waiting for said in one.rejected}
        chosen: list[Suggestion] = []
        while waiting and len(chosen) < _MOST_SUGGESTED:
            weights = [_weigh(one, left, accepted) for one in waiting]
            place = max(range(len(waiting)), key=weights.__getitem__)
            if not any(weights[place]):
                break
            found = waiting.pop(place)
            best = self.confirm(found)
            if best is None:
                continue
            name = best.idea.name
            chosen.append(
                best._replace(
                    kills=sum(name in mutant.kills for mutant in tried),
                    new=sum(name in mutant.kills for mutant in left),
                    rejected=tuple(said for said in best.rejected if said in accepted),
                )
            )
            left = [mutant for mutant in left if name not in mutant.kills]
            accepted.difference_update(best.rejected)
        return tuple(chosen)

    def _confirm_rarest(self, waiting: list[Suggestion]) -> tuple[Suggestion, ...]:
        chosen: list[Suggestion] = []
        while waiting and len(chosen) < _MOST_SUGGESTED:
            best = self.confirm(waiting.pop(0))
            chosen += [] if best is None else [best]
        return tuple(chosen)


def _list_own(task: Task) -> list[Entry]:
    """Return the entries of a user's task; an agreement notices whatever a baseline shows."""
    try:
        entries = [one for one in task.entries if not isinstance(one.subject, Agreement)]
    except TaskError:  # it has none yet
        return []
    return [member for entry in entries for member in entry.members]


def _weigh(
    one: Suggestion, left: Sequence[TriedMutant], accepted: set[str]
) -> tuple[int, int, int]:
    """Return what one adds: mutants that it notices itself, those in any way, trivial answers."""
    new = [mutant.kills[one.idea.name] for mutant in left if one.idea.name in mutant.kills]
    return new.count("relation"), len(new), len(accepted.intersection(one.rejected))


def _take_rarest(held: Sequence[Suggestion]) -> list[Suggestion]:
    """Return those that unrelated outputs satisfy least, in the order given where they are alike.

    Where many hold, no more than these are run against mutants, and after them the rarest that
    reject what these would all accept of an implementation that does nothing.
    """
    order = {"catalogue": 0, "template": 0, "check": 1, "change": 2}
    ranked = sorted(held, key=lambda one: (round(one.chance, 1), order[one.idea.origin]))
    taken = ranked[:_MOST_JUDGING]
    accepted = {said for one in held for said in one.rejected}
    accepted.difference_update(*(one.rejected for one in taken))
    for one in ranked[_MOST_JUDGING:]:
        if accepted.intersection(one.rejected):
            taken.append(one)
            accepted.difference_update(one.rejected)
    return taken


def _describe(mutant: TriedMutant) -> str:
    lines = [clean_line(line, 200) for line in mutant.diff.splitlines()[:2]]
    return "\n".join((f"line {mutant.line}", *(f"  {line}" for line in lines)))
