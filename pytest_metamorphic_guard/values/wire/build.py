"""How the reader rebuilds the standard library's value types and numpy's.

The parts that these functions are given were written by a stranger. What they raise, whatever it
is, becomes a `DecodeError`.
"""

from __future__ import annotations

import math
import sys
from typing import Any

from pytest_metamorphic_guard.values import frames as form
from pytest_metamorphic_guard.values.frames import DecodeError


def build_decimal(text: str) -> object:
    """Return the Decimal of at most `MAX_DECIMAL_DIGITS` characters."""
    from decimal import Decimal

    if type(text) is not str or len(text) > form.MAX_DECIMAL_DIGITS:
        raise DecodeError("no text of a Decimal")
    return Decimal(text)


def build_fraction(numerator: bytes, denominator: bytes) -> object:
    """Return the Fraction of two integers in two's complement."""
    from fractions import Fraction

    parts = [build_int(part, form.MAX_FRACTION_BYTES) for part in (numerator, denominator)]
    return Fraction(*parts)


def build_int(data: bytes, limit: int = form.MAX_INT_BYTES) -> int:
    """Return the integer in two's complement of at most ``limit`` bytes."""
    if type(data) is not bytes or len(data) > limit:
        raise DecodeError("no bytes of an integer")
    return int.from_bytes(data, "little", signed=True)


def build_datetime(*parts: Any) -> object:
    """Return the datetime of year to microsecond, fold and time zone."""
    from datetime import datetime

    *numbers, fold, zone = parts
    require_ints(*numbers, fold)
    named: dict[str, Any] = {"fold": fold, "tzinfo": _require_zone(zone)}
    return datetime(*numbers, **named)  # noqa: DTZ001 - the zone is among the named, or was None


def build_date(year: int, month: int, day: int) -> object:
    """Return the date."""
    from datetime import date

    require_ints(year, month, day)
    return date(year, month, day)


def build_time(*parts: Any) -> object:
    """Return the time of hour to microsecond, fold and time zone."""
    from datetime import time

    *numbers, fold, zone = parts
    require_ints(*numbers, fold)
    named: dict[str, Any] = {"fold": fold, "tzinfo": _require_zone(zone)}
    return time(*numbers, **named)


def build_timedelta(days: int, seconds: int, microseconds: int) -> object:
    """Return the timedelta."""
    from datetime import timedelta

    require_ints(days, seconds, microseconds)
    return timedelta(days, seconds, microseconds)


def build_timezone(offset: Any, name: str | None) -> object:
    """Return the fixed offset, with its name if it has one of its own."""
    from datetime import timedelta, timezone

    if type(offset) is not timedelta or type(name) not in (str, type(None)):
        raise DecodeError("no offset of a time zone")
    return timezone(offset) if name is None else timezone(offset, name)


def build_zoneinfo(key: str) -> object:
    """Return the zone that this machine's database has under ``key``."""
    from zoneinfo import ZoneInfo

    # Only names: a key is looked up in the file system.
    if type(key) is not str or not form.ZONE_KEY.fullmatch(key):
        raise DecodeError("no key of a time zone")
    return ZoneInfo(key)


def build_uuid(data: bytes) -> object:
    """Return the UUID of 16 bytes."""
    from uuid import UUID

    if type(data) is not bytes:
        raise DecodeError("no bytes of a UUID")
    return UUID(bytes=data)


def build_path(kind: str, text: str) -> object:
    """Return the path; nothing looks at the file system."""
    import pathlib

    if kind not in form.PATHS or type(text) is not str or len(text) > form.MAX_PATH:
        raise DecodeError("no path")
    return getattr(pathlib, kind)(text)


def build_ip(kind: str, text: str) -> object:
    """Return the address or network."""
    import ipaddress

    if kind not in form.IPS or type(text) is not str or len(text) > form.MAX_IP:
        raise DecodeError("no address")
    return getattr(ipaddress, kind)(text)


def require_ints(*values: object) -> None:
    """Refuse anything but exact integers."""
    if set(map(type, values)) - {int}:
        raise DecodeError("no integer where one belongs")


def _require_zone(zone: Any) -> Any:
    from datetime import timezone

    if zone is None or type(zone) is timezone:
        return zone
    from zoneinfo import ZoneInfo

    if type(zone) is not ZoneInfo:
        raise DecodeError("no time zone where one belongs")
    return zone


def build_array(dtype: str, order: Any, shape: list[int], data: bytes) -> object:
    """Return the array, writable and owning its memory."""
    import numpy as np

    kind = _require_dtype(dtype, form.ARRAY_KINDS)
    if type(shape) is not list or type(data) is not bytes or order not in ("C", "F"):
        raise DecodeError("no shape or bytes of an array")
    require_ints(*shape)
    if any(length < 0 for length in shape):
        raise DecodeError("an array of negative length")
    count = math.prod(shape)
    if count * kind.itemsize != len(data) or (kind.itemsize == 0 and count > form.CHUNK):
        raise DecodeError("an array's shape does not fit its bytes")
    if count * kind.itemsize == 0:
        return np.zeros(shape, kind, order=order)
    flat = np.frombuffer(data, kind)
    if kind.kind in "bU":
        _check_elements(flat)
    if len(shape) == 1:
        return flat.copy()
    return flat.reshape(shape, order=order).copy(order="K")


def build_scalar(dtype: str, data: bytes) -> object:
    """Return the numpy scalar."""
    import numpy as np

    kind = _require_dtype(dtype, frozenset("biufcmM"))
    if type(data) is not bytes or len(data) != kind.itemsize:
        raise DecodeError("a numpy scalar's type does not fit its bytes")
    flat = np.frombuffer(data, kind)
    _check_elements(flat)
    return flat[0]


def build_numpy_str(text: str) -> object:
    """Return the ``numpy.str_``."""
    import numpy as np

    if type(text) is not str:
        raise DecodeError("no text of a numpy.str_")
    return np.str_(text)


def build_numpy_bytes(data: bytes) -> object:
    """Return the ``numpy.bytes_``."""
    import numpy as np

    if type(data) is not bytes:
        raise DecodeError("no bytes of a numpy.bytes_")
    return np.bytes_(data)


def _require_dtype(dtype: str, kinds: frozenset[str]) -> Any:
    import numpy as np

    # Only the plain form: numpy's own parser takes structures and objects too.
    if type(dtype) is not str or not form.ARRAY_DTYPE.fullmatch(dtype) or dtype[1] not in kinds:
        raise DecodeError("no plain type of numpy")
    return np.dtype(dtype)


def _check_elements(flat: Any) -> None:
    """Refuse bit patterns that numpy itself never makes and later trips over."""
    if flat.dtype.kind == "b" and flat.view("u1").max() > 1:
        raise DecodeError("a boolean that is neither")
    if flat.dtype.kind == "U" and flat.view(flat.dtype.byteorder + "u4").max() > sys.maxunicode:
        raise DecodeError("a character beyond Unicode")
