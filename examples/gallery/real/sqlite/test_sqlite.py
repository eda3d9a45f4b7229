"""What must hold for the database that comes with Python."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, catalogue

QUERIES = [
    "SELECT * FROM t",
    "SELECT i + j AS i, j FROM t",
    "SELECT * FROM (SELECT DISTINCT i, j FROM t)",
    "SELECT * FROM (SELECT i, max(j) AS j FROM t GROUP BY i)",
    "SELECT * FROM (SELECT a.i, b.j FROM t a LEFT JOIN t b ON a.i = b.j)",
    "SELECT * FROM (SELECT i, j FROM t ORDER BY i, j LIMIT 3)",
]
number = st.one_of(st.none(), st.integers(0, 5))
rows = st.lists(st.tuples(number, number), max_size=6)
sqlite = Task(
    "sqlite",
    inputs=st.tuples(st.sampled_from(QUERIES), rows, st.booleans()),
    equivalence=lambda one, other: sorted(map(repr, one)) == sorted(map(repr, other)),
)
sqlite.add(
    catalogue.sql.partitioned("j < 3"),
    catalogue.sql.partitioned("i = j", name="partitioned_by_both"),
    catalogue.sql.condition_narrows("j > 2"),
    catalogue.sql.true_condition_free(),
)


@sqlite.law
def index(solve, query, rows, indexed):
    """An index changes how rows are found, and not which."""
    asked = f"{query} WHERE j < 3"
    assert solve.equivalence(solve(asked, rows, True), solve(asked, rows, False))


@sqlite.relation
def other_row_order(query, rows, indexed):
    """A table has no order."""
    return query, rows[::-1], indexed
