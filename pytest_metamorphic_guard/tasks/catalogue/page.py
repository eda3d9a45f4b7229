"""What an entry of the catalogue says of itself, and how it becomes a declaration."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.tasks.declarations import Law, MetamorphicRelation
from pytest_metamorphic_guard.tasks.templates.filling import Words, replace_at

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["at", "make_law", "make_relation", "read_condition", "read_sentence"]


def make_relation(
    entry: Callable[..., Any],
    words: Words,
    transform: Callable[..., Any],
    expect: Any = "equal",
    **own: Any,
) -> MetamorphicRelation:
    """Return the relation of an entry, under its name and with its sentence."""
    settled: Any = {"name": entry.__name__, "description": read_sentence(entry), **own, **words}
    return MetamorphicRelation(transform=transform, expect=expect, **settled)


def make_law(entry: Callable[..., Any], words: Words, body: Callable[..., Any], **own: Any) -> Law:
    """Return the law of an entry, under its name and with its sentence."""
    settled: Any = {"name": entry.__name__, "description": read_sentence(entry), **own, **words}
    return Law(body=body, shows_lines=False, **settled)


def at(argument: int, change: Callable[..., Any]) -> Callable[..., Any]:
    """Return the transformation that changes one argument and leaves the others."""

    def transform(*inputs: Any) -> tuple[Any, ...]:
        return replace_at(inputs, argument, change(inputs[argument]))

    return transform


def read_sentence(entry: Callable[..., Any]) -> str:
    """Return what an entry says when it is violated: the first sentence of its docstring."""
    return (inspect.getdoc(entry) or "").splitlines()[0].rstrip(".")


def read_condition(entry: Callable[..., Any]) -> str:
    """Return where an entry must hold, as the docstring says it."""
    for paragraph in (inspect.getdoc(entry) or "").split("\n\n"):
        if paragraph.startswith("Holds where "):
            return " ".join(paragraph.removeprefix("Holds where ").split()).rstrip(".")
    return ""
