"""Moments, days and times of day: of the modules ``datetime`` and ``zoneinfo``."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Final

from pytest_metamorphic_guard.values.checks import require_ints
from pytest_metamorphic_guard.values.frames import (
    DATE,
    DATETIME,
    TIME,
    TIMEDELTA,
    TIMEZONE,
    ZONEINFO,
    DecodeError,
    keep_builtins,
)
from pytest_metamorphic_guard.values.kind import Kind

__all__ = ["KINDS", "ZONE_KEY", "name_zone", "read_moment", "to_instant"]

keep_builtins(globals())

# Only names: a key is looked up in the file system.
ZONE_KEY: Final = re.compile(r"[A-Za-z0-9_+-]{1,32}(?:/[A-Za-z0-9_+-]{1,32}){0,3}")


def read_moment(value: dt.datetime | dt.time, *, zones: bool) -> tuple[object, ...]:
    """Return what two moments, or two times of day, have in common exactly if they are the same.

    With an offset from UTC that is the instant, and where ``zones`` is true the name of the zone as
    well. Without one it is what a clock shows and whether it shows that for the second time.

    Args:
        value: A datetime or a time of Python's own type.
        zones: Whether the same instant in two zones is two values.
    """
    zone = (name_zone(value.tzinfo),) if zones and value.tzinfo is not None else ()
    instant = _find_instant(value) if isinstance(value, dt.datetime) else _find_clock_time(value)
    if instant is not None:
        return (type(value), instant, *zone)
    # Times of day in a zone whose offset depends on the day are the same in the same zone only.
    named = () if value.tzinfo is None else (name_zone(value.tzinfo),)
    return (type(value), value.replace(tzinfo=None, fold=0), value.fold, *named)


def to_instant(value: object) -> object:
    """Return what orders moments: how far from a fixed one they are, where they have a zone.

    Python compares what two clocks of one zone show, which may be the same twice. Anything else
    comes back as it is.
    """
    instant = _find_instant(value) if type(value) is dt.datetime else None
    return value if instant is None else instant


def name_zone(zone: dt.tzinfo | None) -> str:
    """Return what names a zone: its key, or the offset where that is all there is to it."""
    if type(zone) is dt.timezone:
        return str(dt.timezone(zone.utcoffset(None)))
    return str(zone)


def _find_instant(moment: dt.datetime) -> dt.timedelta | None:
    """Return how far a moment is from the first one of the calendar in UTC; None without a zone."""
    offset = moment.utcoffset()
    if offset is None:
        return None
    return moment.replace(tzinfo=None) - dt.datetime.min - offset  # noqa: DTZ901 - what it shows


def _find_clock_time(value: dt.time) -> dt.timedelta | None:
    offset = value.utcoffset()
    if offset is None:
        return None
    shown = dt.datetime.combine(dt.date.min, value.replace(tzinfo=None))
    return shown - dt.datetime.min - offset  # noqa: DTZ901 - no day is meant


def _take_moment_apart(value: Any) -> tuple[Any, ...] | None:
    zone = _to_zone(value.tzinfo)
    if not _can_travel(zone):
        # A stranger's zone: the moment stays the same.
        offset = value.utcoffset()
        if type(offset) is not dt.timedelta:
            return None
        zone = dt.timezone(offset)
    day = (value.year, value.month, value.day)
    clock = (value.hour, value.minute, value.second, value.microsecond, value.fold)
    return (*day, *clock, zone)


def _take_time_apart(value: Any) -> tuple[Any, ...] | None:
    if not _can_travel(value.tzinfo):
        return None
    clock = (value.hour, value.minute, value.second, value.microsecond, value.fold)
    return (*clock, value.tzinfo)


def _take_timezone_apart(value: Any) -> tuple[Any, Any]:
    offset, *name = value.__getinitargs__()
    return (offset, name[0] if name else None)


def _can_travel(zone: Any) -> bool:
    if zone is None or type(zone) is dt.timezone:
        return True
    from zoneinfo import ZoneInfo  # which reads files

    return type(zone) is ZoneInfo and ZONE_KEY.fullmatch(zone.key or "") is not None


def _to_zone(zone: Any) -> Any:
    """Return the zone of the standard library that a subclass of it stands for, or the zone."""
    if zone is None or type(zone) is dt.timezone:
        return zone
    from zoneinfo import ZoneInfo

    kind = type(zone)
    if kind is ZoneInfo or ZoneInfo not in _get_mro(kind):
        return zone
    key = ZoneInfo.__dict__["key"].__get__(zone) if "key" in vars(ZoneInfo) else zone.key
    return ZoneInfo(key) if type(key) is str else zone


def _read_datetime(*parts: Any) -> object:
    *numbers, fold, zone = parts
    require_ints(*numbers, fold)
    named: dict[str, Any] = {"fold": fold, "tzinfo": _require_zone(zone)}
    return dt.datetime(*numbers, **named)  # noqa: DTZ001 - the zone is among the named, or was None


def _read_date(year: int, month: int, day: int) -> object:
    require_ints(year, month, day)
    return dt.date(year, month, day)


def _read_time(*parts: Any) -> object:
    *numbers, fold, zone = parts
    require_ints(*numbers, fold)
    named: dict[str, Any] = {"fold": fold, "tzinfo": _require_zone(zone)}
    return dt.time(*numbers, **named)


def _read_timedelta(days: int, seconds: int, microseconds: int) -> object:
    require_ints(days, seconds, microseconds)
    return dt.timedelta(days, seconds, microseconds)


def _read_timezone(offset: Any, name: str | None) -> object:
    """Return the fixed offset, with its name if it has one of its own."""
    if type(offset) is not dt.timedelta or type(name) not in (str, type(None)):
        raise DecodeError("no offset of a time zone")
    return dt.timezone(offset) if name is None else dt.timezone(offset, name)


def _read_zoneinfo(key: str) -> object:
    """Return the zone that this machine's database has under ``key``."""
    from zoneinfo import ZoneInfo

    if type(key) is not str or not ZONE_KEY.fullmatch(key):
        raise DecodeError("no key of a time zone")
    return ZoneInfo(key)


