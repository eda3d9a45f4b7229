"""Sums and multiples of inputs, and what they do to outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pytest_metamorphic_guard.errors import TaskError
from pytest_metamorphic_guard.relations import expectations
from pytest_metamorphic_guard.relations.arithmetic import add, scale, shift
from pytest_metamorphic_guard.relations.holes import scaled, sum_of_sources
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
    c: Any, *, degree: int = 1, argument: int | None = None, **words: Unpack[Words]
) -> MetamorphicRelation:
    """The output of a multiple is a multiple of the output: f(c x) is c f(x).

    Args:
        c: The factor.
        degree: The output is multiplied by ``c ** degree``.
        argument: Position of the argument that is multiplied; None for all of them.
        words: ``name``, ``precondition``, ``min_pass_rate``.
    """

    def multiply(*inputs: Any) -> tuple[Any, ...]:
        if argument is not None:
            return replace_at(inputs, argument, scale(inputs[argument], c))
        return tuple(scale(value, c) for value in inputs)

    settled: Any = {
        "name": f"homogeneous_{c}",
        "description": f"{c} times the input gives {c**degree} times the output",
        **words,
    }
    return MetamorphicRelation(transform=multiply, expect=scaled(c**degree), **settled)


def monotone(
    argument: int = 0,
    *,
    by: Any = 1,
    direction: Literal["increasing", "decreasing"] = "increasing",
    strict: bool = False,
    raised: Callable[[Any], Any] | None = None,
    **words: Unpack[Words],
) -> MetamorphicRelation:
    """More of one argument gives no less of the output.

    Args:
        argument: Position of the argument, from 0.
        by: What is added to it, or to every number in it.
        direction: Whether the output rises with it or falls.
        strict: The output must not stay the same either.
        raised: ``raised(value)`` returns more of an argument that is no number.
        words: ``name``, ``precondition``, ``min_pass_rate``.

    Raises:
        TaskError: A word is wrong.
    """
    if type(argument) is not int or direction not in ("increasing", "decreasing"):
        said = f"monotone(argument={argument!r}, direction={direction!r}): expected a position "
        raise TaskError(None, [f"{said}from 0, and 'increasing' or 'decreasing'"], None)

    def raise_one(*inputs: Any) -> tuple[Any, ...]:
        value = inputs[argument]
        more = shift(value, by) if raised is None else raised(value)
        return replace_at(inputs, argument, more)

    kind = {
        "increasing": ("non_decreasing", "no less"),
        "decreasing": ("non_increasing", "no more"),
    }
    name, gives = kind[direction]
    if strict:
        name, gives = direction, "more" if direction == "increasing" else "less"
    settled: Any = {
        "name": f"monotone_{argument}",
        "description": f"More of argument {argument + 1} gives {gives} of the output",
        **words,
    }
    return MetamorphicRelation(transform=raise_one, expect=getattr(expectations, name), **settled)
