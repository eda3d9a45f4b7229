"""Tables of pandas: what is sent is what arrives, and what a stranger writes harms nobody."""

import random

import msgpack
import numpy as np
import pandas as pd
import pytest

from pytest_metamorphic_guard.errors import MetamorphicGuardError
from pytest_metamorphic_guard.values.equivalence import equal_values
from pytest_metamorphic_guard.values.records import Opaque
from pytest_metamorphic_guard.values.wire import DecodeError, decode, encode

DAYS = pd.date_range("2020-01-01", periods=3, freq="D")
GROUPED = pd.DataFrame({"k": list("aab"), "l": [1, 2, 1], "v": [1, 2, 3]})
TABLES = {
    "plain": pd.DataFrame({"a": [1, 2], "b": [1.5, np.nan], "c": list("xy"), "d": [True, False]}),
    "same names twice": pd.DataFrame([[1, 2], [3, 4]], columns=["x", "x"]),
    "empty": pd.DataFrame(),
    "no rows": pd.DataFrame({"a": []}),
    "no columns": pd.DataFrame(index=[1, 2, 3]),
    "two levels of rows": GROUPED.groupby(["k", "l"]).sum(),
    "two levels of columns": GROUPED.groupby("k").agg(["min", "max"]),
    "times": pd.DataFrame({"t": DAYS, "d": DAYS - DAYS[0]}, index=DAYS),
    "times with a zone": pd.DataFrame({"z": DAYS.tz_localize("Europe/Berlin")}),
    "small integers": pd.DataFrame({"a": np.array([1, 2], dtype="int8")}),
    "missing integers": pd.Series(pd.array([1, None, 3], dtype="Int64")),
    "missing texts": pd.Series(pd.array(["a", None, "c"], dtype="string")),
    "missing truths": pd.Series(pd.array([True, None, False], dtype="boolean")),
    "named series": pd.Series([1, 2, 3], name="n", index=list("abc")),
    "unnamed series": pd.Series([1.5, 2]),
    "objects": pd.Series([None, 1, "x", [1, 2], {"a": 1}]),
    "lists of one length": pd.Series([[1, 2], [3, 4]]),
    "index": pd.Index(["a", "b"], name="q"),
    "index of two levels": pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", "y"]),
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_table_arrives_as_it_was_sent(table):
    arrived = decode(encode(table))

    assert type(arrived) is type(table)
    assert arrived.equals(table)
    assert equal_values(arrived, table)
    if isinstance(table, pd.DataFrame):
        pd.testing.assert_frame_equal(arrived, table, check_freq=False)
    if isinstance(table, pd.Series):
        pd.testing.assert_series_equal(arrived, table, check_freq=False)


def test_tables_travel_inside_of_other_values():
    value = {"parts": [pd.Series([1, 2]), (pd.DataFrame({"x": [1.0]}), 3)]}

    assert equal_values(decode(encode(value)), value)


def test_categories_arrive_and_count_as_what_they_stand_for_and_so_do_ranges():
    categories = pd.DataFrame({"c": pd.Categorical(["a", "b", "a"], ["b", "a"], ordered=True)})

    pd.testing.assert_frame_equal(decode(encode(categories)), categories)
    assert equal_values(categories, pd.DataFrame({"c": ["a", "b", "a"]}))
    assert decode(encode(pd.RangeIndex(3))).tolist() == [0, 1, 2]


def test_single_times_arrive_as_those_of_numpy_or_with_a_zone_of_python():
    moment = pd.Timestamp("2020-01-01 12:00:00.123456789")

    assert decode(encode(moment)) == moment.to_numpy()
    assert decode(encode(pd.Timestamp("2020-01-01", tz="UTC"))).isoformat().endswith("+00:00")
    assert decode(encode(pd.Timedelta("1s"))) == np.timedelta64(1, "s")
    assert np.isnat(decode(encode(pd.NaT)))
    assert decode(encode(pd.NA)) is None


def test_what_has_no_plain_form_is_opaque():
    wide = pd.DataFrame(np.zeros((1, 10_001)))

    assert type(decode(encode(wide))) is Opaque


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [1, 3]})),
        (pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"b": [1, 2]})),
        (pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [1, 2]}, index=[1, 2])),
        (pd.DataFrame({"a": [1], "b": [2]}), pd.DataFrame({"b": [2], "a": [1]})),
        (pd.DataFrame({"a": [1]}), pd.Series([1], name="a")),
        (pd.Series([1], name="a"), pd.Series([1], name="b")),
        (pd.Series([1.0, None]), pd.Series([1.0, 2.0])),
        (pd.DataFrame({"a": [1]}), {"a": [1]}),
        (
            pd.MultiIndex.from_tuples([("a", 1)], names=["x", "y"]),
            pd.MultiIndex.from_tuples([("a", 1)], names=["z", "y"]),
        ),
    ],
)
def test_different_tables_are_not_equal(one, other):
    assert not equal_values(one, other)
    assert not equal_values(decode(encode(one)), decode(encode(other)))
    assert equal_values(one, one.copy())


def test_numbers_of_a_table_are_the_same_whatever_their_type():
    assert equal_values(pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [1.0, 2.0]}))
    assert equal_values(pd.Series([1.0, np.nan]), pd.Series([1.0, np.nan]))


def test_changed_bytes_are_another_table_or_refused():
    chance = random.Random(1)
    frames = [encode(table) for table in TABLES.values()]
    refused = 0
    for _ in range(4_000):
        frame = bytearray(chance.choice(frames))
        for _ in range(chance.randint(1, 3)):
            frame[chance.randrange(len(frame))] = chance.randrange(256)
        try:
            decode(bytes(frame))
        except MetamorphicGuardError:
            refused += 1
    assert refused > 400


def test_a_candidate_returns_a_table_and_a_property_looks_at_it(local, candidates):
    path = candidates.write(
        "import pandas as pd\ndef solve(n): return pd.DataFrame({'x': range(n)}).cumsum()"
    )

    payload = local.execute(path, "solve", (4,), 60.0, 2048)

    assert payload["success"], payload
    assert payload["result"].x.tolist() == [0, 1, 3, 6]


@pytest.mark.parametrize(
    "zone",
    ["dateutil//etc/hostname", "dateutil/etc", "dateutil/:/etc/x", "/etc/hostname", "../x", "a//b"],
)
def test_a_zone_is_the_key_of_one_and_never_a_path(zone):
    times = TABLES["times with a zone"].z
    frame, tag = encode(times), str(times.dtype)
    theirs = msgpack.packb(tag)
    assert frame.count(theirs) == 1
    changed = frame.replace(theirs, msgpack.packb(tag.replace("Europe/Berlin", zone)))

    with pytest.raises(DecodeError, match="no type of a column"):
        decode(changed)


def test_times_with_an_offset_for_a_zone_arrive():
    table = pd.Series(DAYS.tz_localize("+05:30"))

    assert type(decode(encode(table))) is pd.Series
    pd.testing.assert_series_equal(decode(encode(table)), table, check_freq=False)
