"""How records travel to a monitor in its own process: msgpack, rebuilt without running anything.

Replies travel as JSON. Neither side ever unpickles.
"""

from __future__ import annotations

import datetime as dt
import sys
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgpack

from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord
from pytest_metamorphic_guard.contracts.values import Opaque, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["pack", "pack_records", "unpack", "unpack_records"]

_MOST_TEXT = 200


def pack(value: object) -> bytes:
    """Return a frame; what no frame can hold becomes an `Opaque`."""
    packed: bytes = msgpack.packb(
        value, default=_replace, strict_types=True, unicode_errors="surrogatepass"
    )
    return packed


def unpack(frame: bytes) -> Any:
    """Return what was packed."""
    return msgpack.unpackb(
        frame, ext_hook=_rebuild, strict_map_key=False, unicode_errors="surrogatepass"
    )


def pack_records(records: Sequence[MonitorRecord]) -> bytes:
    """Return one frame with a batch of records."""
    try:
        return pack([_list_fields(record, record.result) for record in records])
    except Exception:  # noqa: BLE001 - values that are too deep, too large, or strange
        return pack([_list_fields(record, _pack_alone(record)) for record in records])


def unpack_records(rows: Sequence[Sequence[Any]]) -> list[MonitorRecord]:
    """Return the records of a batch."""
    return [MonitorRecord(*row) for row in rows]


def _list_fields(record: MonitorRecord, result: object) -> list[Any]:
    return [
        record.case_index,
        record.role,
        record.duration_ms,
        record.success,
        result,
        record.relation,
        record.kind,
        record.repeat,
        record.cpu_ns,
        record.error_type,
        record.group,
    ]


def _pack_alone(record: MonitorRecord) -> dict[Any, Any]:
    """Return the payload with each value that does not travel replaced."""
    payload = {}
    for key, value in record.result.items():
        try:
            pack(value)
        except Exception:  # noqa: BLE001 - see pack_records
            payload[key] = _make_opaque(value)
        else:
            payload[key] = value
    return payload


def _extend(code: int) -> Callable[[object], msgpack.ExtType]:
    return lambda value: msgpack.ExtType(code, pack(value))


# The order of these lists is the format: code n is the n-th entry.
_SIMPLE: list[tuple[type, Callable[[Any], object], Callable[[Any], object]]] = [
    (tuple, list, tuple),
    (set, list, set),
    (frozenset, list, frozenset),
    (complex, lambda value: [value.real, value.imag], lambda parts: complex(*parts)),
    (Decimal, str, Decimal),
    (Fraction, str, Fraction),
    (dt.datetime, lambda value: value.isoformat(), dt.datetime.fromisoformat),
    (dt.date, lambda value: value.isoformat(), dt.date.fromisoformat),
    (dt.time, lambda value: value.isoformat(), dt.time.fromisoformat),
    (
        dt.timedelta,
        lambda value: [value.days, value.seconds, value.microseconds],
        lambda parts: dt.timedelta(*parts),
    ),
    (range, lambda value: [value.start, value.stop, value.step], lambda parts: range(*parts)),
    (
        Record,
        lambda value: [value.kind, value.type_name, [list(pair) for pair in value.fields]],
        lambda parts: Record(parts[0], parts[1], tuple((name, item) for name, item in parts[2])),
    ),
    (Opaque, lambda value: [value.type_name, value.text], lambda parts: Opaque(*parts)),
    # msgpack has integers of 64 bits; hexadecimal digits know no limit.
    (int, hex, lambda digits: int(digits, 16)),
]
_ENCODERS = {kind: (_extend(code), take) for code, (kind, take, _) in enumerate(_SIMPLE)}
_DECODERS = [make for _, _, make in _SIMPLE]
_ARRAY = len(_SIMPLE)
_BASES: tuple[Any, ...] = (str, int, float, bytes, dict, list, tuple)


def _replace(value: Any) -> object:
    known = _ENCODERS.get(type(value))
    if known is not None:
        extend, take = known
        return extend(take(value))
    if type(value).__module__ == "numpy" and hasattr(value, "dtype"):
        return _replace_array(value)
    for base in _BASES:
        # An enum or a string of a subclass is shown as the plain value that it also is.
        if isinstance(value, base) and type(value) is not base:
            return _replace_plain(base(value))
    return _replace_plain(_make_opaque(value))


def _replace_plain(value: Any) -> object:
    # msgpack asks once per value: what it cannot hold has to be replaced here.
    known = _ENCODERS.get(type(value))
    if known is None or type(value) is int:
        return value
    extend, take = known
    return extend(take(value))


def _replace_array(value: Any) -> object:
    if not hasattr(value, "__len__") or not value.shape:
        return value.item()
    if value.dtype.kind not in "biufcSU":
        return _replace_plain(_make_opaque(value))
    return msgpack.ExtType(_ARRAY, pack([value.dtype.str, list(value.shape), value.tobytes()]))


def _rebuild(code: int, data: bytes) -> object:
    content = unpack(data)
    if code == _ARRAY:
        return _rebuild_array(*content)
    return _DECODERS[code](content)


def _rebuild_array(dtype: str, shape: list[int], data: bytes) -> object:
    # Only where the sending side has numpy does an array arrive, and both share one environment.
    import numpy as np

    return np.frombuffer(data, dtype=dtype).reshape(shape).copy()


def _make_opaque(value: object) -> Opaque:
    try:
        text = repr(value)[:_MOST_TEXT]
    except Exception:  # noqa: BLE001 - a stranger's repr
        text = "no repr"
    kind = type(value)
    return Opaque(sys.intern(f"{kind.__module__}.{kind.__qualname__}"), text)
