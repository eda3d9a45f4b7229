"""Relations of functions of arrays and images, whose first two axes are rows and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.relations.holes import predict
from pytest_metamorphic_guard.tasks.catalogue.page import at, make_relation

if TYPE_CHECKING:
    from typing import Unpack

    from pytest_metamorphic_guard.tasks.declarations import MetamorphicRelation
    from pytest_metamorphic_guard.tasks.templates.filling import Words

__all__ = [
    "border_free",
    "brightness_free",
    "flip_follows",
    "flip_free",
    "layout_free",
    "precision_free",
    "transpose_follows",
    "turn_free",
]


def transpose_follows(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """Rows and columns exchanged give the output with rows and columns exchanged.

    Holds where every place is treated alike: element by element, or with its neighbours on all
    sides.
    """
    exchanged = predict(
        "exchanged", "the follow-up output is the source output transposed", _transpose
    )
    return make_relation(transpose_follows, words, at(argument, _transpose), exchanged)


def flip_follows(
    axis: int = 0, *, argument: int = 0, **words: Unpack[Words]
) -> MetamorphicRelation:
    """A mirrored array gives the mirrored output.

    Holds where every place is treated alike, as in filters of images.
    """
    mirrored = predict(
        "mirrored", "the follow-up output is the source output mirrored", lambda a: _flip(a, axis)
    )
    change = at(argument, lambda array: _flip(array, axis))
    return make_relation(flip_follows, words, change, mirrored)


def flip_free(axis: int = 1, *, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """A mirrored array gives the same output.

    Holds where left and right say nothing: what is on a picture, unless that is writing.
    """
    return make_relation(flip_free, words, at(argument, lambda array: _flip(array, axis)))


def turn_free(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """An array turned by a quarter gives the same output.

    Holds where no direction says anything, as in counts, histograms and pictures from above.
    """
    return make_relation(turn_free, words, at(argument, lambda array: _flip(_transpose(array), 0)))


def brightness_free(
    c: float = 1.5, *, argument: int = 0, **words: Unpack[Words]
) -> MetamorphicRelation:
    """A brighter picture gives the same output.

    Holds where values are compared with each other alone, and none reaches a limit.
    """
    return make_relation(brightness_free, words, at(argument, lambda array: array * c))


def border_free(
    width: int = 1, value: Any = 0, *, argument: int = 0, **words: Unpack[Words]
) -> MetamorphicRelation:
    """A border of the background's value changes nothing.

    Holds where things on a background are counted, measured or named, wherever they are.
    """

    def surround(array: Any) -> Any:
        # A dependency of whoever has an array.
        import numpy as np

        sides = [(width, width)] * 2 + [(0, 0)] * (array.ndim - 2)
        return np.pad(array, sides, constant_values=value)

    return make_relation(border_free, words, at(argument, surround))


def layout_free(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """An array that lies in memory in another order gives the same output.

    Holds where what counts is the elements of the array; with the executor ``inprocess``, since
    others send arrays in order.
    """
    change = at(argument, lambda array: _transpose(_transpose(array).copy()))
    return make_relation(layout_free, words, change)


def precision_free(
    dtype: str = "float64", *, argument: int = 0, **words: Unpack[Words]
) -> MetamorphicRelation:
    """The same numbers in another type of number give the same output.

    Holds where the numbers fit into both types, with `approx` as the equivalence.
    """
    return make_relation(precision_free, words, at(argument, lambda array: array.astype(dtype)))


def _transpose(array: Any) -> Any:
    return array.swapaxes(0, 1)


def _flip(array: Any, axis: int) -> Any:
    return array[(slice(None),) * axis + (slice(None, None, -1),)]