def _require_zone(zone: Any) -> Any:
    if zone is None or type(zone) is dt.timezone:
        return zone
    from zoneinfo import ZoneInfo

    if type(zone) is not ZoneInfo:
        raise DecodeError("no time zone where one belongs")
    return zone


def _list_zoneinfo() -> tuple[type]:
    from zoneinfo import ZoneInfo

    return (ZoneInfo,)


def _make_getter(kind: type, names: str) -> Any:
    # What a subclass overrides is never asked.
    getters = [getattr(kind, name).__get__ for name in names.split()]
    return lambda value: [get(value) for get in getters]


_get_mro: Any = type.__dict__["__mro__"].__get__
_get_day = _make_getter(dt.date, "year month day")
_get_clock = _make_getter(dt.datetime, "hour minute second microsecond tzinfo fold")
_get_time = _make_getter(dt.time, "hour minute second microsecond tzinfo fold")
_get_span = _make_getter(dt.timedelta, "days seconds microseconds")


def _to_datetime(value: Any) -> dt.datetime:
    *parts, zone, fold = _get_clock(value)
    named: dict[str, Any] = {"tzinfo": _to_zone(zone), "fold": fold}
    return dt.datetime(*_get_day(value), *parts, **named)  # noqa: DTZ001 - the zone is among the named


def _to_time(value: Any) -> dt.time:
    *parts, zone, fold = _get_time(value)
    named: dict[str, Any] = {"tzinfo": _to_zone(zone), "fold": fold}
    return dt.time(*parts, **named)


KINDS: Final = (
    # Python's == overlooks which of two equal wall times is meant.
    Kind(
        library="datetime",
        types=lambda: (dt.datetime,),
        mark=DATETIME,
        take_apart=_take_moment_apart,
        put_together=_read_datetime,
        to_plain=_to_datetime,
        make_key=lambda value, zones: ("moment", *read_moment(value, zones=zones)),
    ),
    Kind(
        library="datetime",
        types=lambda: (dt.time,),
        mark=TIME,
        take_apart=_take_time_apart,
        put_together=_read_time,
        to_plain=_to_time,
        make_key=lambda value, zones: ("moment", *read_moment(value, zones=zones)),
    ),
    Kind(
        library="datetime",
        types=lambda: (dt.date,),
        mark=DATE,
        shape="exact",
        take_apart=lambda value: (value.year, value.month, value.day),
        put_together=_read_date,
        to_plain=lambda value: dt.date(*_get_day(value)),
    ),
    Kind(
        library="datetime",
        types=lambda: (dt.timedelta,),
        mark=TIMEDELTA,
        shape="exact",
        take_apart=lambda value: (value.days, value.seconds, value.microseconds),
        put_together=_read_timedelta,
        to_plain=lambda value: dt.timedelta(*_get_span(value)),
    ),
    Kind(
        library="datetime",
        types=lambda: (dt.timezone,),
        mark=TIMEZONE,
        shape="exact",
        take_apart=_take_timezone_apart,
        put_together=_read_timezone,
    ),
    Kind(
        library="zoneinfo",
        types=_list_zoneinfo,
        mark=ZONEINFO,
        take_apart=lambda value: (value.key,) if _can_travel(value) else None,
        put_together=_read_zoneinfo,
        # One without a key is made of a file, and equal to itself only.
        make_key=lambda value, _: ("zone", value.key or id(value)),
    ),
)
