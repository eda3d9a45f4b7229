"""What a moving average must satisfy, up to the rounding of floating point numbers."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from pytest_metamorphic_guard import Task, approx

arrays = npst.arrays(
    np.float64,
    st.integers(8, 40),
    elements=st.floats(-1000, 1000, width=32),
)
moving_average = Task(
    "moving_average",
    inputs={"values": arrays, "window": st.integers(1, 8)},
    equivalence=approx(rel=1e-9, abs=1e-9),
)


def is_shifted(before, after, source, followup):
    """The average moves by as much as the values."""
    shift = followup[0][0] - source[0][0]
    return approx(rel=1e-9, abs=1e-6)(before + shift, after)


@moving_average.relation(expect=is_shifted)
def shifted(values, window):
    """Add the same to every value."""
    return values + 1_000_000.0, window


@moving_average.relation(expect=lambda before, after: np.allclose(before[::-1], after))
def reversed_in_time(values, window):
    """The averages of a reversed series come in reverse."""
    return values[::-1].copy(), window


@moving_average.property
def one_average_per_window(output, values, window):
    assert output.shape == (len(values) - window + 1,)


@moving_average.property
def within_the_values(output, values, window):
    """An average lies between the extremes."""
    assert output.min() >= values.min() - 1e-9
    assert output.max() <= values.max() + 1e-9
