"""Sums by group with polars."""

import polars as pl


def solve(rows):
    table = pl.DataFrame(rows, schema={"key": pl.String, "value": pl.Int64}, orient="row")
    return dict(table.group_by("key").agg(pl.col("value").sum()).rows())
