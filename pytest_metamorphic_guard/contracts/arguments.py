"""Arguments that say more than a tuple can: some by name, or what is to become of them."""

from __future__ import annotations

from typing import Any, NamedTuple, Self

__all__ = [
    "ARGUMENTS_KEY",
    "Call",
    "DirectedArguments",
    "Directions",
    "WatchedArguments",
    "make_raised",
    "make_returned",
]

# The payload's key for a list of the arguments as the call has left them.
ARGUMENTS_KEY = "arguments"


class WatchedArguments(tuple[object, ...]):  # noqa: SLOT001 - a tuple's subclass can have none
    """Arguments that a payload is to bring back as the call has left them, where it returned."""


class Call(tuple[Any, ...]):  # noqa: SLOT001 - as above
    """The arguments of one call, some of them by name: ``Call(3, key="a")``.

    It stands wherever a tuple of arguments does: among inputs, as what a transformation returns, as
    the arguments of a step. As a tuple it has all values, those with names last and in the order in
    which they were written; relations, checks and laws receive them so.

    Attributes:
        keywords: The names of the last values.
    """

    keywords: tuple[str, ...]

    def __new__(cls, *args: Any, **named: Any) -> Self:
        """Take the arguments as a function takes them."""
        made = super().__new__(cls, (*args, *named.values()))
        made.keywords = tuple(named)
        return made

    @classmethod
    def of(cls, values: tuple[Any, ...], keywords: tuple[str, ...]) -> Self:
        """Return the call with all of these values, of which the last have these names."""
        count = len(values) - len(keywords)
        return cls(*values[:count], **dict(zip(keywords, values[count:], strict=True)))

    @property
    def args(self) -> tuple[Any, ...]:
        """The values without names."""
        return tuple(self)[: len(self) - len(self.keywords)]

    @property
    def named(self) -> dict[str, Any]:
        """The values with names, by these."""
        return dict(zip(self.keywords, tuple(self)[len(self.args) :], strict=True))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).of, (tuple(self), self.keywords)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Call) and self.keywords != other.keywords:
            return False
        return super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = tuple.__hash__

    def __repr__(self) -> str:
        named = (f"{name}={value!r}" for name, value in self.named.items())
        return f"Call({', '.join((*map(repr, self.args), *named))})"


class Directions(NamedTuple):
    """What is to be done with arguments besides a plain call.

    Attributes:
        keywords: The names of the last arguments.
        construct: With what the object is made whose method is called: its arguments, and those by
            name; None for none.
        most_items: How many items of an iterator are taken; None for as many as the executor says.
        steps: Whether the last argument is a list of steps: of each the name of a method, its
            arguments, and those by name. All of them are done on one object.
        watches: Whether arguments are to come back, as for `WatchedArguments`.
        by_state: Whether objects in a result are sent as records of their attributes.
    """

    keywords: tuple[str, ...] = ()
    construct: tuple[tuple[Any, ...], dict[str, Any]] | None = None
    most_items: int | None = None
    steps: bool = False
    watches: bool = False
    by_state: bool = False


class DirectedArguments(tuple[Any, ...]):  # noqa: SLOT001 - as above
    """Arguments with which something else is to be done than to call a function by position.

    Attributes:
        directions: What that is.
    """

    directions: Directions

    @classmethod
    def of(cls, values: tuple[Any, ...], directions: Directions) -> Self:
        """Return these arguments with directions."""
        made = cls(values)
        made.directions = directions
        return made


def make_returned(value: object, *, read: bool = False) -> dict[str, Any]:
    """Return the answer of a step that returned, as the result of a payload has it.

    Args:
        value: What it returned.
        read: It is no method, and was read.
    """
    return {"value": value, "read": True} if read else {"value": value}


def make_raised(name: str, message: str, bases: list[str]) -> dict[str, Any]:
    """Return the answer of a step that raised; ``name`` and ``bases`` are names of classes."""
    return {"exception_type": name, "error": message, "exception_bases": bases}
