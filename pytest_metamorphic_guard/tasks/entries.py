"""One relation, property, law or agreement of a task, with what its item needs."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_metamorphic_guard.tasks.declarations import MetamorphicRelation

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.tasks.declarations import Subject
    from pytest_metamorphic_guard.tasks.locations import Location

__all__ = ["Entry"]


class Entry(NamedTuple):
    """One relation, property, law or agreement of a task, with what its item needs.

    Attributes:
        subject: The declaration.
        function: The user's function: transformation, check or body.
        location: Where it is defined, or None for a function without source.
        examples: Argument tuples that run before any drawn input.
        marks: pytest marks given to the declaration itself.
        variant: The constants of a member of a family, as ids have them; empty for any other.
        constants: Names of parameters of the function that are constants of a family.
        decorated: Declared by a decorator, so that ``@task.example`` can stand above it.
    """

    subject: Subject
    function: Callable[..., Any]
    location: Location | None
    examples: tuple[tuple[Any, ...], ...] = ()
    marks: tuple[Any, ...] = ()
    decorated: bool = False
    variant: str = ""
    constants: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the item."""
        return self.subject.name

    @property
    def members(self) -> tuple[Entry, ...]:
        """One entry per item: those of a family with an item for each, or the entry itself."""
        subject = self.subject
        if not isinstance(subject, MetamorphicRelation) or subject.family is None:
            return (self,)
        if subject.items == "all":
            return (self,)
        return tuple(
            self._replace(subject=member.relation, variant=member.label)
            for member in subject.family.members
        )

    @property
    def summary(self) -> str:
        """The first line of what the user says the entry means, or an empty text."""
        doc = getattr(self.subject, "description", None) or inspect.getdoc(self.function) or ""
        return doc.strip().splitlines()[0].rstrip(".") if doc.strip() else ""
