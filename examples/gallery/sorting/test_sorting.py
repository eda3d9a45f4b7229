"""What must hold for sorting numbers."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, catalogue, equivariant, idempotent

sorting = Task("sorting", inputs=st.tuples(st.lists(st.integers(-9, 9), max_size=8)))


def negated(numbers):
    return [-number for number in numbers]


def negated_backwards(numbers):
    return [-number for number in numbers[::-1]]


sorting.add(
    idempotent(),
    equivariant(negated, negated_backwards),
    catalogue.sequences.order_free(),
    catalogue.sequences.merges_parts(),
    catalogue.sequences.keeps_elements(),
    catalogue.numbers.moves_with(5),
)
