"""Moments and times of day, as what makes two of them the same."""

from __future__ import annotations

import datetime as dt
from typing import Any

__all__ = ["read_moment", "read_time", "to_instant"]

_UNITS = {"W": 604_800, "D": 86_400, "h": 3600, "m": 60, "s": 1}
_FRACTIONS = {"ms": 3, "us": 6, "ns": 9, "ps": 12, "fs": 15, "as": 18}


def read_moment(value: dt.datetime | dt.time, *, zones: bool) -> tuple[object, ...]:
    """Return what two moments, or two times of day, have in common exactly if they are the same.

    With an offset from UTC that is the instant, and where ``zones`` is true the name of the zone as
    well. Without one it is what a clock shows and whether it shows that for the second time.

    Args:
        value: A datetime or a time of Python's own type.
        zones: Whether the same instant in two zones is two values.
    """
    zone = (_name_zone(value.tzinfo),) if zones and value.tzinfo is not None else ()
    instant = _find_instant(value) if isinstance(value, dt.datetime) else _find_clock_time(value)
    if instant is not None:
        return (type(value), instant, *zone)
    # Times of day in a zone whose offset depends on the day are the same in the same zone only.
    named = () if value.tzinfo is None else (_name_zone(value.tzinfo),)
    return (type(value), value.replace(tzinfo=None, fold=0), value.fold, *named)


def read_time(value: Any, *, zones: bool) -> tuple[object, ...]:
    """Return the same of a time of pandas' or numpy's, single or missing, in attoseconds."""
    kind = type(value).__name__
    if kind in ("NaTType", "NAType"):
        return (kind,)
    zone = getattr(value, "tz", None)
    head = (kind,) if zone is None else (kind, "aware")
    named = (_name_zone(zone),) if zones and zone is not None else ()
    return (*head, *_count_attoseconds(getattr(value, "asm8", value)), *named)


def to_instant(value: object) -> object:
    """Return what orders moments: how far from a fixed one they are, where they have a zone.

    Python compares what two clocks of one zone show, which may be the same twice. Anything else
    comes back as it is.
    """
    instant = _find_instant(value) if type(value) is dt.datetime else None
    return value if instant is None else instant


def _find_instant(moment: dt.datetime) -> dt.timedelta | None:
    """Return how far a moment is from the first one of the calendar in UTC; None without a zone."""
    offset = moment.utcoffset()
    if offset is None:
        return None
    return moment.replace(tzinfo=None) - dt.datetime.min - offset  # noqa: DTZ901 - what it shows


def _name_zone(zone: dt.tzinfo | None) -> str:
    """Return what names a zone: its key, or the offset where that is all there is to it."""
    if type(zone) is dt.timezone:
        return str(dt.timezone(zone.utcoffset(None)))
    return str(zone)


def _find_clock_time(value: dt.time) -> dt.timedelta | None:
    offset = value.utcoffset()
    if offset is None:
        return None
    shown = dt.datetime.combine(dt.date.min, value.replace(tzinfo=None))
    return shown - dt.datetime.min - offset  # noqa: DTZ901 - no day is meant


def _count_attoseconds(value: Any) -> tuple[object, ...]:
    """Return the size of one of numpy's times, the same for every unit it can be written in."""
    import numpy as np  # as late as this: it takes long to load

    unit, step = np.datetime_data(value.dtype)
    if np.isnat(value):
        return ("missing",)
    if unit in ("Y", "M") and value.dtype.kind == "M":
        value, unit, step = value.astype("M8[s]"), "s", 1
    count = int(value.astype("i8")) * step
    if unit in _UNITS:
        return (count * _UNITS[unit] * 10**18,)
    if unit in _FRACTIONS:
        return (count * 10 ** (18 - _FRACTIONS[unit]),)
    # Months have no length in seconds.
    return (count * 12, "M") if unit == "Y" else (count, unit)
