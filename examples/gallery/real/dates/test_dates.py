"""What must hold for lengths between dates, and for dates that come again."""

import datetime as dt

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task

day = st.dates(dt.date(1990, 1, 1), dt.date(2040, 12, 31)).flatmap(
    lambda date: st.times().map(lambda time: dt.datetime.combine(date, time.replace(microsecond=0)))
)
between = Task("between", inputs=st.tuples(day, day), function="between")
again = Task(
    "again",
    inputs=st.tuples(
        st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,FR", "FREQ=MONTHLY;BYMONTHDAY=-1"]),
        day,
        st.integers(1, 12),
    ),
    function="again",
)


@between.law
def there_and_on(between, start, end):
    """The start and the time between are the end."""
    assert between.function("add")(start, between(start, end)) == end


@between.relation
def the_same_time_of_day(start, end):
    """The same step on a clock that is four hundred years ahead gives the same length."""
    return start.replace(year=start.year + 400), end.replace(year=end.year + 400)


@again.relation(expect="is_prefix")
def one_more(rule, start, count):
    """One more date leaves the ones before."""
    return rule, start, count + 1


@again.property
def in_order(dates, rule, start, count):
    """There are as many as were asked for, one after the other, and none before the start."""
    assert len(dates) == count
    assert [start, *dates] == sorted([start, *dates])


@again.law
def from_the_last(again, rule, start, count):
    """Who goes on at the last date sees the same dates as who counted on."""
    dates = again(rule, start, count)
    assert dates + again(rule, dates[-1], 4)[1:] == again(rule, start, count + 3)
