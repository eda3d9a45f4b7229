"""Types of polars as plain parts that travel, types made of such parts, and their source."""

from __future__ import annotations

from typing import Any, Final

from pytest_metamorphic_guard.values.checks import require, require_ints
from pytest_metamorphic_guard.values.frames import DecodeError, keep_builtins
from pytest_metamorphic_guard.values.moments import ZONE_KEY

__all__ = ["name_dtype", "read_dtype", "write_dtype"]

keep_builtins(globals())

_PLAIN: Final = (
    *(f"{sign}Int{bits}" for sign in ("", "U") for bits in (8, 16, 32, 64)),
    *("Int128", "Float32", "Float64", "Boolean", "String", "Binary", "Date", "Time", "Null"),
    "Categorical",
)
_UNITS: Final = ("ms", "us", "ns")
_MOST_PARTS: Final = 10_000
_MOST_DIGITS: Final = 38


def name_dtype(dtype: Any) -> Any:  # noqa: PLR0911 - one answer per type
    """Return the parts of a type, or None for one that is not sent."""
    name = type(dtype).__name__
    if name in _PLAIN:
        return name
    match name:
        case "Datetime":
            return [name, dtype.time_unit, dtype.time_zone]
        case "Duration":
            return [name, dtype.time_unit]
        case "Decimal":
            return [name, dtype.precision, dtype.scale]
        case "Enum":
            return [name, dtype.categories.to_list()]
        case "List" | "Array":
            inner = name_dtype(dtype.inner)
            # The shape of an array is that of its own type, and of the types in that.
            sizes = [dtype.shape[0]] if name == "Array" else []
            return inner and [name, inner, *sizes]
        case "Struct":
            fields = [[field.name, name_dtype(field.dtype)] for field in dtype.fields]
            return [name, fields] if all(kind for _, kind in fields) else None
        case _:
            return None


def read_dtype(  # noqa: C901, PLR0911, PLR0912 - one answer per type
    pl: Any, parts: Any
) -> Any:
    """Return the type; refuse what is the name of none."""
    if type(parts) is str and parts in _PLAIN:
        return getattr(pl, parts)()
    name, *rest = require(parts, list)
    match name:
        case "Datetime" | "Duration":
            if rest[0] not in _UNITS or not all(map(_is_zone, rest[1:])):
                raise DecodeError("no unit or zone of polars")
            return getattr(pl, name)(*rest)
        case "Decimal":
            digits, scale = rest
            require_ints(*([scale] if digits is None else [digits, scale]))
            if not 0 <= scale <= (digits or _MOST_DIGITS) <= _MOST_DIGITS:
                raise DecodeError("no digits of a decimal")
            return pl.Decimal(digits, scale)
        case "Enum":
            if set(map(type, require(rest[0], list))) - {str}:
                raise DecodeError("no categories")
            return pl.Enum(rest[0])
        case "List":
            return pl.List(read_dtype(pl, rest[0]))
        case "Array":
            require_ints(rest[1])
            if not 0 <= rest[1] <= _MOST_PARTS:
                raise DecodeError("no size of an array")
            return pl.Array(read_dtype(pl, rest[0]), rest[1])
        case "Struct":
            fields = require(rest[0], list)
            if len(fields) > _MOST_PARTS or {type(field[0]) for field in fields} - {str}:
                raise DecodeError("no fields")
            return pl.Struct([pl.Field(field, read_dtype(pl, kind)) for field, kind in fields])
        case _:
            raise DecodeError("no type of polars")


def write_dtype(parts: Any) -> str:
    """Return the expression that makes a type."""
    if isinstance(parts, str):
        return f"pl.{parts}"
    name, *rest = parts
    if name == "Struct":
        fields = ", ".join(f"{field!r}: {write_dtype(kind)}" for field, kind in rest[0])
        return f"pl.Struct({{{fields}}})"
    if name in ("List", "Array"):
        inner = ", ".join([write_dtype(rest[0]), *map(repr, rest[1:])])
        return f"pl.{name}({inner})"
    return f"pl.{name}({', '.join(map(repr, rest))})"


def _is_zone(zone: Any) -> bool:
    return zone is None or (type(zone) is str and ZONE_KEY.fullmatch(zone) is not None)
