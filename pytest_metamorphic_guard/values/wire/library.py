"""How the value types of the standard library, numpy and pandas are written.

A module is entered once a value of it is met, so that a worker does not import what its candidate
does not use.
"""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.values import frames as form
from pytest_metamorphic_guard.values import pandas as tables
from pytest_metamorphic_guard.values.wire.bases import to_zone

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.values.wire.encoding import Writer

# Why: see `frames`.
globals()["__builtins__"] = dict(vars(builtins))


def add_emitters(module: str, emitters: dict[type, Any]) -> None:
    """Enter an emitter for every type of ``module`` that can travel."""
    _REGISTER[module](emitters)


def _add_collections(emitters: dict[type, Any]) -> None:
    from collections import Counter, OrderedDict, defaultdict, deque

    def emit_mapping(mark: form.Mark) -> Callable[[Writer, Any], None]:
        def emit(writer: Writer, value: Any) -> None:
            writer.mark(mark)
            writer.sequence(list(value))
            writer.sequence(list(value.values()))

        return emit

    def emit_deque(writer: Writer, value: Any) -> None:
        writer.mark(form.DEQUE)
        writer.sequence(list(value))
        writer.scalar(value.maxlen)

    emitters[OrderedDict] = emit_mapping(form.ORDERED_DICT)
    emitters[Counter] = emit_mapping(form.COUNTER)
    emitters[defaultdict] = emit_mapping(form.DEFAULTDICT)
    emitters[deque] = emit_deque


def _add_decimal(emitters: dict[type, Any]) -> None:
    from decimal import Decimal

    def emit(writer: Writer, value: Any) -> None:
        text = str(value)
        if len(text) > form.MAX_DECIMAL_DIGITS:
            raise form.EncodeError(
                "too_large",
                f"the result holds a Decimal of {len(text)} characters; "
                f"at most {form.MAX_DECIMAL_DIGITS} are sent",
            )
        writer.parts(form.DECIMAL, text)

    emitters[Decimal] = emit


def _add_fractions(emitters: dict[type, Any]) -> None:
    from fractions import Fraction

    def emit(writer: Writer, value: Any) -> None:
        parts = (value.numerator, value.denominator)
        sent = (writer.signed_bytes(part, form.MAX_FRACTION_BYTES) for part in parts)
        writer.parts(form.FRACTION, *sent)

    emitters[Fraction] = emit


def _add_datetime(emitters: dict[type, Any]) -> None:
    from datetime import date, datetime, time, timedelta, timezone

    def emit_datetime(writer: Writer, value: Any) -> None:
        zone = to_zone(value.tzinfo)
        if not _can_travel(zone):
            # A stranger's zone: the moment stays the same.
            offset = value.utcoffset()
            if type(offset) is not timedelta:
                writer.opaque(value)
                return
            zone = timezone(offset)
        day = (value.year, value.month, value.day)
        clock = (value.hour, value.minute, value.second, value.microsecond, value.fold)
        writer.parts(form.DATETIME, *day, *clock, zone)

    def emit_date(writer: Writer, value: Any) -> None:
        writer.parts(form.DATE, value.year, value.month, value.day)

    def emit_time(writer: Writer, value: Any) -> None:
        if not _can_travel(value.tzinfo):
            writer.opaque(value)
            return
        clock = (value.hour, value.minute, value.second, value.microsecond, value.fold)
        writer.parts(form.TIME, *clock, value.tzinfo)

    def emit_timedelta(writer: Writer, value: Any) -> None:
        writer.parts(form.TIMEDELTA, value.days, value.seconds, value.microseconds)

    def emit_timezone(writer: Writer, value: Any) -> None:
        offset, *name = value.__getinitargs__()
        writer.parts(form.TIMEZONE, offset, name[0] if name else None)

    emitters[datetime] = emit_datetime
    emitters[date] = emit_date
    emitters[time] = emit_time
    emitters[timedelta] = emit_timedelta
    emitters[timezone] = emit_timezone


def _add_zoneinfo(emitters: dict[type, Any]) -> None:
    from zoneinfo import ZoneInfo

    def emit(writer: Writer, value: Any) -> None:
        if _can_travel(value):
            writer.parts(form.ZONEINFO, value.key)
        else:
            writer.opaque(value)

    emitters[ZoneInfo] = emit


