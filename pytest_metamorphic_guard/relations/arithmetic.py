"""Sums and multiples of outputs: of numbers, and of what is made of numbers, part by part."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["add", "scale", "shift"]


def scale(value: Any, factor: Any) -> Any:
    """Return a value with every number in it multiplied.

    Raises:
        TypeError: It has something else than numbers in it.
    """
    return _apply(lambda part: factor * part, value, "times")


def shift(value: Any, offset: Any) -> Any:
    """Return a value with something added to every number in it; moments take durations.

    Raises:
        TypeError: It has something in it that cannot be added to.
    """
    return _apply(lambda part: part + offset, value, "shifted")


def add(first: Any, second: Any) -> Any:
    """Return the sum of two values, part by part: two lists must be of one length.

    Raises:
        TypeError: The values have no sum.
    """
    if isinstance(first, list | tuple) and isinstance(second, list | tuple):
        if len(first) != len(second):
            raise TypeError(f"{len(first)} and {len(second)} elements have no sum")
        return type(first)(map(add, first, second))
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        if first.keys() != second.keys():
            raise TypeError("two mappings with different keys have no sum")
        return {key: add(part, second[key]) for key, part in first.items()}
    _refuse(first, "summed")
    return operator.add(first, second)


def _apply(change: Callable[[Any], Any], value: Any, word: str) -> Any:
    if type(value) in (list, tuple):
        return type(value)(_apply(change, part, word) for part in value)
    if isinstance(value, Mapping):
        return {key: _apply(change, part, word) for key, part in value.items()}
    _refuse(value, word)
    return change(value)


def _refuse(value: Any, word: str) -> None:
    # Both have a sum and multiples, which nobody means.
    if isinstance(value, str | bytes | bool) or value is None:
        raise TypeError(f"a {type(value).__name__} cannot be {word}")
