"""What must hold for the area of the smallest rectangle, turned as it may be, around points."""

import math

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, approx, catalogue

point = st.tuples(st.integers(-20, 20), st.integers(-20, 20))
geometry = Task(
    "geometry",
    inputs=st.tuples(st.lists(point, min_size=3, max_size=7, unique=True)),
    equivalence=approx(rel=1e-6, abs=1e-6),
)
geometry.add(
    catalogue.sequences.order_free(),
    catalogue.geometry.move_free(),
    catalogue.geometry.mirror_free(),
    catalogue.geometry.turn_free(degrees=30),
    catalogue.geometry.enlarged(c=2, degree=2),
)


@geometry.property
def no_larger_than_the_upright_one(area, points):
    """The rectangle that stands upright is one of those among which the smallest is asked for."""
    xs, ys = zip(*points, strict=True)
    assert area <= (max(xs) - min(xs)) * (max(ys) - min(ys)) + 1e-6


@geometry.law
def no_larger_than_any(solve, points):
    """Neither is it larger than any other that is turned."""
    angle = math.radians(45)
    turned = [
        (x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle))
        for x, y in points
    ]
    xs, ys = zip(*turned, strict=True)
    assert solve(points) <= (max(xs) - min(xs)) * (max(ys) - min(ys)) + 1e-6


@geometry.relation(expect="non_decreasing")
def one_more_point(points):
    """Around one more point it is no smaller."""
    return ([*points, (25, 3)],)
