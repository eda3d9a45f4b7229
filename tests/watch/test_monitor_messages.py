import datetime as dt
import enum
import math
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord
from pytest_metamorphic_guard.values.records import Opaque, Record
from pytest_metamorphic_guard.watch.hosting.messages import (
    pack,
    pack_records,
    unpack,
    unpack_records,
)

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.complex_numbers(allow_nan=False)
    | st.decimals(allow_nan=False)
    | st.fractions()
    | st.datetimes()
    | st.dates()
    | st.times()
    | st.timedeltas()
)
hashable = (
    st.none() | st.booleans() | st.integers() | st.text() | st.tuples(st.integers(), st.text())
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(hashable, inner)
        | st.sets(hashable)
        | st.frozensets(hashable)
    ),
    max_leaves=10,
)


@given(values)
def test_plain_values_arrive_as_they_were(value):
    arrived = unpack(pack(value))
    assert arrived == value
    assert type(arrived) is type(value)


@pytest.mark.parametrize(
    "value",
    [
        Record("enum", "Color", (("name", "RED"),)),
        [Record("dataclass", "A", (("x", (1, 2)),))],
        2**70,
        -(2**70),
        range(1, 9, 2),
        dt.datetime(2020, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=2))),
        "\ud800",
        Decimal("NaN"),
        Fraction(1, 3),
    ],
)
def test_further_values_arrive_too(value):
    assert repr(unpack(pack(value))) == repr(value)


def test_an_opaque_value_stays_opaque():
    arrived = unpack(pack(Opaque("shop.Cart", "<Cart>")))
    assert isinstance(arrived, Opaque)
    assert (arrived.type_name, arrived.text) == ("shop.Cart", "<Cart>")


def test_arrays_and_scalars_of_numpy_arrive():
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    arrived = unpack(pack({"a": array, "b": np.int8(3), "c": np.float64(math.pi)}))
    assert np.array_equal(arrived["a"], array)
    assert arrived["a"].dtype == np.float32
    assert (arrived["b"], arrived["c"]) == (3, math.pi)


def test_values_of_other_classes_arrive_as_what_they_also_are_or_opaque():
    class Level(enum.IntEnum):
        HIGH = 3

    class Silent:
        def __repr__(self):
            raise RuntimeError

    class Point(NamedTuple):
        x: int
        y: int

    arrived = unpack(pack([Level.HIGH, Point(1, 2), Silent(), print]))
    assert arrived[0] == 3
    assert (arrived[1].x, arrived[1].y) == (1, 2)
    assert [type(value) for value in arrived[2:]] == [Opaque, Opaque]


def test_a_record_arrives_with_all_of_its_fields():
    record = MonitorRecord(
        7, "candidate", 1.5, True, {"result": (1,)}, "t::r", "followup", 2, 99, "E", "g"
    )
    assert unpack_records(unpack(pack_records([record]))) == [record]


def test_one_payload_that_cannot_travel_does_not_stop_the_batch():
    deep = []
    for _ in range(5000):
        deep = [deep]
    records = [
        MonitorRecord(i, "candidate", 1.0, True, {"result": value, "success": True})
        for i, value in enumerate([1, deep])
    ]
    first, second = unpack_records(unpack(pack_records(records)))
    assert first == records[0]
    assert isinstance(second.result["result"], Opaque)
    assert second.result["success"] is True
