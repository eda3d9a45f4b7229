"""Answers that do nothing, and what of them an entry rejects."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.strength.trivial_answers import list_answers
from pytest_metamorphic_guard.strength.vacuity import find_accepted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.settings import Settings
    from pytest_metamorphic_guard.strength.trivial_answers import TrivialAnswer
    from pytest_metamorphic_guard.suggesting.answers_seen import Answers
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["list_rejected", "list_trivial"]


def list_trivial(answers: Answers) -> list[TrivialAnswer]:
    """Return answers that do nothing; constants are what the function returned most often."""
    texts = [repr(value) for value in answers.returned]
    values = dict(zip(texts, answers.returned, strict=True))
    common = [values[text] for text, _ in Counter(texts).most_common()]
    return list_answers(answers.inputs, common)


def list_rejected(
    task: Task,
    entry: Entry,
    answers: Answers,
    trivial: Sequence[TrivialAnswer],
    settings: Settings,
) -> tuple[str, ...]:
    """Return the names of trivial answers that violate an entry."""
    return tuple(
        one.name
        for one in trivial
        if not find_accepted(task, [entry], answers.inputs, [one], settings=settings)
    )
