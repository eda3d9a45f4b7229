"""What the built-in expectations say about tables of pandas: rows and cells, not column names."""

import numpy as np
import pandas as pd
import pytest

from pytest_metamorphic_guard import (
    approx,
    equal,
    increasing,
    is_permutation,
    is_prefix,
    is_subset,
    is_superset,
    non_decreasing,
    not_equal,
)

FRAME = pd.DataFrame({"name": ["a", "b", "c"], "value": [1.0, np.nan, 3.0]})
SUMS = pd.Series([1.0, 2.0], index=pd.Index(["x", "y"], name="key"))


@pytest.mark.parametrize("reset", [False, True], ids=["labels move", "labels count anew"])
def test_rows_in_another_order_are_a_permutation(reset):
    other = FRAME.iloc[::-1]
    other = other.reset_index(drop=True) if reset else other

    assert is_permutation(FRAME, other)
    assert is_subset(FRAME, other)
    assert is_superset(FRAME, other)
    assert not equal(FRAME, other)
    assert not is_prefix(FRAME, other)


@pytest.mark.parametrize(
    "other",
    [
        FRAME.assign(value=[1.0, np.nan, 4.0]),
        FRAME.iloc[:2],
        FRAME.rename(columns={"value": "price"}),
        pd.DataFrame({"name": list("abc"), "value": [3.0, np.nan, 1.0]}),
    ],
    ids=["a value", "a row less", "a column's name", "values of other rows"],
)
def test_other_rows_are_no_permutation(other):
    assert not is_permutation(FRAME, other)
    assert not_equal(FRAME, other)


def test_the_first_rows_are_a_prefix_and_a_subset():
    assert is_prefix(FRAME.head(2), FRAME)
    assert is_subset(FRAME.tail(2), FRAME)
    assert not is_prefix(FRAME.tail(2), FRAME)


def test_labels_that_mean_something_belong_to_their_rows():
    assert is_permutation(SUMS, SUMS.iloc[::-1])
    assert not is_permutation(SUMS, pd.Series([2.0, 1.0], index=SUMS.index))
    assert is_permutation(pd.Series([1, 2]), pd.Series([2, 1]))


def test_cells_are_ordered_under_the_same_labels():
    assert increasing(SUMS, SUMS + 1)
    assert non_decreasing(SUMS, SUMS)
    assert not increasing(SUMS, SUMS)
    assert not non_decreasing(SUMS, SUMS.rename({"x": "z"}))
    assert not non_decreasing(SUMS, 3)
    assert non_decreasing(SUMS.to_frame("v"), (SUMS + 1).to_frame("v"))
    assert not non_decreasing(SUMS.to_frame("v"), (SUMS + 1).to_frame("w"))


def test_numbers_of_a_table_may_be_close():
    assert approx(rel=1e-6)(FRAME, FRAME.assign(value=FRAME.value * (1 + 1e-9)))
    assert not approx(rel=1e-6)(FRAME, FRAME.assign(value=FRAME.value * 1.1))


def test_single_times_of_pandas_are_equal_by_value():
    assert equal(pd.Timestamp("2020-01-01"), pd.Timestamp("2020-01-01"))
    assert not equal(pd.Timestamp("2020-01-01"), pd.Timestamp("2020-01-02"))
    assert equal(pd.NaT, pd.NaT)
    days = pd.DataFrame({"day": pd.date_range("2020-01-01", periods=2)})
    assert is_permutation(days, days.iloc[::-1])
