"""Relations of functions of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.relations.arithmetic import scale, shift
from pytest_metamorphic_guard.relations.holes import scaled, shifted, within
from pytest_metamorphic_guard.tasks.catalogue.page import at, make_relation

if TYPE_CHECKING:
    from typing import Unpack

    from pytest_metamorphic_guard.tasks.declarations import MetamorphicRelation
    from pytest_metamorphic_guard.tasks.templates.filling import Words

__all__ = ["even", "moves_with", "odd", "periodic", "scale_free", "shift_free", "smooth"]


def even(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """The sign of a number does not matter: f(-x) is f(x).

    Holds where the output depends on the size of the number alone, as in squares and cosines.
    """
    return make_relation(even, words, at(argument, lambda value: scale(value, -1)))


def odd(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """The opposite number gives the opposite output: f(-x) is -f(x).

    Holds where nothing is above or below by itself, as in cubes, sines and differences.
    """
    return make_relation(odd, words, at(argument, lambda value: scale(value, -1)), scaled(-1))


def periodic(period: Any, *, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """One period further the output is the same: f(x + period) is f(x).

    Holds where the number is an angle, a weekday, an hour or another place on a circle; of
    fractions with `approx` as the equivalence.
    """
    return make_relation(periodic, words, at(argument, lambda value: shift(value, period)))


def scale_free(c: Any = 2, **words: Unpack[Words]) -> MetamorphicRelation:
    """A multiple of all arguments gives the same output: the unit does not matter.

    Holds where the output is a ratio, a rank or a choice among numbers of one unit, and ``c`` is
    positive.
    """
    return make_relation(scale_free, words, lambda *inputs: scale(inputs, c))


def shift_free(c: Any = 1, **words: Unpack[Words]) -> MetamorphicRelation:
    """The same amount on top of all arguments gives the same output.

    Holds where the output is a difference, a spread, a rank or a choice.
    """
    return make_relation(shift_free, words, lambda *inputs: shift(inputs, c))


def moves_with(c: Any = 1, **words: Unpack[Words]) -> MetamorphicRelation:
    """The same amount on top of all arguments is on top of the output, too.

    Holds where the output is a location: a mean, a median, a quantile, a smallest or largest one.
    """
    return make_relation(moves_with, words, lambda *inputs: shift(inputs, c), shifted(c))


def smooth(
    *, by: Any, most: float, argument: int = 0, **words: Unpack[Words]
) -> MetamorphicRelation:
    """A small change of a number gives a small change of the output.

    Holds where the output has no steps, and changes by at most ``most`` when the number changes by
    ``by``.
    """
    return make_relation(
        smooth, words, at(argument, lambda value: shift(value, by)), within(abs=most)
    )
