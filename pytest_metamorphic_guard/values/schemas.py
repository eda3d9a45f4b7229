"""Types of Arrow as plain parts that travel, types made of such parts, and their source.

A type without further ones is its own name. Any other is a list that begins with what it is, and
has types and fields after it; a field is ``[name, type, nullable]``.
"""

from __future__ import annotations

import re
from typing import Any, Final

from pytest_metamorphic_guard.values.bounds import require_times
from pytest_metamorphic_guard.values.checks import require, require_ints
from pytest_metamorphic_guard.values.frames import DecodeError, keep_builtins
from pytest_metamorphic_guard.values.moments import ZONE_KEY

__all__ = [
    "name_type",
    "read_field",
    "read_type",
    "require_calendar",
    "write_field",
    "write_source",
]

keep_builtins(globals())

# What Arrow calls its plain types, and what makes them.
_PLAIN: Final = {
    **{name: name for name in ("int8", "int16", "int32", "int64", "string", "binary", "null")},
    **{name: name for name in ("uint8", "uint16", "uint32", "uint64", "large_string")},
    "large_binary": "large_binary",
    "bool": "bool_",
    "month_day_nano_interval": "",
    "halffloat": "float16",
    "float": "float32",
    "double": "float64",
    "date32[day]": "date32",
    "date64[ms]": "date64",
}
_PLAIN["month_day_nano_interval"] = "month_day_nano_interval"
_OF_UNIT: Final = re.compile(r"(time32|time64|duration|timestamp)\[(s|ms|us|ns)\]")
_ZONED: Final = re.compile(rf"timestamp\[(s|ms|us|ns), tz=([+-]\d\d:\d\d|{ZONE_KEY.pattern})\]")
_DECIMAL: Final = re.compile(r"decimal(32|64|128|256)\((\d{1,2}), (-?\d{1,2})\)")
_SIZED: Final = re.compile(r"fixed_size_binary\[(\d{1,6})\]")
_LISTS: Final = {"list": "list_", "large_list": "large_list"}
_MOST_FIELDS: Final = 10_000
_SHORT_BITS: Final = 32


def name_type(kind: Any) -> Any:
    """Return the parts of a type, or None for one that is not sent."""
    name = str(kind)
    if _make_plain(None, name) is not None:
        return name
    form = type(kind).__name__
    if form in ("ListType", "LargeListType", "FixedSizeListType"):
        field = write_field(kind.value_field)
        sizes = [kind.list_size] if form == "FixedSizeListType" else []
        word = "fixed" if sizes else "list" if form == "ListType" else "large_list"
        return field and [word, field, *sizes]
    if form == "StructType":
        fields = [write_field(kind.field(at)) for at in range(kind.num_fields)]
        return ["struct", fields] if all(fields) else None
    if form == "MapType":
        fields = [write_field(kind.key_field), write_field(kind.item_field)]
        return ["map", *fields, kind.keys_sorted] if all(fields) else None
    if form == "DictionaryType":
        parts = [name_type(part) for part in (kind.index_type, kind.value_type)]
        return ["dictionary", *parts, kind.ordered] if all(parts) else None
    return None


def write_field(field: Any) -> list[Any] | None:
    """Return the parts of a field, or None if its type is not sent."""
    kind = name_type(field.type)
    return None if kind is None else [field.name, kind, field.nullable]


def read_type(pa: Any, parts: Any) -> Any:
    """Return the type; refuse what is the name of none."""
    if type(parts) is str:
        made = _make_plain(pa, parts)
        if made is None:
            raise DecodeError("no type of Arrow")
        return made
    form, *rest = require(parts, list)
    if form in ("list", "large_list"):
        return getattr(pa, _LISTS[form])(read_field(pa, *rest))
    if form == "fixed":
        field, size = rest
        require_ints(size)
        return pa.list_(read_field(pa, field), size)
    if form == "struct":
        if len(require(rest[0], list)) > _MOST_FIELDS:
            raise DecodeError("too many fields")
        return pa.struct([read_field(pa, field) for field in rest[0]])
    if form == "map":
        key, item, is_sorted = rest
        fields = [read_field(pa, field) for field in (key, item)]
        return pa.map_(*fields, keys_sorted=require(is_sorted, bool))
    if form == "dictionary":
        kinds = [read_type(pa, part) for part in rest[:2]]
        return pa.dictionary(*kinds, ordered=require(rest[2], bool))
    raise DecodeError("no type of Arrow")


def read_field(pa: Any, parts: Any) -> Any:
    """Return the field."""
    name, kind, nullable = require(parts, list)
    return pa.field(require(name, str), read_type(pa, kind), nullable=require(nullable, bool))


def write_source(kind: Any) -> str:
    """Return the expression that makes a type."""
    return _write_parts(name_type(kind))


def require_calendar(pa: Any, array: Any) -> None:
    """Refuse an array of times unless each is one of Python's."""
    kind = array.type
    if not pa.types.is_temporal(kind) or pa.types.is_interval(kind):
        return
    if pa.types.is_date(kind):
        unit, form = ("D" if kind.bit_width == _SHORT_BITS else "ms"), "moment"
    else:
        forms = {pa.types.is_timestamp: "moment", pa.types.is_duration: "span"}
        form = next((form for ask, form in forms.items() if ask(kind)), "clock")
        unit = kind.unit
    # By view: what Arrow converts it checks by rules of its own.
    numbers = array.drop_null().view(pa.int32() if kind.bit_width == _SHORT_BITS else pa.int64())
    require_times(numbers.to_numpy(zero_copy_only=False), unit, form)  # type: ignore[arg-type]


def _write_parts(parts: Any) -> str:
    if isinstance(parts, str):
        return _make_plain(None, parts) or ""
    form, *rest = parts
    if form in _LISTS:
        return f"pa.{_LISTS[form]}({_write_field(rest[0])})"
    if form == "fixed":
        return f"pa.list_({_write_field(rest[0])}, {rest[1]})"
    if form == "struct":
        return f"pa.struct([{', '.join(map(_write_field, rest[0]))}])"
    if form == "map":
        return f"pa.map_({_write_parts(rest[0][1])}, {_write_parts(rest[1][1])})"
    return f"pa.dictionary({', '.join(map(_write_parts, rest[:2]))}, ordered={rest[2]})"


def _write_field(parts: Any) -> str:
    name, kind, nullable = parts
    only = "" if nullable else ", nullable=False"
    return f"pa.field({name!r}, {_write_parts(kind)}{only})"


def _make_plain(pa: Any, name: str) -> Any:
    """Return a type without further ones, or what makes it as source where there is no module."""
    if name in _PLAIN:
        return _call(pa, _PLAIN[name])
    if found := _OF_UNIT.fullmatch(name):
        return _call(pa, *found.groups())
    if found := _ZONED.fullmatch(name):
        return _call(pa, "timestamp", *found.groups())
    if found := _DECIMAL.fullmatch(name):
        return _call(pa, f"decimal{found[1]}", int(found[2]), int(found[3]))
    if found := _SIZED.fullmatch(name):
        return _call(pa, "binary", int(found[1]))
    return None


def _call(pa: Any, name: str, *parts: Any) -> Any:
    if pa is None:
        return f"pa.{name}({', '.join(map(repr, parts))})"
    return getattr(pa, name)(*parts)
