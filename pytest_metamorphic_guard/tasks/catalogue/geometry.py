"""Relations of functions of points: a list of ``(x, y)``, or of as many coordinates as you like."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.relations.arithmetic import scale
from pytest_metamorphic_guard.relations.holes import predict, scaled
from pytest_metamorphic_guard.tasks.catalogue.page import at, make_relation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Unpack

    from pytest_metamorphic_guard.tasks.declarations import MetamorphicRelation
    from pytest_metamorphic_guard.tasks.templates.filling import Words

__all__ = ["enlarged", "mirror_free", "move_follows", "move_free", "start_free", "turn_free"]


def move_free(
    by: Sequence[Any] = (3, -2), *, argument: int = 0, **words: Unpack[Words]
) -> MetamorphicRelation:
    """Points that are moved together give the same output.

    Holds where the output is a length, an area, an angle or a relation of the points to each other.
    """
    return make_relation(move_free, words, at(argument, _each(lambda point: _move(point, by))))


def move_follows(
    by: Sequence[Any] = (3, -2), *, argument: int = 0, **words: Unpack[Words]
) -> MetamorphicRelation:
    """Points that are moved together give the output moved with them.

    Holds where the output is a point or points among those given: a centre, a hull, a nearest one.
    """

    def move(output: Any) -> Any:
        if len(output) and hasattr(output[0], "__len__"):
            return _each(lambda point: _move(point, by))(output)
        return _move(output, by)

    moved = predict("moved", "the follow-up output is the source output moved", move)
    change = at(argument, _each(lambda point: _move(point, by)))
    return make_relation(move_follows, words, change, moved)


def turn_free(
    degrees: float = 90, *, argument: int = 0, **words: Unpack[Words]
) -> MetamorphicRelation:
    """Points of a plane turned round the origin give the same output.

    Holds where the output is a length, an area or an angle; with `approx` as the equivalence unless
    it is turned by a quarter, which is exact.
    """
    quarters = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}
    radians = math.radians(degrees)
    cos, sin = (
        quarters.get(int(degrees) % 360, (0, 0))
        if degrees % 90 == 0
        else (
            math.cos(radians),
            math.sin(radians),
        )
    )

    def turn(point: Any) -> Any:
        x, y = point
        return type(point)((cos * x - sin * y, sin * x + cos * y))

    return make_relation(turn_free, words, at(argument, _each(turn)))


def mirror_free(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """Mirrored points give the same output.

    Holds where the output is a length, an area or an angle without a sign.
    """

    def mirror(point: Any) -> Any:
        return type(point)((-point[0], *point[1:]))

    return make_relation(mirror_free, words, at(argument, _each(mirror)))


def enlarged(
    c: Any = 2, *, degree: int = 1, argument: int = 0, **words: Unpack[Words]
) -> MetamorphicRelation:
    """A figure enlarged by a factor has an output enlarged by a power of it.

    Args:
        c: The factor.
        degree: 0 for angles and counts, 1 for lengths, 2 for areas, 3 for volumes.
        argument: Position of the points.
        words: ``name``, ``precondition``, ``min_pass_rate``.

    Holds where the output is a measure of this degree, and no other argument is a length.
    """
    return make_relation(
        enlarged, words, at(argument, lambda points: scale(points, c)), scaled(c**degree)
    )


def start_free(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """A closed outline may begin at any of its points.

    Holds where the points are the corners of a polygon, in order.
    """
    change = at(argument, lambda points: points[1:] + points[:1])
    return make_relation(start_free, words, change)


def _each(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda points: type(points)(map(change, points))


def _move(point: Any, by: Sequence[Any]) -> Any:
    return type(point)(value + more for value, more in zip(point, by, strict=True))
