"""The database DuckDB as it was; see old.txt."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).with_name(".installed") / "old"))

import duckdb


def solve(query, rows, optimised):
    """Return the rows of a query about a table t (i, j) that has the rows given."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("CREATE TABLE t (i INTEGER, j INTEGER)")
    if rows:
        written = str(rows)[1:-1].replace("None", "NULL")
        connection.execute(f"INSERT INTO t VALUES {written}")
    connection.execute(f"PRAGMA {'enable' if optimised else 'disable'}_optimizer")
    return connection.execute(query).fetchall()