def _add_uuid(emitters: dict[type, Any]) -> None:
    from uuid import UUID

    def emit(writer: Writer, value: Any) -> None:
        writer.parts(form.UUID, value.bytes)

    emitters[UUID] = emit


def _add_ipaddress(emitters: dict[type, Any]) -> None:
    import ipaddress

    def emit(writer: Writer, value: Any) -> None:
        text = str(value)
        if len(text) > form.MAX_IP:  # the scope of an address may be any text
            writer.opaque(value)
        else:
            writer.parts(form.IP, type(value).__name__, text)

    for name in form.IPS:
        emitters[getattr(ipaddress, name)] = emit


def _add_pathlib(emitters: dict[type, Any]) -> None:
    import pathlib

    def emit(writer: Writer, value: Any) -> None:
        text = str(value)
        if len(text) > form.MAX_PATH:
            writer.opaque(value)
        else:
            writer.parts(form.PATH, type(value).__name__, text)

    for name in form.PATHS:
        emitters[getattr(pathlib, name)] = emit


def _add_numpy(emitters: dict[type, Any]) -> None:
    import numpy as np

    def emit_array(writer: Writer, value: Any) -> None:
        kind = value.dtype
        if kind.kind not in form.ARRAY_KINDS or not form.ARRAY_DTYPE.fullmatch(kind.str):
            writer.opaque(value)
            return
        writer.check_size(value.nbytes)
        flags = value.flags
        order = "F" if flags.f_contiguous and not flags.c_contiguous else "C"
        writer.mark(form.ARRAY)
        writer.scalar(kind.str)
        writer.scalar(order)
        writer.sequence(list(value.shape))
        writer.scalar(value.tobytes(order))

    def emit_scalar(writer: Writer, value: Any) -> None:
        writer.parts(form.SCALAR, value.dtype.str, value.tobytes())

    emitters[np.ndarray] = emit_array
    # These differ from an array in how they are written; others may hold a mask, or a unit.
    emitters[np.matrix] = emitters[np.memmap] = lambda writer, value: writer.value(
        np.ndarray.view(value, np.ndarray)
    )
    for kind in {kind for kind in np.sctypeDict.values() if np.dtype(kind).kind in "biufcmM"}:
        emitters[kind] = emit_scalar
    # An array would lose NUL characters at the end of these.
    emitters[np.str_] = lambda writer, value: writer.parts(form.NUMPY_STR, str.__str__(value))
    emitters[np.bytes_] = lambda writer, value: writer.parts(form.NUMPY_BYTES, value.tobytes())


def _add_pandas(emitters: dict[type, Any]) -> None:
    import numpy as np
    import pandas as pd

    def emit_table(writer: Writer, value: Any) -> None:
        parts = tables.take_apart(value)
        if parts is None:
            writer.opaque(value)
            return
        writer.mark(form.TABLE)
        writer.scalar(tables.find_kind(type(value)))
        writer.sequence(parts)

    def emit_time(writer: Writer, value: Any) -> None:
        # Python's own has no nanoseconds, numpy's no zone.
        zone = getattr(value, "tzinfo", None)
        writer.value(value.to_numpy() if zone is None else value.to_pydatetime(warn=False))

    indexes = [pd.Index, pd.MultiIndex, pd.RangeIndex, pd.DatetimeIndex, pd.TimedeltaIndex]
    for kind in (pd.DataFrame, pd.Series, *indexes, pd.CategoricalIndex):
        emitters[kind] = emit_table
    emitters[pd.Timestamp] = emitters[pd.Timedelta] = emit_time
    emitters[type(pd.NaT)] = lambda writer, _: writer.value(np.datetime64("NaT", "ns"))
    emitters[type(pd.NA)] = lambda writer, _: writer.scalar(None)


def _can_travel(zone: Any) -> bool:
    from datetime import timezone

    if zone is None or type(zone) is timezone:
        return True
    from zoneinfo import ZoneInfo

    return type(zone) is ZoneInfo and form.ZONE_KEY.fullmatch(zone.key or "") is not None


_REGISTER = {
    "collections": _add_collections,
    "datetime": _add_datetime,
    "decimal": _add_decimal,
    "fractions": _add_fractions,
    "ipaddress": _add_ipaddress,
    "numpy": _add_numpy,
    "pandas": _add_pandas,
    "pathlib": _add_pathlib,
    "uuid": _add_uuid,
    "zoneinfo": _add_zoneinfo,
}
