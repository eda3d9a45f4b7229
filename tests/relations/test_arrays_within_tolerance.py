"""``approx`` says of arrays of floats what it says of their elements."""

import itertools

import numpy as np
import pytest

from pytest_metamorphic_guard import approx

NUMBERS = [0.0, -0.0, 1.0, 1 + 1e-9, 1 + 1e-3, -1.0, 1e-13, 1e308, -1e308, 5e-324]
SPECIAL = [float("nan"), float("inf"), float("-inf")]
TOLERANCES = [approx(), approx(rel=0), approx(abs=0), approx(rel=2), approx(rel=0, abs=0)]


@pytest.mark.parametrize("tolerance", TOLERANCES, ids=str)
@pytest.mark.filterwarnings("error")
def test_an_array_is_close_where_each_of_its_elements_is(tolerance):
    for one, other in itertools.product(NUMBERS + SPECIAL, repeat=2):
        expected = tolerance(one, other)
        for beside in (2.0, float("nan"), float("inf")):
            first, second = np.array([beside, one]), np.array([beside, other])
            assert tolerance(first, second) is expected, (one, other, beside)


@pytest.mark.parametrize("kinds", list(itertools.product(["f2", "f4", "f8", ">f8", "g"], repeat=2)))
def test_arrays_of_other_floats_are_compared_by_their_values(kinds):
    first, second = (np.array([0.1, 2.5], kind) for kind in kinds)
    tolerance = approx(rel=1e-7)
    by_element = all(tolerance(a, b) for a, b in zip(first, second, strict=True))

    assert tolerance(first, second) is by_element
    assert not tolerance(first, second * 2)
