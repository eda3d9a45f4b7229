"""What must hold for a distance of two texts."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, commutative

word = st.text("abc", max_size=4)
string_distances = Task("string_distances", inputs=st.tuples(word, word))
string_distances.add(commutative())


@string_distances.relation
def backwards(one, other):
    """Two texts read backwards are as far apart."""
    return one[::-1], other[::-1]


@string_distances.relation
def other_letters(one, other):
    """Which letters they are does not matter, only which are the same."""
    renamed = str.maketrans("abc", "bca")
    return one.translate(renamed), other.translate(renamed)


@string_distances.relation
def same_start(one, other):
    """What both begin with is no difference."""
    return "b" + one, "b" + other


@string_distances.property
def zero_for_the_same(output, one, other):
    """The distance is 0 for the same text, and for no other."""
    assert (output == 0) == (one == other)


@string_distances.law
def detour(solve, one, other):
    """By way of a third text it is no nearer."""
    third = one[1:] + other[:2]
    assert solve(one, other) <= solve(one, third) + solve(third, other)
