"""What must hold for the least cost of a mixture: a linear programme."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, approx, scaled

cost = st.lists(st.integers(1, 9), min_size=3, max_size=3)
need = st.lists(st.integers(0, 4), min_size=3, max_size=3).filter(any)
needs = st.lists(st.tuples(need, st.integers(1, 9)), min_size=1, max_size=4)
numbers = Task("numbers", inputs=st.tuples(cost, needs), equivalence=approx(rel=1e-7, abs=1e-7))


@numbers.relation(expect=scaled(3))
def three_times_the_price(cost, needs):
    """Where everything costs three times as much, so does the cheapest mixture."""
    return [3 * price for price in cost], needs


@numbers.relation(expect=scaled(2))
def twice_the_need(cost, needs):
    """Twice of every need costs twice as much."""
    return cost, [(content, 2 * amount) for content, amount in needs]


@numbers.relation
def other_order_of_needs(cost, needs):
    """The order of the needs does not matter."""
    return cost, needs[::-1]


@numbers.relation
def other_order_of_goods(cost, needs):
    """The order of the goods does not matter, if prices and contents are in the same."""
    return cost[::-1], [(content[::-1], amount) for content, amount in needs]


@numbers.relation(expect="non_decreasing")
def one_more_need(cost, needs):
    """One more need makes nothing cheaper."""
    return cost, [*needs, ([1, 0, 2], 3)]


@numbers.relation
def the_same_need_in_another_unit(cost, needs):
    """A need that is there already changes nothing, in whatever unit it is written."""
    content, amount = needs[0]
    return cost, [*needs, ([1000 * part for part in content], 1000 * amount)]


@numbers.law
def duality(solve, cost, needs):
    """The least cost is the most that anybody would pay for the needs: the dual programme."""
    assert solve.equivalence(solve(cost, needs), solve.function("dual")(cost, needs))
