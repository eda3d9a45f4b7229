"""Lengths between dates and dates that come again, by python-dateutil."""

from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrulestr

UNITS = ("years", "months", "days", "hours", "minutes", "seconds")


def between(start, end):
    """Return the time from start to end by unit."""
    length = relativedelta(end, start)
    return {unit: getattr(length, unit) for unit in UNITS}


def add(start, length):
    return start + relativedelta(**length)


def again(rule, start, count):
    """Return the first dates of a rule from a start on."""
    return list(rrulestr(f"{rule};COUNT={count}", dtstart=start))
