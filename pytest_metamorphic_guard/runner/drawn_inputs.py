"""Inputs that hypothesis drew: kept as far as they fit, and made again from its choices beyond."""

from __future__ import annotations

import inspect
from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

from hypothesis.control import BuildContext, current_build_context
from hypothesis.internal.conjecture.choice import choices_key
from hypothesis.internal.conjecture.data import ConjectureData
from hypothesis.internal.entropy import deterministic_PRNG

from pytest_metamorphic_guard.values.sizes import Allowance

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable

    from hypothesis import strategies as st

__all__ = ["DrawnInputs"]

_BYTES = 64 << 20


class DrawnInputs(Sequence[Any]):
    """The inputs of a sample, in the order in which they run.

    Large ones are not kept, or a few hundred arrays would fill the memory: hypothesis makes an
    input again from the choices that it made.

    Args:
        strategy: What they are drawn from.
        marks: Whether it is to be known which of them others repeat.
    """

    def __init__(self, strategy: st.SearchStrategy[Any], *, marks: bool = False) -> None:
        self._strategy = strategy
        self._marks = array("q") if marks else None
        self._room = Allowance(_BYTES)
        self._kept: list[Any] = []
        self._choices: dict[int, Any] = {}
        self._order: list[int] | None = None

    def add(self, drawn: Any) -> None:
        """Add the input that the hypothesis test which runs now has drawn, and nothing else."""
        if self._marks is not None:
            # Two inputs of the same choices are the same, whatever can be compared of them.
            self._marks.append(hash(choices_key(current_build_context().data.choices)))
        if not self._room.take(drawn):
            self._choices[len(self._kept)] = current_build_context().data.choices
            drawn = None
        self._kept.append(drawn)

    def list_new(self, numbers: Iterable[int], others: DrawnInputs) -> list[int]:
        """Return those of some inputs, by their numbers as drawn, that others do not repeat."""
        assert self._marks is not None
        known = frozenset(others._marks or ())
        return [number for number in numbers if self._marks[number] not in known]

    def shuffle(self, chance: random.Random) -> None:
        """Bring them into a random order."""
        self._order = list(range(len(self._kept)))
        chance.shuffle(self._order)

    def __len__(self) -> int:
        return len(self._kept)

    @overload
    def __getitem__(self, index: int) -> Any: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Any]: ...

    def __getitem__(self, index: int | slice) -> Any:
        """Return an input, which may be an object that nobody else holds."""
        if isinstance(index, slice):
            return [self[number] for number in range(len(self))[index]]
        number = range(len(self._kept))[index]
        if self._order is not None:
            number = self._order[number]
        choices = self._choices.get(number)
        return self._kept[number] if choices is None else self._make(choices)

    def _make(self, choices: Any) -> Any:
        data = ConjectureData.for_choices(choices)
        # Older versions of hypothesis know no `wrapped_test`.
        named = "wrapped_test" in inspect.signature(BuildContext).parameters
        options: Any = {"wrapped_test": self._make} if named else {}
        with deterministic_PRNG(), BuildContext(data, **options):
            return data.draw(self._strategy)
