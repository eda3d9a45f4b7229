"""What kinds of values are handed by those who ask them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_metamorphic_guard.values.frames import Mark

__all__ = ["Asker", "Pair", "Reader", "Rules", "Writer"]

# Where a part is in both values, and the part of each.
Pair: TypeAlias = tuple[str, Any, Any]


class Writer(Protocol):
    """Collects the pieces of a frame and keeps to its limits."""

    def value(self, value: object, /) -> None:
        """Append any value."""

    def scalar(self, value: Any, /) -> None:
        """Append None or a bool, int, float, str or bytes."""

    def data(self, view: memoryview, /) -> None:
        """Append bytes that lie elsewhere, in one piece."""

    def mark(self, mark: Mark, /) -> None:
        """Append the head of a marked array; its parts must follow."""

    def parts(self, mark: Mark, /, *parts: object) -> None:
        """Append a marked array whose parts are scalars, or values that contain no others."""

    def sequence(self, items: list[Any], /) -> None:
        """Append a list, in chunks if it is long."""

    def opaque(self, value: object, /) -> None:
        """Append what stands for a value that cannot travel."""

    def check_size(self, more: int, /) -> None:
        """Refuse so many bytes before they are copied, if they are too many."""


class Reader(Protocol):
    """Keeps to the limits of a frame that is read."""

    def fill(self, keys: list[Any], add: Callable[[slice], object], /) -> None:
        """Call ``add`` with slices of ``keys`` until all are hashed, or the time is over."""

    def spend(self, function: Callable[..., object], /, *parts: object) -> object:
        """Call a function whose time counts against that of hashing."""


class Rules(Protocol):
    """When two numbers are the same, and whether the same instant in two zones is two values."""

    @property
    def same(self) -> Callable[[Any, Any], bool]:
        """Tells whether two numbers are the same."""

    @property
    def zones(self) -> bool:
        """Whether the same instant in two zones is two values."""

    @property
    def same_floats(self) -> Callable[[Any, Any], bool | None] | None:
        """Tells of two arrays of floats what `same` says of all elements, or None."""

    @property
    def is_exact(self) -> bool:
        """Whether no two numbers of different value are the same."""

    def charge(self, steps: int, /) -> None:
        """Count comparisons that are about to be made, and end them where there are too many."""


class Asker(Protocol):
    """Asks of two values that were refused which parts were, and writes that within a width."""

    @property
    def width(self) -> int:
        """How many characters a line may have."""

    @property
    def is_plain(self) -> bool:
        """Whether all that differs is refused, which a short value shows by itself."""

    @property
    def most_asked(self) -> int:
        """Of how many parts it may be asked."""

    @property
    def compare(self) -> Callable[[Any, Any], Any] | None:
        """The operator that is to hold between parts, or None where they are to be the same."""

    def refuses(self, first: Any, second: Any, /) -> bool:
        """Tell whether two parts are not as expected."""

    def name(self, item: Any, /) -> object:
        """Return what stands for a label, equal for equal ones, to be hashed."""

    def shorten(self, value: object, room: int, /) -> str:
        """Return a value as source of at most so many characters."""

    def write(self, refused: Sequence[Pair], counted: str, /, *, all_asked: bool) -> list[str]:
        """Write the first of the refused parts, how many there are, and the largest."""
