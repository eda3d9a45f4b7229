"""What wraps other mappings, or is read by attributes: chains, read-only views and namespaces."""

from __future__ import annotations

from collections import ChainMap
from types import MappingProxyType, SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values.builtins import to_dict
from pytest_metamorphic_guard.values.checks import require
from pytest_metamorphic_guard.values.frames import (
    CHAIN_MAP,
    MAPPING_PROXY,
    NAMESPACE,
    DecodeError,
    keep_builtins,
)
from pytest_metamorphic_guard.values.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_metamorphic_guard.values.sides import Pair

__all__ = ["KINDS"]

keep_builtins(globals())

_get_state: Any = object.__getattribute__
# What may be a mapping of a chain: anything that travels as one.
_MOST_MAPS: Final = 1_000


def _read_chain(maps: Any) -> object:
    if len(require(maps, list)) > _MOST_MAPS or not all(isinstance(one, dict) for one in maps):
        raise DecodeError("no mappings of a ChainMap")
    return ChainMap(*maps)


def _read_proxy(mapping: Any) -> object:
    if not isinstance(mapping, dict):
        raise DecodeError("no mapping behind a mappingproxy")
    return MappingProxyType(mapping)


def _read_namespace(fields: Any) -> object:
    if set(map(type, require(fields, dict))) - {str}:
        raise DecodeError("no names of a SimpleNamespace")
    return SimpleNamespace(**fields)


def _take_chain_apart(value: Any) -> tuple[list[Any]] | None:
    maps = _get_state(value, "maps")
    if type(maps) is not list or not all(isinstance(one, dict) for one in maps):
        return None
    return (maps,)


def _copy_proxy(value: Any) -> dict[Any, Any] | None:
    # A proxy may stand before any mapping, and hands on each question to it.
    found = value | {}
    return to_dict(found) if isinstance(found, dict) else None


def _take_proxy_apart(value: Any) -> tuple[dict[Any, Any]] | None:
    found = _copy_proxy(value)
    return None if found is None else (found,)


def _reduce_proxy(value: Any) -> tuple[Any, ...]:
    # Of this module as it is loaded now: whoever loaded it anew would find another function.
    made = __import__(__name__, fromlist=["_read_proxy"])
    return made._read_proxy, (dict(value),)  # noqa: SLF001 - our own


def _take_namespace_apart(value: Any) -> tuple[dict[Any, Any]] | None:
    fields = _get_state(value, "__dict__")
    return (dict(fields),) if set(map(type, fields)) <= {str} else None


def _pair_chains(first: Any, second: Any) -> Iterable[Pair]:
    if len(first.maps) != len(second.maps):
        return ()
    return [
        (f".maps[{i}]", a, b) for i, (a, b) in enumerate(zip(first.maps, second.maps, strict=True))
    ]


def _pair_proxies(first: Any, second: Any) -> Iterable[Pair]:
    return [("", dict(first), dict(second))]


def _pair_namespaces(first: Any, second: Any) -> Iterable[Pair]:
    left, right = vars(first), vars(second)
    if left.keys() != right.keys():
        return [("", left, right)]
    return [(f".{name}", part, right[name]) for name, part in left.items()]


def _namespace_to_source(value: Any, write: Callable[[object], str]) -> str:
    fields = vars(value)
    if all(name.isidentifier() for name in fields):
        inner = ", ".join(f"{name}={write(part)}" for name, part in fields.items())
    else:
        inner = f"**{write(dict(fields))}"
    return f"types.SimpleNamespace({inner})"


KINDS: Final = (
    Kind(
        library="collections",
        types=lambda: (ChainMap,),
        mark=CHAIN_MAP,
        nests=True,
        take_apart=_take_chain_apart,
        put_together=_read_chain,
        list_parts=_take_chain_apart,
        list_elements=lambda value: list(value.items()),
        to_source=lambda value, write: f"ChainMap({', '.join(map(write, value.maps))})",
        pair=_pair_chains,
        names=("maps",),
    ),
    Kind(
        library="builtins",
        types=lambda: (MappingProxyType,),
        mark=MAPPING_PROXY,
        nests=True,
        take_apart=_take_proxy_apart,
        put_together=_read_proxy,
        list_parts=lambda value: [dict(value)],
        list_elements=lambda value: list(value.items()),
        to_source=lambda value, write: f"types.MappingProxyType({write(dict(value))})",
        reduce=_reduce_proxy,
        pair=_pair_proxies,
    ),
    Kind(
        library="types",
        types=lambda: (SimpleNamespace,),
        mark=NAMESPACE,
        nests=True,
        take_apart=_take_namespace_apart,
        put_together=_read_namespace,
        list_parts=lambda value: [dict(vars(value))],
        to_source=_namespace_to_source,
        pair=_pair_namespaces,
    ),
)
