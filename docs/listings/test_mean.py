"""Further ways to declare relations; the how-to guide shows parts of it."""

import math

import pytest
from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, approx

pairs = st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(0.5, 2)), min_size=1, max_size=20)
mean = Task(
    "mean",
    inputs=pairs.map(lambda drawn: tuple(map(list, zip(*drawn, strict=True)))),
    equivalence=approx(rel=1e-9, abs=1e-6),
)


# part: several follow-ups
@mean.relation
def rotated(values, weights):
    """Every rotation of the pairs has the same mean."""
    for k in range(1, min(4, len(values))):
        yield values[k:] + values[:k], weights[k:] + weights[:k]


# part: inputs
def moves_along(before, after, source, followup):
    """The mean moves by as much as the values."""
    shift = followup[0][0] - source[0][0]
    return math.isclose(after, before + shift, rel_tol=1e-9, abs_tol=1e-5)


@mean.relation(expect=moves_along)
def shifted(values, weights):
    return [value + 1000.0 for value in values], weights


# part: several sources
def lies_between(sources, followup):
    """The mean of two samples together lies between their means."""
    return min(sources) - 1e-6 <= followup <= max(sources) + 1e-6


@mean.relation(sources=2, expect=lies_between)
def pooled(first, second):
    return first[0] + second[0], first[1] + second[1]


# part: soft
@mean.property(soft=True)
def moderate(output):
    """Worth a look, but no reason to fail: a mean beyond 900000."""
    assert abs(output) < 900_000


# part: marks
@mean.law(marks=[pytest.mark.timeout(60)])
def one_value(solve, values, weights, *, tolerance):
    """The mean of one value is that value; the fixture says how exactly."""
    assert abs(solve(values[:1], weights[:1]) - values[0]) <= tolerance


@pytest.fixture(scope="session")
def tolerance():
    return 1e-9


# part: other inputs
def gen_inputs(n, seed):
    return [([float(i + seed), 2.0, 4.0],) for i in range(1, n + 1)]


harmonic = Task("harmonic", inputs=gen_inputs, function="harmonic", equivalence=approx(rel=1e-9))


@harmonic.relation
def swapped(values):
    return (values[::-1],)


# part: end
