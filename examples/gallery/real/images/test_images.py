"""What must hold for a filter that takes the middle one of each point and its neighbours."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pytest_metamorphic_guard import Task, catalogue

picture = hnp.arrays(np.uint8, st.tuples(st.integers(3, 7), st.integers(3, 7)))
images = Task("images", inputs=st.tuples(picture), agreement=True, timeout_s=30)
images.add(
    catalogue.arrays.flip_follows(axis=0),
    catalogue.arrays.flip_follows(axis=1, name="flip_follows_sideways"),
    catalogue.arrays.transpose_follows(),
)


@images.relation(expect=lambda before, after: np.array_equal(255 - before, after))
def negative(picture):
    """The middle one of a negative is the negative of the middle one."""
    return (255 - picture,)


@images.relation(expect=lambda before, after: np.array_equal(before // 2, after))
def darker(picture):
    """What keeps the order of greys keeps which one is in the middle."""
    return (picture // 2,)


@images.property
def only_what_is_there(filtered, picture):
    """No grey appears that was not there."""
    assert filtered.shape == picture.shape
    assert np.isin(filtered, picture).all()
