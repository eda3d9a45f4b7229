"""What must hold for orders, of which some are refused."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import RaisedAnswer, Task, all_of, on, raises, scaled

orders = Task(
    "orders",
    inputs=st.tuples(st.lists(st.integers(0, 100)), st.integers(-1, 5)),
    raises=(ValueError, "OutOfStockError"),
)


@orders.relation
def reordered(prices, count):
    """The order of the prices does not matter, also to a refusal."""
    return prices[::-1], count


@orders.relation(expect=raises(ValueError))
def nothing(prices, count):
    """An order of nothing is refused, whatever there is."""
    return prices, 0


@orders.relation(expect=all_of(on(lambda out: out["total"], scaled(3)), on(len, "equal")))
def dearer(prices, count):
    """Three times the prices are three times the total."""
    return [3 * price for price in prices], count


@orders.property
def refused_for_a_reason(output, prices, count):
    """What is refused is too small or too large."""
    assert isinstance(output, RaisedAnswer) == (not 1 <= count <= len(prices))
