"""What must hold for a sum of numbers of very different size."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, approx, catalogue, scaled

size = st.sampled_from([1.0, 1e-3, 1e16, 3e15])
number = st.builds(lambda size, times: size * times, size, st.integers(-3, 3))
program_in_c = Task(
    "program_in_c",
    inputs=st.tuples(st.lists(number, max_size=8)),
    # The correction keeps twice as many digits as a number has, so hardly anything is lost.
    equivalence=approx(rel=1e-12, abs=1e-9),
    agreement=True,
)
program_in_c.add(catalogue.sequences.order_free())


@program_in_c.relation(expect=scaled(4))
def another_unit(numbers):
    """Numbers four times as large have a sum four times as large."""
    return ([4 * number for number in numbers],)


@program_in_c.relation
def there_and_back(numbers):
    """What is added and taken away again changes nothing."""
    return ([1e16, *numbers, -1e16],)


@program_in_c.relation(expect=scaled(-1))
def other_sign(numbers):
    """The opposite numbers have the opposite sum."""
    return ([-number for number in numbers],)
