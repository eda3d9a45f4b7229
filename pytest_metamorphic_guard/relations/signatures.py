"""What a function that a user gives can be called with."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["accepts", "count_positional", "list_parameters"]


def count_positional(function: Callable[..., object]) -> int | None:
    """Count the positional parameters that must be given; None where Python cannot tell."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return None
    return sum(
        p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty
        for p in parameters
    )


def accepts(function: Callable[..., object], count: int, *keywords: str) -> bool:
    """Tell whether a function can be called with so many arguments; True where Python cannot."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return True
    try:
        signature.bind(*[None] * count, **dict.fromkeys(keywords))
    except TypeError:
        return False
    return True


def list_parameters(function: Callable[..., object]) -> str:
    """Return the names of a function's parameters in parentheses, for messages."""
    try:
        return "(" + ", ".join(inspect.signature(function).parameters) + ")"
    except (TypeError, ValueError):
        return "(...)"
