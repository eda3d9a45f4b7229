"""Frozen records as plain JSON data and back, by their type annotations."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

__all__ = ["from_plain", "to_plain"]

T = TypeVar("T")


def to_plain(value: object) -> Any:
    """Return records as dicts, tuples as lists and enum members as their values."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    return value


def from_plain(kind: type[T], data: object) -> T:
    """Make a record of the type ``kind`` from what `to_plain` returned for one.

    Raises:
        ValueError: The data lacks a field, or holds something that is no such record.
    """
    return cast("T", _read(kind, data, kind.__name__))


def _read(hint: Any, data: Any, path: str) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        if data is None:
            return None
        return _read(next(item for item in arguments if item is not type(None)), data, path)
    if origin is tuple:
        return _read_tuple(arguments, data, path)
    if isinstance(hint, type) and is_dataclass(hint):
        return _read_record(hint, data, path)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(data)
    return data


def _read_tuple(arguments: tuple[Any, ...], data: Any, path: str) -> tuple[Any, ...]:
    if not isinstance(data, list | tuple):
        raise ValueError(f"{path}: expected a list, got {data!r}")  # noqa: TRY004 - data, not a type
    hints = [arguments[0]] * len(data) if arguments[-1] is Ellipsis else arguments
    return tuple(
        _read(hint, item, f"{path}[{index}]")
        for index, (hint, item) in enumerate(zip(hints, data, strict=True))
    )


def _read_record(kind: type, data: Any, path: str) -> Any:
    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind)]
    if not isinstance(data, Mapping) or set(data) != set(names):
        found = sorted(data) if isinstance(data, Mapping) else data
        raise ValueError(f"{path}: expected the keys {', '.join(names)}, got {found!r}")
    return kind(**{name: _read(hints[name], data[name], f"{path}.{name}") for name in names})
