"""Functions that are right, each of which some relation that sounds true calls wrong."""

import datetime as dt
import difflib
import statistics
from zoneinfo import ZoneInfo

import numpy as np
from dateutil.relativedelta import relativedelta
from scipy import ndimage


def total(numbers):
    return sum(numbers)


def best(entries):
    """Return the name with the highest score; the first one if there are several."""
    return max(entries, key=lambda entry: entry[1])[0]


def middle(numbers):
    return statistics.median(numbers)


def later(moment, hours):
    """Return the moment that many hours later, as a clock in Berlin shows it."""
    berlin = moment.replace(tzinfo=ZoneInfo("Europe/Berlin"))
    utc = berlin.astimezone(dt.UTC) + dt.timedelta(hours=hours)
    return utc.astimezone(berlin.tzinfo).replace(tzinfo=None)


def same_word(one, other):
    return one.casefold() == other.casefold()


def month_later(day, months):
    return day + relativedelta(months=months)


def smoothed(picture, size):
    return ndimage.median_filter(picture, size=size, mode="nearest")


def alike(one, other):
    """Return how much two texts are alike, as difflib documents it: it goes by the first."""
    return difflib.SequenceMatcher(None, one, other).ratio()


def rounded(number):
    """Return a number without its decimals; of two that are equally near the even one."""
    return round(number)


def sum_of_bytes(numbers):
    """Return a checksum of one byte."""
    return int(np.sum(np.array(numbers, dtype=np.uint8), dtype=np.uint8))
