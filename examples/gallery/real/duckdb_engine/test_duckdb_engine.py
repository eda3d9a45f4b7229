"""What must hold for a database that answers queries."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, catalogue

QUERIES = [
    "SELECT * FROM t",
    "SELECT i + j AS i, j FROM t",
    "SELECT * FROM (SELECT DISTINCT i, j FROM t)",
    "SELECT * FROM (SELECT DISTINCT ON (i) i, j FROM t ORDER BY i, j DESC)",
    "SELECT * FROM (SELECT i, max(j) AS j FROM t GROUP BY i)",
    "SELECT * FROM (SELECT a.i, b.j FROM t a LEFT JOIN t b ON a.i = b.j)",
]
number = st.one_of(st.none(), st.integers(0, 5))
rows = st.lists(st.tuples(number, number), max_size=6)
duckdb_engine = Task(
    "duckdb_engine",
    inputs=st.tuples(st.sampled_from(QUERIES), rows, st.just(True)),
    equivalence=lambda one, other: sorted(map(repr, one)) == sorted(map(repr, other)),
)
duckdb_engine.add(
    catalogue.sql.partitioned("j < 3"),
    catalogue.sql.partitioned("i = j", name="partitioned_by_both"),
    catalogue.sql.condition_narrows("j > 2"),
    catalogue.sql.true_condition_free(),
)


@duckdb_engine.law
def without_optimiser(solve, query, rows, optimised):
    """The optimiser changes how rows are found, and not which."""
    asked = f"{query} WHERE j < 3"
    assert solve.equivalence(solve(asked, rows, True), solve(asked, rows, False))


@duckdb_engine.relation
def other_row_order(query, rows, optimised):
    """A table has no order."""
    return query, rows[::-1], optimised
