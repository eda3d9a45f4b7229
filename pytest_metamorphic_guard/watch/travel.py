"""How records travel from the process that made them to the one where the monitors are.

With and without pytest-xdist they take the same way, so that both see the same values.
"""

from __future__ import annotations

import base64
import struct
import zlib
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord
from pytest_metamorphic_guard.values.records import LEFT_OUT, Opaque
from pytest_metamorphic_guard.values.wire import EncodeError, Limits, decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["decode_records", "encode_records", "join_records"]

# What one record may hold.
_ONE = Limits(max_bytes=256 * 1024, max_items=50_000)
# What one key of a payload may hold where the whole is too large.
_PART = Limits(max_bytes=16 * 1024, max_items=3000)
_LENGTH = struct.Struct("<I")
_FIELDS = (
    "case_index",
    "role",
    "duration_ms",
    "success",
    "result",
    "relation",
    "kind",
    "repeat",
    "cpu_ns",
    "error_type",
    "group",
    "task",
    "held",
    "metrics",
    "hash_seed",
    "shared",
    "executor",
)


def encode_records(records: Iterable[MonitorRecord]) -> str:
    """Write records as one text; a value too large to carry becomes an `Opaque` one."""
    frames = [_encode_record(record) for record in records]
    if not frames:
        return ""
    packed = b"".join(_LENGTH.pack(len(frame)) + frame for frame in frames)
    return base64.b85encode(zlib.compress(packed, level=1)).decode("ascii")


def join_records(texts: Iterable[str]) -> str:
    """Return the records of several texts of `encode_records` as one."""
    packed = b"".join(zlib.decompress(base64.b85decode(text)) for text in texts if text)
    return base64.b85encode(zlib.compress(packed, level=1)).decode("ascii") if packed else ""


def decode_records(text: str) -> list[MonitorRecord]:
    """Read what `encode_records` wrote."""
    if not text:
        return []
    packed = zlib.decompress(base64.b85decode(text))
    rows: list[Any] = []
    start = 0
    while start < len(packed):
        (length,) = _LENGTH.unpack_from(packed, start)
        start += _LENGTH.size
        rows.append(decode(packed[start : start + length], _ONE))
        start += length
    return [MonitorRecord(**dict(zip(_FIELDS, row, strict=True))) for row in rows]


def _encode_record(record: MonitorRecord) -> bytes:
    row = {name: getattr(record, name) for name in _FIELDS}
    row["result"] = dict(record.result)
    row["metrics"] = record.metrics and dict(record.metrics)
    try:
        return encode(tuple(row.values()), _ONE)
    except EncodeError:
        # Not only the returned value may be too large: a plugin adds keys as it likes.
        row["result"] = {key: _leave_out_large(value) for key, value in row["result"].items()}
        return encode(tuple(row.values()), _ONE)


def _leave_out_large(value: object) -> object:
    try:
        encode(value, _PART)
    except EncodeError:
        return Opaque(type(value).__name__, f"{LEFT_OUT}too large to carry to the monitors")
    return value
