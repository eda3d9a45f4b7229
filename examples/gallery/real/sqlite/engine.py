"""SQLite, as it comes with Python."""

import sqlite3


def solve(query, rows, indexed):
    """Return the rows of a query about a table t (i, j) that has the rows given."""
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE t (i INTEGER, j INTEGER)")
        if indexed:
            connection.execute("CREATE INDEX by_j ON t (j)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", rows)
        return connection.execute(query).fetchall()
