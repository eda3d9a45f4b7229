"""Which values are plain data, and what these consist of."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import ipaddress
import math
import pathlib
import sys
import uuid
from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pytest_metamorphic_guard.values import pandas as tables
from pytest_metamorphic_guard.values.records import Opaque, Record

__all__ = [
    "ATOMS",
    "EXACT",
    "MAPPINGS",
    "MOMENTS",
    "NUMBERS",
    "SEQUENCES",
    "SETS",
    "Incomparable",
    "is_numpy",
    "is_plain",
    "list_fields",
    "unwrap_scalar",
]

NUMBERS = frozenset({int, float, bool, complex, Decimal, Fraction})
# Types whose == is Python's own and involves nothing but themselves.
ATOMS = frozenset(
    {
        type(None),
        str,
        bytes,
        bytearray,
        range,
        type(...),
        dt.date,
        dt.timedelta,
        dt.timezone,
        uuid.UUID,
        pathlib.PurePosixPath,
        pathlib.PureWindowsPath,
        pathlib.PosixPath,
        ipaddress.IPv4Address,
        ipaddress.IPv6Address,
        ipaddress.IPv4Network,
        ipaddress.IPv6Network,
    }
)
# Python's == does not see all of them: it overlooks which of two equal wall times is meant.
MOMENTS = frozenset({dt.datetime, dt.time})
EXACT = frozenset({int, bool, str, bytes, type(None)})
SEQUENCES = frozenset({list, tuple, deque})
MAPPINGS = frozenset({dict, OrderedDict, Counter, defaultdict})
SETS = frozenset({set, frozenset})
_PLAIN = NUMBERS | ATOMS | MOMENTS | SEQUENCES | MAPPINGS | SETS | {Record}


class Incomparable(Exception):  # noqa: N818 - not an error: there is no answer
    """A value whose own code would have to run to compare or to hash it.

    Args:
        value: The value.
    """

    def __init__(self, value: object) -> None:
        super().__init__(value)
        self.value = value


def is_plain(value: Any) -> bool:
    """Tell whether a value can be compared without asking its own class."""
    kind = type(value)
    return (
        kind in _PLAIN
        or is_numpy(kind)
        or bool(tables.find_kind(kind))
        or tables.is_time(kind)
        or (kind is not Opaque and isinstance(value, enum.Enum))
        or list_fields(value) is not None
    )


def is_numpy(kind: type) -> bool:
    """Tell whether a type is numpy's array or one of numpy's scalars, and no subclass of these."""
    numpy = sys.modules.get("numpy")
    # Looked up without numpy's own code, which warns about some names.
    if numpy is None or vars(numpy).get(kind.__name__) is not kind:
        return False
    return kind is numpy.ndarray or issubclass(kind, numpy.generic)


def unwrap_scalar(value: Any) -> Any:
    """Return a number or text of numpy's as Python's, and anything else as it is."""
    kind = type(value)
    if not is_numpy(kind) or kind.__name__ == "ndarray" or value.dtype.kind not in "biufcSU":
        return value
    item = value.item()
    if type(item) is not kind:
        return item
    # Python has no type for long double, but exact fractions.
    if value.dtype.kind == "c":
        return complex(value)
    return Fraction(*value.as_integer_ratio()) if math.isfinite(value) else float(value)


def list_fields(value: Any) -> list[Any] | None:
    """Return what an instance consists of, or None where only its own class can tell."""
    kind = type(value)
    if kind is Opaque:
        return None
    if kind is slice:
        return [value.start, value.stop, value.step]
    if dataclasses.is_dataclass(kind):
        return [getattr(value, field.name) for field in dataclasses.fields(kind)]
    declared = getattr(kind, "__attrs_attrs__", None) or getattr(kind, "__pydantic_fields__", None)
    if declared:
        return [getattr(value, getattr(field, "name", field)) for field in declared]
    if isinstance(value, tuple) and hasattr(kind, "_fields"):
        return list(tuple.__iter__(value))
    return None
