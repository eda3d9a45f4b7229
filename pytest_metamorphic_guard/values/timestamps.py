"""Single times of pandas, and its values for what is missing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values.checks import require, require_ints
from pytest_metamorphic_guard.values.frames import TIMESTAMP, DecodeError, keep_builtins
from pytest_metamorphic_guard.values.kind import Kind
from pytest_metamorphic_guard.values.moments import name_zone
from pytest_metamorphic_guard.values.records import Record

if TYPE_CHECKING:
    from pytest_metamorphic_guard.values.sides import Writer

__all__ = ["KINDS"]

keep_builtins(globals())

_MOST_NANOSECONDS: Final = 1_000
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND: Final = dt.timedelta(microseconds=1)


def _write_time(writer: Writer, value: Any) -> None:
    # Python's own has no nanoseconds, numpy's no zone.
    zone = getattr(value, "tzinfo", None)
    if zone is None:
        writer.value(value.to_numpy())
    elif not value.nanosecond:
        writer.value(value.to_pydatetime(warn=False))
    else:
        writer.mark(TIMESTAMP)
        writer.value(value.to_pydatetime(warn=False))
        writer.scalar(int(value.nanosecond))


def _read_time(moment: Any, nanoseconds: Any) -> object:
    require_ints(nanoseconds)
    if require(moment, dt.datetime).tzinfo is None or not 0 < nanoseconds < _MOST_NANOSECONDS:
        raise DecodeError("no moment with nanoseconds")
    try:
        import pandas as pd
    except ImportError:
        fields = (("moment", moment), ("nanosecond", nanoseconds))
        return Record("table", "Timestamp", fields)
    whole = (moment - _EPOCH) // _MICROSECOND
    return pd.Timestamp(1_000 * whole + nanoseconds, tz=moment.tzinfo)


def _write_missing_time(writer: Writer, _: Any) -> None:
    import numpy as np

    writer.value(np.datetime64("NaT", "ns"))


def _make_key(value: Any, zones: bool) -> object:  # noqa: FBT001 - the protocol's
    kind = type(value).__name__
    if kind in ("NaTType", "NAType"):
        return ("time", kind)
    # Which loads numpy, where a host need not have it.
    from pytest_metamorphic_guard.values.attoseconds import count_attoseconds

    zone = value.tz if kind == "Timestamp" else None
    head = (kind,) if zone is None else (kind, "aware")
    named = (name_zone(zone),) if zones and zone is not None else ()
    return ("time", *head, *count_attoseconds(value.asm8), *named)


def _list_types(*names: str) -> list[type]:
    import pandas as pd

    found = [getattr(pd, name) for name in names]
    return [item if isinstance(item, type) else type(item) for item in found]


KINDS: Final = (
    Kind(
        types=lambda: _list_types("Timestamp", "Timedelta"),
        write=_write_time,
        make_key=_make_key,
    ),
    # Only what has both nanoseconds and a zone arrives as itself.
    Kind(types=tuple, mark=TIMESTAMP, put_together=_read_time),
    Kind(
        types=lambda: _list_types("NaT"),
        write=_write_missing_time,
        make_key=_make_key,
        to_source=lambda *_: "pd.NaT",
    ),
    Kind(
        types=lambda: _list_types("NA"),
        write=lambda writer, _: writer.scalar(None),
        make_key=_make_key,
        to_source=lambda *_: "pd.NA",
    ),
)
