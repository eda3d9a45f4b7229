"""What a change of the input does to the output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.relations.holes import predict
from pytest_metamorphic_guard.tasks.declarations import MetamorphicRelation
from pytest_metamorphic_guard.tasks.templates.filling import Words, call, name_after

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Unpack

__all__ = ["equivariant", "invariant"]


def equivariant(
    change: Callable[..., Any], answer: Callable[[Any], Any], **words: Unpack[Words]
) -> MetamorphicRelation:
    """A change of the input changes the output in a known way: f(T(x)) is U(f(x)).

    Args:
        change: T takes the inputs and returns the arguments of the follow-up call; of one input
            its new value will do.
        answer: U takes the output and returns what the follow-up output should be.
        words: ``name``, ``precondition``, ``min_pass_rate``.
    """
    named = _name(change), _name(answer)
    settled: Any = {
        "name": name_after("equivariant", change),
        "description": f"{named[0]} of the input gives {named[1]} of the output",
        **words,
    }
    expected = predict(
        "equivariant",
        f"the follow-up output is {named[1]} of the source output",
        answer,
        copies=True,
    )
    return MetamorphicRelation(
        transform=lambda *inputs: call(change, inputs), expect=expected, **settled
    )


def invariant(change: Callable[..., Any], **words: Unpack[Words]) -> MetamorphicRelation:
    """A change of the input changes nothing: f(T(x)) is f(x).

    Args:
        change: T takes the inputs and returns the arguments of the follow-up call; of one input
            its new value will do.
        words: ``name``, ``precondition``, ``min_pass_rate``.
    """
    settled: Any = {
        "name": name_after("invariant", change),
        "description": f"{_name(change)} of the input does not change the output",
        **words,
    }
    return MetamorphicRelation(transform=lambda *inputs: call(change, inputs), **settled)


def _name(function: Callable[..., Any]) -> str:
    name = getattr(function, "__name__", "<lambda>")
    return "the change" if name.startswith("<") else f"{name}()"
