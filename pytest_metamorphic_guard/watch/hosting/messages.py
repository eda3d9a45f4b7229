"""How records travel to a monitor in its own process: msgpack, rebuilt without running anything.

Replies travel as JSON. Neither side ever unpickles.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import msgpack

from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord
from pytest_metamorphic_guard.values.records import LEFT_OUT, Opaque, Record
from pytest_metamorphic_guard.values.wire import DecodeError, EncodeError, decode, encode

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
        record.task,
        record.held,
        record.metrics and dict(record.metrics),
        record.hash_seed,
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
_WIRE = len(_SIMPLE)


def _replace(value: Any) -> object:
    # msgpack asks once per value: what it cannot hold has to be replaced here.
    known = _ENCODERS.get(type(value))
    if known is not None:
        extend, take = known
        return extend(take(value))
    try:
        return msgpack.ExtType(_WIRE, encode(value))
    except EncodeError:
        return _replace(_make_opaque(value))


def _rebuild(code: int, data: bytes) -> object:
    if code == _WIRE:
        try:
            return decode(data)
        except DecodeError:  # what takes too long to rebuild
            return Opaque("value", f"{LEFT_OUT}too large for monitors")
    return _DECODERS[code](unpack(data))


def _make_opaque(value: object) -> Opaque:
    try:
        text = repr(value)[:_MOST_TEXT]
    except Exception:  # noqa: BLE001 - a stranger's repr
        text = "no repr"
    kind = type(value)
    return Opaque(sys.intern(f"{kind.__module__}.{kind.__qualname__}"), text)
