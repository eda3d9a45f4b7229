"""All that is needed to ask whether a new function does what the old one does."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task

numbers = st.lists(st.floats(1, 1e6), min_size=1)
mean = Task("mean", function="harmonic", inputs=st.tuples(numbers))
