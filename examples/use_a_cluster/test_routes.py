"""A route visits every place once, from the first on, in whatever order the places are given."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task

PLACES = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=9, unique=True
)

routes = Task("routes", inputs=st.tuples(PLACES))


@routes.property
def every_place_once(route, places):
    assert sorted(route) == sorted(places)
    assert route[0] == places[0]


@routes.relation(expect="equal")
def order_does_not_matter(places):
    return ([places[0], *reversed(places[1:])],)
