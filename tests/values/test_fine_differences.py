"""Values that a library, or the way to the host, would take for each other."""

import collections
import textwrap

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pydantic
import pytest
from PIL import Image

from pytest_metamorphic_guard import approx, equal_values, same_zone
from pytest_metamorphic_guard.values.deciding import Undecidable
from pytest_metamorphic_guard.values.wire import decode, encode

FAR = np.array(["3000-01-01"], "M8[s]")
LONG = np.array([10**12], "m8[s]")
DIGITS = np.array([np.clongdouble(1) + np.finfo(np.longdouble).eps])
STAMP = pd.Timestamp("2020-10-25T02:30:00.000001002+01:00")


class Open(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="allow")
    a: int


class FileGoneError(OSError):
    pass


class Slotted(Exception):  # noqa: N818 - what a candidate calls it
    __slots__ = ("row",)

    def __init__(self, text, row):
        super().__init__(text)
        self.row = row


def paint(clear):
    image = Image.new("P", (2, 1))
    image.putpalette([255, 0, 0, 0, 255, 0])
    return image if clear is None else (image.info.update(transparency=clear), image)[1]


PAIRS = {
    # numpy converts one of two units to the other, and does not say where that overflows.
    "far moment": (FAR, FAR.astype("M8[ns]")),
    "long span": (LONG, LONG.astype("m8[ns]")),
    "far scalar": (FAR[0], FAR.astype("M8[ns]")[0]),
    "months": (np.array([1], "m8[M]"), np.array([30], "m8[D]")),
    "far column": (pd.Series(FAR), pd.Series(FAR.astype("M8[ns]"))),
    "far zoned column": (
        pd.Series(FAR).dt.tz_localize("UTC"),
        pd.Series(FAR.astype("M8[ns]")).dt.tz_localize("UTC"),
    ),
    "long column of polars": (
        pl.Series([10**14]).cast(pl.Duration("ms")),
        pl.Series(np.array([10**14]) * 10**6).cast(pl.Duration("ns")),
    ),
    "beyond doubles": (np.longdouble("1e4000"), np.longdouble("2e4000")),
    "digits": (DIGITS, np.array([np.clongdouble(1)])),
    "nul text": (np.str_("a\0"), np.str_("a")),
    "nul bytes": (np.bytes_(b"a\0"), np.bytes_(b"a")),
    # Python's moments and times of day have no nanoseconds.
    "zoned stamp": (STAMP, STAMP + pd.Timedelta(1)),
    "zoned stamp and none": (STAMP, STAMP.floor("us")),
    "stamps in a column": (
        pd.Series([STAMP, 1], dtype=object),
        pd.Series([STAMP + pd.Timedelta(1), 1], dtype=object),
    ),
    "interval": (
        pd.Interval(STAMP, STAMP + pd.Timedelta(9)),
        pd.Interval(STAMP + pd.Timedelta(1), STAMP + pd.Timedelta(9)),
    ),
    "polars time": (pl.Series([1]).cast(pl.Time), pl.Series([2]).cast(pl.Time)),
    "polars time and number": (pl.Series([1]).cast(pl.Time), pl.Series([1])),
    "arrow time": (pa.array([1], pa.time64("ns")), pa.array([2], pa.time64("ns"))),
    "arrow flags": (pa.array([True, None]), pa.array([False, None])),
    "order": (collections.OrderedDict(a=1, b=2), collections.OrderedDict(b=2, a=1)),
    "order within": ([collections.OrderedDict(a=1, b=2)], [collections.OrderedDict(b=2, a=1)]),
    "extra field": tuple(Open.model_validate({"a": 1, "b": b}) for b in (2, 3)),
    "file name": (FileGoneError(2, "gone", "a"), FileGoneError(2, "gone", "b")),
    "slot": (Slotted("bad", 1), Slotted("bad", 2)),
    "clear colour": (paint(0), paint(1)),
    "clear colours": (paint(b"\0\xff"), paint(None)),
}
UNSEEN = {
    "polars list": [pl.Series([[n]]).cast(pl.List(pl.Datetime("ns"))) for n in (1, 2)],
    "polars struct": [
        pl.Series([n]).cast(pl.Time).to_frame("at").to_struct("s") for n in (1001, 1002)
    ],
    "arrow list": [pa.array([[n]], pa.list_(pa.time64("ns"))) for n in (1, 2)],
}


def travel(value):
    return decode(encode(value))


@pytest.mark.parametrize("name", PAIRS)
def test_what_differs_in_little_differs_here_and_where_it_arrives(name):
    first, second = PAIRS[name]
    for one, other in ((first, second), (travel(first), travel(second))):
        assert not equal_values(one, other)
        assert not equal_values(other, one)
    for value in (first, second):
        assert equal_values(travel(value), travel(value))
        assert approx()(travel(value), travel(value))


@pytest.mark.parametrize("name", UNSEEN)
def test_what_nobody_can_read_in_full_is_no_equal_value(name):
    first, second = UNSEEN[name]
    for one, other in ((first, second), (travel(first), travel(second))):
        with pytest.raises(Undecidable):
            equal_values(one, other)


def test_the_same_times_in_two_units_stay_the_same():
    days = np.array(["2020-01-01", "NaT"], "M8[D]")
    assert equal_values(days, days.astype("M8[ns]"))
    assert equal_values(np.array([1], "m8[Y]"), np.array([12], "m8[M]"))
    # Of no common unit: as attoseconds.
    assert equal_values(np.array([10**13], "m8[s]"), np.array([10**16], "m8[ms]"))
    for milli in (pl.Series([[1000]]).cast(pl.List(pl.Datetime("ns"))), pa.array([[1000]])):
        assert equal_values(travel(milli), travel(milli))


def test_a_stamp_with_nanoseconds_arrives_as_itself():
    for hours in (0, -1, 5):
        stamp = (STAMP + pd.Timedelta(hours, "h")).tz_convert("Europe/Berlin")
        assert travel([stamp]) == [stamp]
        assert str(travel(stamp)) == str(stamp)
        assert equal_values(travel(stamp), travel(stamp.tz_convert("UTC")))
        assert not same_zone(travel(stamp), travel(stamp.tz_convert("UTC")))
    assert not same_zone({STAMP}, {STAMP.tz_convert("Europe/Berlin")})


def test_a_candidate_that_is_wrong_in_little_is_rejected(project):
    old = textwrap.dedent(
        """
        import collections
        import numpy as np, pandas as pd, polars as pl

        def solve(n):
            far = np.array(["3000-01-01"], "M8[s]")
            stamp = pd.Timestamp(5, tz="UTC")
            listed = pl.DataFrame({"a": [[5]]}, schema={"a": pl.List(pl.Datetime("ns"))})
            order = "ab"
            return [far, stamp, collections.OrderedDict.fromkeys(order), listed][n]
        """
    )
    new = old.replace('"M8[s]")', '"M8[s]").astype("M8[ns]")')
    new = new.replace('tz="UTC")', 'tz="UTC").floor("us")').replace('"ab"', '"ba"')
    project.write(
        old=old,
        new=new,
        test_it="from pytest_metamorphic_guard import Task\n"
        "t = Task('t', inputs=[(n,) for n in range(4)])\n",
    )
    ran = project.run("--mg-candidate=new.py", "--mg-baseline=old.py", "--mg-gate")
    # The last one is refused on both sides, and decides nothing.
    ran.stdout.fnmatch_lines(["REJECT: 3 regressions in 3 inputs*"])
    ran.assert_outcomes(failed=2)
