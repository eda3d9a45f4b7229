from hypothesis import strategies as st

from pytest_metamorphic_guard import Task

total = Task("total", inputs=st.tuples(st.lists(st.integers())), mem_mb=-1, equivalence="approx")
