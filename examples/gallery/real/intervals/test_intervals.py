"""What must hold for intervals of numbers, joined, cut and compared."""

from hypothesis import assume
from hypothesis import strategies as st

from pytest_metamorphic_guard import Task

atom = st.tuples(st.booleans(), st.integers(0, 8), st.integers(0, 8), st.booleans())
interval = st.lists(atom, max_size=3)
operation = st.sampled_from(["join", "cut", "without"])
intervals = Task("intervals", inputs=st.tuples(operation, interval, interval))
EVERYTHING = [(False, -100, 100, False)]


@intervals.relation(precondition=lambda operation, one, other: operation != "without")
def other_way_round(operation, one, other):
    """Joining and cutting do not know which was first."""
    return operation, other, one


@intervals.relation
def in_pieces(operation, one, other):
    """An interval may be given in any order of its pieces, and with one of them twice."""
    return operation, [*one[::-1], *one[:1]], other


@intervals.law
def outside_of_both(solve, operation, one, other):
    """What is in neither is outside of the one, and outside of the other."""
    outside = solve("cut", solve("without", EVERYTHING, one), solve("without", EVERYTHING, other))
    assert outside == solve("without", EVERYTHING, solve("join", one, other))


@intervals.law
def within(solve, operation, one, other):
    """One is within the other if it adds nothing to it."""
    assert solve("within", one, other) == (solve("join", one, other) == solve("join", other, []))


@intervals.law
def within_what_is_larger(solve, operation, one, other):
    """A part of it is within it, whatever else belongs to it."""
    assert solve("within", solve("cut", one, other), one)


@intervals.law
def overlap(solve, operation, one, other):
    """Two overlap if they have something in common."""
    assume(all(lower < upper for _, lower, upper, _ in [*one, *other]))
    assert solve("overlap", one, other) == (solve("cut", one, other) != [])
