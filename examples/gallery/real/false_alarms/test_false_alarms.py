"""Relations that sound true and are not, each beside the one that is meant.

What is called ``naive`` is violated by a function that is right; its neighbour holds.
"""

import datetime as dt

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pytest_metamorphic_guard import Task, approx, equal_values

# Another order of a sum is another fraction. Tolerance: what is lost is small beside the largest.
fraction = st.floats(-1e6, 1e6)
total = Task("total", inputs=st.tuples(st.lists(fraction, max_size=8)), function="total")


@total.relation
def naive_order(numbers):
    """The order of numbers does not matter for their sum."""
    return (sorted(numbers),)


@total.relation(expect=approx(rel=0, abs=1e-8))
def order(numbers):
    """The order of numbers does not matter for their sum, but for the rounding of each step."""
    return (sorted(numbers),)


# Of several that are the best, which one? Precondition: there is one.
entry = st.tuples(st.sampled_from("abcd"), st.integers(0, 3))
entries = st.lists(entry, min_size=2, max_size=5, unique_by=lambda entry: entry[0])
best = Task("best", inputs=st.tuples(entries), function="best")


def has_one_best(entries):
    scores = [score for _, score in entries]
    return scores.count(max(scores)) == 1


@best.relation
def naive_best(entries):
    """The order of entries does not matter for the best one."""
    return (entries[::-1],)


@best.relation(precondition=has_one_best)
def best_of_one(entries):
    """The order of entries does not matter for the best one, where only one is the best."""
    return (entries[::-1],)


# nan is neither less nor more than anything, so there is no order. Precondition: no nan.
maybe_nan = st.one_of(st.integers(-5, 5).map(float), st.just(float("nan")))
middle = Task("middle", inputs=st.tuples(st.lists(maybe_nan, min_size=1)), function="middle")


@middle.relation
def naive_middle(numbers):
    """The order of numbers does not matter for the middle one."""
    return (numbers[::-1],)


@middle.relation(precondition=lambda numbers: not np.isnan(numbers).any())
def middle_of_numbers(numbers):
    """The order of numbers does not matter for the middle one."""
    return (numbers[::-1],)


# A clock is put forward in spring. Precondition: it is not, in these hours.
MIDNIGHT = dt.datetime.fromisoformat("2024-03-30T00:00")
FORWARD = dt.datetime.fromisoformat("2024-03-31T02:00")
hour = st.integers(0, 72).map(lambda hours: MIDNIGHT + dt.timedelta(hours=hours))
later = Task("later", inputs=st.tuples(hour, st.integers(1, 12)), function="later")


def the_clock_goes_on(moment, hours):
    return not moment - dt.timedelta(hours=1) < FORWARD <= moment + dt.timedelta(hours=hours)


@later.property
def naive_clock(shown, moment, hours):
    """Five hours later a clock shows five hours more."""
    assert shown == moment + dt.timedelta(hours=hours)


@later.law
def clock(later, moment, hours):
    """Five hours later a clock shows five hours more, unless it is put forward meanwhile."""
    if the_clock_goes_on(moment, hours):
        assert later(moment, hours) == moment + dt.timedelta(hours=hours)


# Some letters are two in capitals, and some capitals have two small letters. What is meant is
# casefold, whose result does not change any more.
word = st.text(
    "aI\N{LATIN SMALL LETTER DOTLESS I}ß\N{LATIN SMALL LETTER LONG S}", min_size=1, max_size=3
)
same_word = Task("same_word", inputs=st.tuples(word, word), function="same_word")


@same_word.relation
def naive_case(one, other):
    """A word in capitals is the same word."""
    return one.upper(), other


@same_word.relation
def case(one, other):
    """A word without its case, as Unicode takes it away, is the same word."""
    return one.casefold(), other


# Months are of different length. Precondition: the day is in each of them.
day = st.dates(dt.date(2023, 1, 1), dt.date(2024, 12, 31))
month_later = Task("month_later", inputs=st.tuples(day, st.integers(1, 12)), function="month_later")


@month_later.law
def naive_back(month_later, day, months):
    """A month on and a month back is the same day."""
    assert month_later(month_later(day, months), -months) == day


@month_later.law
def back(month_later, day, months):
    """A month on and a month back is the same day, of those that each month has."""
    if day.day <= 28:
        assert month_later(month_later(day, months), -months) == day


# A window of two has no middle, so it leans to one side. Precondition: the window is odd.
picture = hnp.arrays(np.int64, (4, 4), elements=st.integers(0, 9))
smoothed = Task("smoothed", inputs=st.tuples(picture, st.integers(1, 3)), function="smoothed")


def flips(before, after):
    return equal_values(before[::-1], after)


@smoothed.relation(expect=flips)
def naive_mirror(picture, size):
    """A mirrored picture gives the mirrored one."""
    return picture[::-1], size


@smoothed.relation(expect=flips, precondition=lambda picture, size: size % 2 == 1)
def mirror(picture, size):
    """A mirrored picture gives the mirrored one, if there is as much on either side."""
    return picture[::-1], size


# difflib goes by the first text, and says so. What is meant is that the same text is alike.
text = st.text("ab", max_size=6)
alike = Task("alike", inputs=st.tuples(text, text), function="alike")


@alike.relation
def naive_both_ways(one, other):
    """One is as much like the other as the other is like it."""
    return other, one


@alike.law
def itself(alike, one, other):
    """Nothing is more like a text than itself."""
    assert alike(one, other) <= alike(one, one) == 1


# Half is rounded to the even neighbour. Precondition: it is no half.
half = st.integers(-9, 9).map(lambda number: number / 2)
rounded = Task("rounded", inputs=st.tuples(half), function="rounded")


@rounded.relation(expect=lambda before, after: after == before + 1)
def naive_one_more(number):
    """One more is rounded to one more."""
    return (number + 1,)


@rounded.relation(expect=lambda before, after: after == before + 2)
def two_more(number):
    """Two more is rounded to two more: what is even stays even."""
    return (number + 2,)


# A byte goes round after 255. What is meant is a sum on a circle.
small = st.lists(st.integers(0, 255), max_size=4)
sum_of_bytes = Task("sum_of_bytes", inputs=st.tuples(small), function="sum_of_bytes")


@sum_of_bytes.relation(expect="non_decreasing")
def naive_more(numbers):
    """With one more number the sum is no smaller."""
    return ([*numbers, 3],)


@sum_of_bytes.relation(expect=lambda before, after: after == (before + 3) % 256)
def more(numbers):
    """With one more number the sum is as much further round."""
    return ([*numbers, 3],)
