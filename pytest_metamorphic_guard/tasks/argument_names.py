"""Declarations that name an argument of a task's inputs: its place is known when they are added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.errors import suggest
from pytest_metamorphic_guard.tasks.declarations import MetamorphicRelation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_metamorphic_guard.tasks.declarations import Subject

__all__ = ["find_place", "wait_for_names"]

_WAITING = "_mg_named_argument"


def wait_for_names(
    argument: str | int | None, make: Callable[[int | None], MetamorphicRelation]
) -> MetamorphicRelation:
    """Return a relation about an argument, which may be given by its name.

    Args:
        argument: Its position, or its name; None for none.
        make: Makes the relation of the position.
    """
    if not isinstance(argument, str):
        return make(argument)
    relation = make(0)
    vars(relation.transform)[_WAITING] = (argument, make)
    return relation


def find_place(subject: Subject, names: Sequence[str] | None) -> tuple[Subject, list[str]]:
    """Return a declaration with the place of the argument that it names, or what is wrong with it.

    Args:
        subject: The declaration.
        names: The names of the task's inputs; None where they have none.
    """
    if not isinstance(subject, MetamorphicRelation):
        return subject, []
    waiting = getattr(subject.transform, _WAITING, None)
    if waiting is None:
        return subject, []
    argument, make = waiting
    said = f"{subject.name!r} is about the argument {argument!r}"
    if names is None:
        return subject, [
            f"{said}, and the inputs have no names: give its position, or inputs={{name: strategy}}"
        ]
    if argument not in names:
        known = ", ".join(names)
        return subject, [f"{said}, the inputs are {known}{suggest(argument, names)}"]
    return make(names.index(argument)), []
