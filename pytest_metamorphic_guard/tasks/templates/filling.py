"""What every template takes beside its own words, and how it calls what users give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Words", "call", "name_after", "replace_at"]


class Words(TypedDict, total=False):
    """What a template hands on to what it makes.

    Attributes:
        name: Name of its item; the template's own otherwise.
        precondition: ``precondition(*inputs)``; false skips the case.
        min_pass_rate: Share of the inputs that must hold.
    """

    name: str
    precondition: Callable[..., Any] | None
    min_pass_rate: float | None


def name_after(template: str, function: Callable[..., Any]) -> str:
    """Return the name of a template with a function of the user's in it."""
    name = getattr(function, "__name__", "<lambda>")
    return template if name.startswith("<") else f"{template}_{name}"


def call(function: Callable[..., Any], inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the arguments that a function makes of inputs; of one input it may be the value."""
    made = function(*inputs)
    if type(made) is tuple and len(made) == len(inputs):
        return made
    return (made,) if len(inputs) == 1 else made


def replace_at(inputs: tuple[Any, ...], position: int, value: Any) -> tuple[Any, ...]:
    """Return inputs with another value in one place."""
    return (*inputs[:position], value, *inputs[position + 1 :])
