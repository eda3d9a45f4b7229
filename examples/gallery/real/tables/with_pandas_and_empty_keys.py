"""Sums by group with pandas, and with a group for the rows that have no key."""

import pandas as pd


def solve(rows):
    table = pd.DataFrame(rows, columns=["key", "value"]).astype({"key": object, "value": "int64"})
    sums = table.groupby("key", dropna=False)["value"].sum()
    return {None if pd.isna(key) else key: int(value) for key, value in sums.items()}
