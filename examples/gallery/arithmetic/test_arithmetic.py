"""What must hold for a multiplication of whole numbers."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, catalogue, commutative, homogeneous

number = st.integers(-1000, 1000)
arithmetic = Task("arithmetic", inputs=st.tuples(number, number))
arithmetic.add(commutative(), homogeneous(3, argument=0), catalogue.numbers.odd(argument=1))


@arithmetic.relation(precondition=lambda a, b: b % 2 == 0)
def doubled_and_halved(a, b):
    """Twice the one and half of the other have the same product."""
    return 2 * a, b // 2
