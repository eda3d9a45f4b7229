"""Sequences whose elements are made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar, overload

if TYPE_CHECKING:
    from typing import Any

__all__ = ["Mapped"]

T = TypeVar("T")


class Mapped(Sequence[T], Generic[T]):
    """What a function makes of the elements of a sequence, in their order.

    Args:
        make: The function.
        elements: The sequence.
        count: How many of them there are; None for all.
    """

    def __init__(
        self, make: Callable[[Any], T], elements: Sequence[Any], count: int | None = None
    ) -> None:
        self._make = make
        self._elements = elements
        self._count = len(elements) if count is None else count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...

    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        """Return what is made of an element, anew each time."""
        if isinstance(index, slice):
            return [self[number] for number in range(self._count)[index]]
        return self._make(self._elements[range(self._count)[index]])
