"""What must hold for sums by group, in whatever library the table is."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, catalogue

key = st.sampled_from(["a", "b", None])
rows = st.lists(st.tuples(key, st.integers(-9, 9)), max_size=6)
tables = Task("tables", inputs=st.tuples(rows), agreement=True)
tables.add(catalogue.sequences.order_free())


@tables.law
def parts(solve, rows):
    """The sums of two parts are the sums of the whole."""
    one, other, whole = solve(rows[:3]), solve(rows[3:]), solve(rows)
    assert whole == {
        name: one.get(name, 0) + other.get(name, 0) for name in one.keys() | other.keys()
    }


@tables.property
def everything_is_counted(sums, rows):
    """All groups together have the sum of all rows."""
    assert sum(sums.values()) == sum(value for _, value in rows)
