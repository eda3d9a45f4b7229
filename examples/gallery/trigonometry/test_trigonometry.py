"""What must hold for a sine."""

import math

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, approx, catalogue, scaled

trigonometry = Task(
    "trigonometry", inputs=st.tuples(st.floats(-20, 20)), equivalence=approx(abs=1e-9)
)
trigonometry.add(catalogue.numbers.odd(), catalogue.numbers.periodic(2 * math.pi))


@trigonometry.relation
def supplement(x):
    """An angle and what it lacks of a half turn have the same sine."""
    return (math.pi - x,)


@trigonometry.relation(expect=scaled(-1))
def half_turn(x):
    """Half a turn further the sine has the other sign."""
    return (x + math.pi,)
