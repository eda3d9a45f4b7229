from hypothesis import strategies as st

from pytest_metamorphic_guard import Task

interval = st.tuples(st.integers(0, 50), st.integers(0, 9)).map(lambda i: (i[0], sum(i)))

merge = Task("merge", inputs=st.tuples(st.lists(interval)), function="merge", agreement=True)
