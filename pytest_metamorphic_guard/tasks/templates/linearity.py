"""Sums and multiples of inputs, and what they do to outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pytest_metamorphic_guard.errors import TaskError
from pytest_metamorphic_guard.relations import expectations
from pytest_metamorphic_guard.relations.arithmetic import add, scale, shift
from pytest_metamorphic_guard.relations.holes import scaled, sum_of_sources
from pytest_metamorphic_guard.tasks.argument_names import wait_for_names
from pytest_metamorphic_guard.tasks.declarations import MetamorphicRelation
from pytest_metamorphic_guard.tasks.templates.filling import Words, replace_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Unpack

__all__ = ["additive", "homogeneous", "monotone"]


def additive(**words: Unpack[Words]) -> MetamorphicRelation:
    """The output of a sum is the sum of the outputs: f(x + y) is f(x) + f(y).

    Lists are summed element by element; inputs that have no sum are skipped.

    Args:
        words: ``name``, ``precondition``, ``min_pass_rate``.
    """

    def join(one: tuple[Any, ...], other: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
        try:
            made = tuple(map(add, one, other))
        except TypeError:
            return
        yield made

    settled: Any = {
        "name": "additive",
        "description": "The output of a sum is the sum of the outputs: f(x + y) is f(x) + f(y)",
        **words,
    }
    return MetamorphicRelation(transform=join, expect=sum_of_sources, sources=2, **settled)


def homogeneous(
    c: Any, *, degree: int = 1, argument: int | str | None = None, **words: Unpack[Words]
) -> MetamorphicRelation:
    """The output of a multiple is a multiple of the output: f(c x) is c f(x).

    Args:
        c: The factor.
        degree: The output is multiplied by ``c ** degree``.
        argument: Position of the argument that is multiplied, or its name where the inputs have
            names; None for all of them.
        words: ``name``, ``precondition``, ``min_pass_rate``.
    """
    settled: Any = {
        "name": f"homogeneous_{c}",
        "description": f"{c} times the input gives {c**degree} times the output",
        **words,
    }

    def make(place: int | None) -> MetamorphicRelation:
        def multiply(*inputs: Any) -> tuple[Any, ...]:
            if place is not None:
                return replace_at(inputs, place, scale(inputs[place], c))
            return tuple(scale(value, c) for value in inputs)

        return MetamorphicRelation(transform=multiply, expect=scaled(c**degree), **settled)

    return wait_for_names(argument, make)


def monotone(
    argument: int | str = 0,
    *,
    by: Any = 1,
    direction: Literal["increasing", "decreasing"] = "increasing",
    strict: bool = False,
    raised: Callable[[Any], Any] | None = None,
    **words: Unpack[Words],
) -> MetamorphicRelation:
    """More of one argument gives no less of the output.

    Args:
        argument: Position of the argument, from 0, or its name where the inputs have names.
        by: What is added to it, or to every number in it.
        direction: Whether the output rises with it or falls.
        strict: The output must not stay the same either.
        raised: ``raised(value)`` returns more of an argument that is no number.
        words: ``name``, ``precondition``, ``min_pass_rate``.

    Raises:
        TaskError: A word is wrong.
    """
    if type(argument) not in {int, str} or direction not in ("increasing", "decreasing"):
        said = f"monotone(argument={argument!r}, direction={direction!r}): expected a position "
        said += "from 0 or a name, and 'increasing' or 'decreasing'"
        raise TaskError(None, [said], None)

    kind = {
        "increasing": ("non_decreasing", "no less"),
        "decreasing": ("non_increasing", "no more"),
    }
    name, gives = kind[direction]
    if strict:
        name, gives = direction, "more" if direction == "increasing" else "less"
    shown = argument if isinstance(argument, str) else f"argument {argument + 1}"
    settled: Any = {
        "name": f"monotone_{argument}",
        "description": f"More of {shown} gives {gives} of the output",
        **words,
    }

    def make(place: int | None) -> MetamorphicRelation:
        assert place is not None  # it has one
        transform = _raising(place, by, raised)
        return MetamorphicRelation(
            transform=transform, expect=getattr(expectations, name), **settled
        )

    return wait_for_names(argument, make)


def _raising(
    place: int, by: Any, raised: Callable[[Any], Any] | None
) -> Callable[..., tuple[Any, ...]]:
    def raise_one(*inputs: Any) -> tuple[Any, ...]:
        value = inputs[place]
        return replace_at(inputs, place, shift(value, by) if raised is None else raised(value))

    return raise_one
