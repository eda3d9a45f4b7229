from hypothesis import strategies as st

from pytest_metamorphic_guard import Task

median = Task("median", inputs=st.tuples(st.lists(st.integers(-100, 100), min_size=1)))


@median.relation
def reordered(values):
    """The order of the values does not matter."""
    return (values[::-1],)


def is_negated(before, after):
    """The median changes its sign."""
    return after == -before


@median.relation(expect=is_negated)
def mirrored(values):
    """Values mirrored at zero have the mirrored median."""
    return ([-value for value in values],)
