"""A large result goes through as it lies in memory, or meets a limit whose option is named."""

import numpy as np
import pytest

from pytest_metamorphic_guard import approx
from pytest_metamorphic_guard.report.differences import describe_difference
from pytest_metamorphic_guard.report.expected_parts import refuse_unequal
from pytest_metamorphic_guard.values.equivalence import equal_values
from pytest_metamorphic_guard.values.wire import Limits, decode, encode

LARGE = """
import numpy

def array(n):
    return {"numbers": numpy.arange(n << 17, dtype="f8")}

def table(n):
    import polars
    return polars.DataFrame({"a": numpy.arange(n << 16), "b": numpy.arange(n << 16) / 7})

def arrow(n):
    import pyarrow
    return pyarrow.table({"a": numpy.arange(n << 17)})
"""


def test_the_limit_of_a_result_is_named_and_can_be_raised(make_local, candidates):
    path = candidates.write(LARGE)

    refused = make_local().execute(path, "array", (24,), 60.0, 1024)
    executor = make_local(max_result_mb=40)
    taken = {
        name: executor.execute(path, name, (24,), 60.0, 1024)
        for name in ("array", "table", "arrow")
    }

    assert not refused["success"]
    assert "(16 MiB): set max_result_mb in --mg-executor-config" in refused["error"]
    assert [payload["success"] for payload in taken.values()] == [True] * 3
    assert taken["array"]["result"]["numbers"].nbytes == 24 << 20
    assert taken["table"]["result"]["b"][-1] == ((24 << 16) - 1) / 7
    assert taken["arrow"]["result"]["a"][-1].as_py() == (24 << 17) - 1


@pytest.mark.parametrize("change", [0.0, 0.5])
def test_an_array_of_more_elements_than_a_list_may_have_is_compared(change):
    array = np.arange(12_000_000, dtype="f8")
    array[5] = np.nan
    other = array.copy()
    other[-1] += change

    assert equal_values(array, other) is not bool(change)
    assert approx(abs=0.1, rel=0)(array, other + 1e-3) is not bool(change)


@pytest.mark.parametrize("dtype", ["f8", ">f4", "M8[ns]", "c16", "U3", "?", "g"])
def test_the_bytes_of_a_large_array_are_the_ones_of_a_small_one(dtype):
    array = np.resize(np.arange(9).astype(dtype), (300, 200))
    for value in (array, array.T, array[::2], array[:0]):
        arrived = decode(encode([value, "end"], Limits(max_bytes=1 << 24)))
        assert arrived[1] == "end"
        assert arrived[0].dtype == value.dtype
        assert np.array_equal(arrived[0], value)
        assert arrived[0].flags.writeable


@pytest.mark.parametrize("library", ["polars", "pyarrow"])
def test_of_a_table_of_many_rows_those_are_looked_at_that_differ(library):
    numbers = np.arange(200_000, dtype="f8")
    other = numbers.copy()
    other[160_007] = 0.5
    make = getattr(
        pytest.importorskip(library), {"polars": "DataFrame", "pyarrow": "table"}[library]
    )

    lines = describe_difference(
        make({"a": numbers}), make({"a": other}), 76, refuse_unequal(equal_values)
    )

    assert "row 160007, column 'a': 160007.0 becomes 0.5" in lines
