from hypothesis import strategies as st

from pytest_metamorphic_guard import Task

prices = Task("prices", inputs=st.tuples(st.integers(0, 10_000), st.integers(1, 100)))


@prices.property
def whole(output, price, amount):
    assert output == price * amount
