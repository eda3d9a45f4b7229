"""What must hold of a median, whatever language computes it."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task

numbers = st.lists(st.integers(-1000, 1000), min_size=1, max_size=9)
median = Task("median", inputs=st.tuples(numbers), agreement=True)


@median.relation
def reversed_order(numbers):
    return (numbers[::-1],)


@median.relation(expect=lambda old, new: new == old + 10)
def ten_more(numbers):
    return ([number + 10 for number in numbers],)
