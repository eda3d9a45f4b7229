"""Instances of subclasses of plain types, as values of the plain type that they also are.

What a subclass overrides is never asked: its instances are read as those of the base.
"""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values import instances

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["find_base", "to_zone"]

# Why: see `frames`.
globals()["__builtins__"] = dict(vars(builtins))

_get_mro: Any = type.__dict__["__mro__"].__get__
_WHOLE: Final = slice(None)


def find_base(kind: type) -> Callable[[Any], Any] | None:
    """Return what makes the plain value out of an instance, or None for any other class.

    Of the plain types that a class derives from, the first in its order of resolution counts.
    """
    for base in _get_mro(kind)[1:]:
        root = instances.get_module(base)
        if type(root) is str and root in _LATE and root not in _ADDED:
            _ADDED.add(root)
            _LATE[root]()
        if base in _CONVERT:
            return _CONVERT[base]
    return None


def to_zone(zone: Any) -> Any:
    """Return the zone of the standard library that a subclass of it stands for, or the zone."""
    from zoneinfo import ZoneInfo

    kind = type(zone)
    if kind is ZoneInfo or ZoneInfo not in _get_mro(kind):
        return zone
    key = ZoneInfo.__dict__["key"].__get__(zone) if "key" in vars(ZoneInfo) else zone.key
    return ZoneInfo(key) if type(key) is str else zone


def _add_datetime() -> None:
    from datetime import date, datetime, time, timedelta

    def reader(kind: type, names: str) -> Callable[[Any], list[Any]]:
        getters = [getattr(kind, name).__get__ for name in names.split()]
        return lambda value: [get(value) for get in getters]

    day = reader(date, "year month day")
    moment = reader(datetime, "hour minute second microsecond tzinfo fold")
    clock = reader(time, "hour minute second microsecond tzinfo fold")
    span = reader(timedelta, "days seconds microseconds")

    def to_datetime(value: Any) -> datetime:
        *parts, zone, fold = moment(value)
        named: dict[str, Any] = {"tzinfo": to_zone(zone), "fold": fold}
        return datetime(*day(value), *parts, **named)  # noqa: DTZ001 - the zone is among the named

    def to_time(value: Any) -> time:
        *parts, zone, fold = clock(value)
        named: dict[str, Any] = {"tzinfo": to_zone(zone), "fold": fold}
        return time(*parts, **named)

    _CONVERT[datetime] = to_datetime
    _CONVERT[date] = lambda value: date(*day(value))
    _CONVERT[time] = to_time
    _CONVERT[timedelta] = lambda value: timedelta(*span(value))


def _add_collections() -> None:
    from collections import Counter, OrderedDict, defaultdict, deque

    maxlen = vars(deque)["maxlen"].__get__

    def to_counter(value: Any) -> Counter[Any]:
        made: Counter[Any] = Counter()
        dict.update(made, _to_dict(value))
        return made

    _CONVERT[OrderedDict] = lambda value: OrderedDict(list(OrderedDict.items(value)))
    _CONVERT[Counter] = to_counter
    _CONVERT[defaultdict] = lambda value: defaultdict(None, _to_dict(value))
    _CONVERT[deque] = lambda value: deque(list(deque.__iter__(value)), maxlen(value))


def _add_decimal() -> None:
    from decimal import Decimal

    _CONVERT[Decimal] = lambda value: Decimal.__new__(Decimal, value)


def _add_fractions() -> None:
    from fractions import Fraction

    slots = vars(Fraction)
    numerator, denominator = (slots[name].__get__ for name in ("_numerator", "_denominator"))
    _CONVERT[Fraction] = lambda value: Fraction(numerator(value), denominator(value))


def _add_uuid() -> None:
    from uuid import UUID

    number = vars(UUID)["int"].__get__
    _CONVERT[UUID] = lambda value: UUID(int=number(value))


def _to_dict(value: Any) -> dict[Any, Any]:
    return dict(zip(list(dict.keys(value)), list(dict.values(value)), strict=True))


_real, _imag = (vars(complex)[name].__get__ for name in ("real", "imag"))
_CONVERT: dict[type, Callable[[Any], Any]] = {
    str: str.__str__,
    int: int.__int__,
    float: float.__float__,
    complex: lambda value: complex(_real(value), _imag(value)),
    bytes: lambda value: bytes.__getitem__(value, _WHOLE),
    bytearray: lambda value: bytearray.__getitem__(value, _WHOLE),
    list: lambda value: list.__getitem__(value, _WHOLE),
    tuple: lambda value: tuple.__getitem__(value, _WHOLE),
    set: lambda value: set(set.__iter__(value)),
    frozenset: lambda value: frozenset(frozenset.__iter__(value)),
    dict: _to_dict,
}
_LATE: Final = {
    "collections": _add_collections,
    "datetime": _add_datetime,
    "decimal": _add_decimal,
    "fractions": _add_fractions,
    "uuid": _add_uuid,
}
_ADDED: set[str] = set()
