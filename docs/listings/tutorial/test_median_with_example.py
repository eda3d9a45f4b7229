from hypothesis import strategies as st

from pytest_metamorphic_guard import Task

median = Task("median", inputs=st.tuples(st.lists(st.integers(-100, 100), min_size=1)))


def is_negated(before, after):
    """The median changes its sign."""
    return after == -before


@median.example([0, 1])
@median.relation(expect=is_negated)
def mirrored(values):
    """Values mirrored at zero have the mirrored median."""
    return ([-value for value in values],)
