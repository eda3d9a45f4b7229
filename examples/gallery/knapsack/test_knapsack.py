"""What must hold for the value of the best load of a knapsack."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, catalogue, monotone, scaled

item = st.tuples(st.integers(1, 10), st.integers(1, 30))
knapsack = Task("knapsack", inputs=st.tuples(st.lists(item, max_size=6), st.integers(0, 30)))
knapsack.add(catalogue.sequences.order_free(), monotone(argument=1))


@knapsack.relation(expect=scaled(2))
def twice_the_value(items, capacity):
    """Items of twice the value make a load of twice the value."""
    return [(weight, 2 * value) for weight, value in items], capacity


@knapsack.relation
def too_heavy(items, capacity):
    """An item that does not fit changes nothing."""
    return [*items, (capacity + 1, 1000)], capacity


def is_worth_once(before, after):
    """One more item adds at most its own value, and takes none away."""
    return before <= after <= before + 25


@knapsack.relation(expect=is_worth_once)
def one_more_item(items, capacity):
    """An item can be packed once."""
    return [*items, (2, 25)], capacity
