"""When two moments, times of day or columns of moments count as the same."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from pytest_metamorphic_guard import (
    approx,
    decreasing,
    equal_values,
    increasing,
    is_permutation,
    non_increasing,
    same_zone,
)

BERLIN, PARIS = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/Paris")
CET = dt.timezone(dt.timedelta(hours=1))
# The end of summer time: this hour comes twice.
FIRST = dt.datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
SECOND = FIRST.replace(fold=1)
WALL = FIRST.replace(tzinfo=None)
INDEX = pd.DatetimeIndex([FIRST, SECOND])

WRAPS = {
    "bare": lambda value: value,
    "list": lambda value: [value],
    "set": lambda value: {value},
    "key": lambda value: {value: 1},
    "frozen deep": lambda value: {(1, frozenset({value}))},
    "array": lambda value: np.array([value], dtype=object),
}


@pytest.mark.parametrize("wrap", WRAPS.values(), ids=WRAPS)
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (FIRST, SECOND),
        (WALL, WALL.replace(fold=1)),
        (dt.time(2, 30), dt.time(2, 30, fold=1)),
        (dt.time(2, 30, tzinfo=BERLIN), dt.time(2, 30, tzinfo=ZoneInfo("Asia/Tokyo"))),
        (WALL, WALL.replace(tzinfo=dt.UTC)),
        (pd.Timestamp(FIRST), pd.Timestamp(SECOND)),
        (np.datetime64("2026-01-01T00", "h"), np.datetime64("2026-01-01T01", "m")),
    ],
    ids=["fold", "naive fold", "time fold", "time zone", "naive and aware", "pandas", "numpy"],
)
def test_what_may_be_an_hour_apart_differs_wherever_it_stands(wrap, first, second):
    assert not equal_values(wrap(first), wrap(second))
    assert equal_values(wrap(first), wrap(first))


@pytest.mark.parametrize("wrap", WRAPS.values(), ids=WRAPS)
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (FIRST, FIRST.astimezone(dt.UTC)),
        (SECOND, SECOND.astimezone(dt.UTC)),
        (SECOND, SECOND.astimezone(PARIS)),
        (SECOND, SECOND.astimezone(CET)),
        (dt.time(1, 30, tzinfo=dt.UTC), dt.time(2, 30, tzinfo=CET)),
        (pd.Timestamp(SECOND), pd.Timestamp(SECOND).tz_convert("UTC").as_unit("s")),
    ],
    ids=["utc", "utc after", "zone", "offset", "time", "pandas"],
)
def test_the_same_instant_in_two_zones_is_equal_unless_zones_count(wrap, first, second):
    assert equal_values(wrap(first), wrap(second))
    assert approx()(wrap(first), wrap(second))
    assert not same_zone(wrap(first), wrap(second))
    assert not approx(same_zone=True)(wrap(first), wrap(second))
    assert same_zone(wrap(first), wrap(first))
    assert approx(same_zone=True)([wrap(first), 1.0], [wrap(first), 1.0 + 1e-9])


def test_units_of_numpy_do_not_matter_in_sets():
    assert equal_values({np.datetime64("2026", "Y")}, {np.datetime64("2026-01-01", "ms")})
    assert equal_values({np.timedelta64(1, "Y")}, {np.timedelta64(12, "M")})
    assert equal_values({pd.NaT, np.timedelta64(90, "s")}, {np.timedelta64(90_000, "ms"), pd.NaT})


@pytest.mark.parametrize(
    "wrap",
    [
        lambda index: index,
        pd.Series,
        lambda index: pd.DataFrame({"at": index}),
        lambda index: pd.Series([1, 2], index=index),
        lambda index: pd.DataFrame([[1, 2]], columns=index),
        lambda index: pd.MultiIndex.from_product([index, ["a"]]),
        lambda index: pd.Series(index.tolist(), dtype=object),
    ],
    ids=["index", "series", "frame", "labels", "names", "levels", "objects"],
)
def test_tables_of_moments_are_instants_unless_zones_count(wrap):
    there = wrap(INDEX.tz_convert("UTC"))

    assert equal_values(wrap(INDEX), there)
    assert not same_zone(wrap(INDEX), there)
    assert same_zone(wrap(INDEX), wrap(INDEX))
    assert not equal_values(wrap(INDEX), wrap(INDEX[[0, 0]]))
    assert not equal_values(wrap(INDEX), wrap(INDEX.tz_localize(None)))


def test_moments_are_no_numbers_and_units_do_not_matter_in_tables():
    assert not equal_values(pd.Series(INDEX), pd.Series(INDEX.asi8))
    assert equal_values(pd.Series(INDEX), pd.Series(INDEX.as_unit("s")))


def test_permutations_and_orders_are_of_instants():
    assert is_permutation([FIRST, SECOND], [SECOND.astimezone(dt.UTC), FIRST])
    assert not is_permutation([FIRST, FIRST], [FIRST, SECOND])
    assert is_permutation(pd.Series(INDEX), pd.Series(INDEX[::-1].tz_convert("UTC")))
    assert increasing(FIRST, SECOND)
    assert decreasing([SECOND], [FIRST])
    assert not non_increasing(FIRST, SECOND)
    assert increasing(WALL, WALL + dt.timedelta(hours=1))


@pytest.mark.parametrize(
    ("words", "counts"), [({}, (1, 0)), ({"equivalence": "same_zone"}, (0, 1))], ids=["", "zones"]
)
def test_a_task_says_whether_zones_count(project, words, counts):
    project.write(
        new="""
        import datetime as dt
        from zoneinfo import ZoneInfo

        def later(hours, zone):
            at = dt.datetime(2026, 10, 25, tzinfo=dt.UTC) + dt.timedelta(hours=hours)
            return at.astimezone(ZoneInfo(zone))
        """
    )
    project.write_task(
        """
        @t.relation(expect=equal)
        def elsewhere(hours, zone):
            return hours, "Europe/Paris"
        """,
        inputs="[(0, 'Europe/Berlin'), (1, 'UTC')]",
        function="'later'",
        **words,
    )
    result = project.run("--mg-candidate=new.py", "-p", "no:xdist")
    result.assert_outcomes(passed=counts[0], failed=counts[1])
    if counts[1]:
        result.stdout.fnmatch_lines(["*outputs are equal, and moments in the same zones"])
