"""The search for relations: ideas are tried on a sample, and what holds is put in order."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.suggesting.answers_seen import check_answers, check_repeats
from pytest_metamorphic_guard.suggesting.changes import write_changes
from pytest_metamorphic_guard.suggesting.choosing import Choice
from pytest_metamorphic_guard.suggesting.first_calls import try_grounds
from pytest_metamorphic_guard.suggesting.ground import declare_ideas, name_arguments
from pytest_metamorphic_guard.suggesting.ideas import Subject, Writer
from pytest_metamorphic_guard.suggesting.nothing import NothingToSuggest
from pytest_metamorphic_guard.suggesting.own_checks import write_checks
from pytest_metamorphic_guard.suggesting.reading import read_function
from pytest_metamorphic_guard.suggesting.ready import write_ready
from pytest_metamorphic_guard.suggesting.shapes import Shape, see_shape
from pytest_metamorphic_guard.suggesting.suggestion import Suggestion
from pytest_metamorphic_guard.suggesting.trials import Pretender, answer_at_random, try_entry
from pytest_metamorphic_guard.suggesting.trivial import list_rejected, list_trivial

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_metamorphic_guard.evaluation.evaluation import Evaluation
    from pytest_metamorphic_guard.runner.calling import Caller
    from pytest_metamorphic_guard.suggesting.first_calls import Tried
    from pytest_metamorphic_guard.suggesting.ground import Ground
    from pytest_metamorphic_guard.suggesting.ideas import Idea
    from pytest_metamorphic_guard.suggesting.suggestion import Found
    from pytest_metamorphic_guard.tasks.implementations import Implementation

__all__ = ["search"]

# What unrelated outputs satisfy so often says hardly anything about the function.
_MOST_CHANCE = 0.95
_CHANCE_INPUTS = 100
# Of the sample it must say something on so many, and on so large a share.
_LEAST_HELD = 8
_LEAST_SHARE = 0.1
# A text that has so few values in a sample is a word that chooses, and nothing to change.
_FEWEST_TEXTS = 4
# Of its time a search gives so much to trying ideas; and so much in any case to mutants.
_TRYING_SHARE = 0.55
_MUTANTS_SHARE = 0.2
_INSTEAD = "compare with the baseline, Task(..., agreement=True), or write a law of its domain"


def search(
    evaluation: Evaluation,
    implementation: Implementation,
    grounds: Sequence[Ground],
    *,
    seconds: float,
    progress: Callable[[str], None],
) -> Found:
    """Search for relations that hold of an implementation.

    Args:
        evaluation: The run, which makes the calls.
        implementation: The baseline, with its function named.
        grounds: What suggestions may stand on, the widest inputs first.
        seconds: After so many no other idea is tried, and no other mutant.
        progress: Called with what is being done, in a few words.

    Raises:
        NothingToSuggest: Nothing was found, or nothing can be.
    """
    begun = time.monotonic()
    progress("calling the baseline")
    # A run judges what is in the place of a candidate.
    caller = evaluation.make_caller("candidate", implementation)
    caller.remember([])
    tried = try_grounds(caller, evaluation.settings, grounds)
    check_answers(tried.answers, implementation.specification)
    check_repeats(caller, tried.answers)
    ideas = _list_ideas(implementation, tried)
    if not ideas:
        raise NothingToSuggest(_describe_strange(implementation, tried))
    sieve = _Sieve(evaluation, caller, tried)
    held = sieve.keep_holding(ideas, begun + seconds * _TRYING_SHARE, progress)
    until = max(begun + seconds, time.monotonic() + seconds * _MUTANTS_SHARE)
    on = tried.task, tried.answers.inputs, sieve.confirm, progress, tried.ground.declared
    choice = Choice(evaluation, implementation, *on)
    found = choice.choose(held, until)
    if not found.suggestions:
        raise NothingToSuggest(_describe_nothing(implementation, ideas, sieve.dropped))
    return found._replace(
        ground=tried.ground,
        ideas=len(ideas),
        dropped=dict(sieve.dropped),
        accepted=sieve.list_accepted(found),
        notes=(*tried.ground.notes, *found.notes),
        seconds=time.monotonic() - begun,
    )


class _Sieve:
    """Keeps ideas that hold and say something, and counts the others by reason."""

    def __init__(self, evaluation: Evaluation, caller: Caller, tried: Tried) -> None:
        self.dropped: Counter[str] = Counter()
        self._settings = evaluation.settings
        self._caller = caller
        self._tried = tried
        answer = answer_at_random(tried.answers.outcomes, evaluation.settings.seed)
        self._unrelated = Pretender.like(caller, answer)
        self._trivial = list_trivial(tried.answers)
        self._entries = {entry.name: entry for entry in tried.task.entries}

    def keep_holding(
        self, ideas: Sequence[Idea], until: float, progress: Callable[[str], None]
    ) -> list[Suggestion]:
        """Return the ideas that hold on the sample."""
        held: list[Suggestion] = []
        known: set[str] = set()
        for number, idea in enumerate(ideas):
            if time.monotonic() > until:
                self.dropped["left out for want of time"] += len(ideas) - number
                break
            progress(f"trying {number + 1} of {len(ideas)} ideas")
            if known.intersection(idea.follows):
                known.add(idea.key)
                self.dropped["follow from others"] += 1
                continue
            found = self._try(idea)
            if isinstance(found, str):
                self.dropped[found] += 1
                continue
            known.add(idea.key)
            held.append(found)
        return held

    def confirm(self, one: Suggestion) -> Suggestion | None:
        """Try one on further inputs; None where one of these violates it."""
        entry = self._entries[one.idea.name]
        seen = try_entry(self._tried.task, entry, self._settings, self._caller, self._tried.further)
        if seen.violated or seen.fault:
            self.dropped["violated"] += 1
            return None
        return one._replace(held=one.held + seen.held)

    def list_accepted(self, found: Found) -> tuple[str, ...]:
        """Return the trivial answers that no suggestion rejects."""
        rejected = {said for one in found.suggestions for said in one.rejected}
        return tuple(one.name for one in self._trivial if one.name not in rejected)

    def _try(self, idea: Idea) -> Suggestion | str:
        """Return an idea that holds, or why it is dropped."""
        task, entry, settings = self._tried.task, self._entries[idea.name], self._settings
        sample = self._tried.answers.inputs
        seen = try_entry(task, entry, settings, self._caller, sample)
        if seen.violated or seen.fault:
            return "violated"
        if seen.held < max(_LEAST_HELD, _LEAST_SHARE * len(sample)):
            return "say nothing here"
        few = sample[:_CHANCE_INPUTS]
        chance = try_entry(task, entry, settings, self._unrelated, few, to_end=True)
        if chance.rate >= _MOST_CHANCE:
            return "hold for unrelated outputs too"
        rejected = list_rejected(task, entry, self._tried.answers, self._trivial, settings)
        if not rejected:
            return "hold for trivial answers too"
        return Suggestion(idea, seen.held, chance.rate, rejected=rejected)


def _list_ideas(implementation: Implementation, tried: Tried) -> list[Idea]:
    inputs = tried.answers.inputs
    width = len(inputs[0])
    names = tried.ground.names or tuple(f"argument_{number}" for number in range(1, width + 1))
    reading = read_function(implementation)
    subject = Subject(
        name=tried.task.function,
        parameters=name_arguments(names),
        shapes=tuple(_see_argument([args[index] for args in inputs]) for index in range(width)),
        output=see_shape(tried.answers.returned),
        functions=reading.functions if reading is not None else (),
    )
    writer = Writer(subject)
    for write in (write_ready, write_changes, write_checks):
        write(writer)
    return declare_ideas(writer.ideas, tried.known)


def _see_argument(values: list[Any]) -> Shape:
    shape = see_shape(values)
    if shape.kind == "text" and len(set(values)) <= _FEWEST_TEXTS:
        return Shape("choice")
    return shape


def _describe_strange(implementation: Implementation, tried: Tried) -> str:
    kinds = dict.fromkeys(type(value).__name__ for value in tried.answers.inputs[0])
    return (
        f"{implementation.specification}: no relation is known for what it takes "
        f"({', '.join(kinds)}) and returns: {_INSTEAD}"
    )


def _describe_nothing(
    implementation: Implementation, ideas: Sequence[Idea], dropped: Counter[str]
) -> str:
    counts = ", ".join(f"{count} {reason}" for reason, count in dropped.items())
    return (
        f"{implementation.specification}: none of {len(ideas)} relations is worth a suggestion "
        f"({counts}): {_INSTEAD}"
    )
