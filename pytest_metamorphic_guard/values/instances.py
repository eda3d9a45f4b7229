"""Looking at instances of a stranger's class, without letting the class decide what is seen."""

from __future__ import annotations

import builtins
import dataclasses
import enum
from typing import Any, Final

from pytest_metamorphic_guard.values import frames as form

__all__ = [
    "describe",
    "get_module",
    "has_fields",
    "is_enum",
    "name_class",
    "name_type",
    "read_record",
]

# Why: see `frames`.
globals()["__builtins__"] = dict(vars(builtins))

_getattr = object.__getattribute__
_get_fields = dataclasses.fields
# Read through `type` itself: a metaclass can lie about all of these.
_get_mro: Any = type.__dict__["__mro__"].__get__
_get_namespace: Any = type.__dict__["__dict__"].__get__
_get_qualname: Any = type.__dict__["__qualname__"].__get__
get_module: Any = type.__dict__["__module__"].__get__

_BUILTIN_BASES: Final = frozenset(
    {int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset}
)


def read_record(kind: type, value: Any) -> tuple[str, list[str], list[object]] | None:
    """Return kind, names and values of the fields, or None for any other class.

    What the candidate's own descriptors raise comes out.
    """
    mro = _get_mro(kind)
    if is_enum(kind):
        return "enum", ["name", "value"], [_getattr(value, "_name_"), _getattr(value, "_value_")]
    if tuple in mro:
        names = next(filter(None, (_get_namespace(base).get("_fields") for base in mro)), None)
        if type(names) is not tuple or set(map(type, names)) - {str}:
            return None
        values = list(tuple.__iter__(value))
        return ("namedtuple", list(names), values) if len(values) == len(names) else None
    declared = _list_fields(kind, mro)
    if declared is None or not _BUILTIN_BASES.isdisjoint(mro):
        return None
    return "dataclass", declared, [_getattr(value, name) for name in declared]


def is_enum(kind: type) -> bool:
    """Tell whether a class is an enum."""
    return enum.EnumMeta in _get_mro(type(kind))


def has_fields(kind: type) -> bool:
    """Tell whether a class declares fields, as a dataclass, or a class of attrs or pydantic."""
    return _list_fields(kind, _get_mro(kind)) is not None


def _list_fields(kind: type, mro: tuple[type, ...]) -> list[str] | None:
    """Return the names of the fields of a dataclass, or of a class of attrs or pydantic."""
    names: list[str]
    for base in mro:
        namespace = _get_namespace(base)
        if "__dataclass_fields__" in namespace:
            names = [field.name for field in _get_fields(kind)]
        elif "__attrs_attrs__" in namespace:
            names = [field.name for field in namespace["__attrs_attrs__"]]
        elif "__pydantic_fields__" in namespace and mro.index(base) == 0:
            names = list(namespace["__pydantic_fields__"])
        else:
            continue
        return None if set(map(type, names)) - {str} else names
    return None


def describe(value: object) -> str:
    """Return the start of the value's ``repr``, whatever that does."""
    try:
        # An exact str whatever class `__repr__` returned.
        return str.__getitem__(repr(value), slice(form.MAX_OPAQUE_TEXT))
    except BaseException as error:  # noqa: BLE001 - SystemExit from a `__repr__` must not end the worker
        return f"<repr failed: {_get_qualname(type(error))}>"[: form.MAX_OPAQUE_TEXT]


def name_class(kind: type) -> str:
    """Return the class's qualified name within its module, as the class itself says it."""
    name: str = _get_qualname(kind)
    return name[: form.MAX_TYPE_NAME]


def name_type(kind: type) -> str:
    """Return the class's qualified name with its module, as the class itself says it."""
    module, name = get_module(kind), _get_qualname(kind)
    prefix = "" if type(module) is not str or module == "builtins" else module + "."
    text: str = prefix + name
    return text[: form.MAX_TYPE_NAME]
