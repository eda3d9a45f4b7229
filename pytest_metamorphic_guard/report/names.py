"""The names in a line of source as the file has them that it is pasted into."""

from __future__ import annotations

import ast
import dataclasses
import sys
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["fit_names"]

# Where our own text has a short name for a module.
_SHORT = {"np": "numpy", "pa": "pyarrow", "pd": "pandas", "pl": "polars", "xr": "xarray"}
_OTHER = {"datetime": "dt"}
# What a repr calls by its bare name, also inside of tables, where nobody looks for types.
_BARE = {
    "Decimal": "decimal",
    "Fraction": "fractions",
    "PosixPath": "pathlib",
    "Timedelta": "pandas",
    "Timestamp": "pandas",
    "UUID": "uuid",
}
_MOST_VALUES = 1_000


@dataclass(frozen=True, slots=True)
class _Place:
    begin: int
    end: int
    parts: tuple[str, ...]


def fit_names(
    line: str, values: Iterable[object], namespace: Mapping[str, Any]
) -> tuple[str, list[str]]:
    """Return a line of source in the words of a module, and the imports that it still needs.

    Args:
        line: An expression.
        values: What it was written from.
        namespace: The names of the module.
    """
    kinds = {kind.__qualname__.partition(".")[0]: kind for kind in _find_kinds(values)}
    imports: dict[str, None] = {}
    written = line.encode()
    for place in sorted(_find_places(line), key=lambda place: -place.begin):
        meant = _find_meaning(place.parts[0], kinds)
        if meant is None or namespace.get(place.parts[0]) is meant:
            continue
        parts, needed = _rewrite(place.parts, meant, namespace)
        if needed:
            imports[needed] = None
        written = written[: place.begin] + ".".join(parts).encode() + written[place.end :]
    return written.decode(), sorted(imports)


def _find_places(line: str) -> Iterator[_Place]:
    """Yield every dotted name of a line; offsets are of bytes, as Python counts them."""
    waiting: list[ast.AST] = [ast.parse(line, mode="eval")]
    while waiting:
        node = waiting.pop()
        parts = _read_chain(node)
        if parts:
            assert isinstance(node, ast.expr)
            yield _Place(node.col_offset, node.end_col_offset or 0, parts)
        else:
            waiting += ast.iter_child_nodes(node)


def _read_chain(node: ast.AST) -> tuple[str, ...]:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return (node.id, *parts) if isinstance(node, ast.Name) else ()


def _find_kinds(values: Iterable[object]) -> Iterator[type]:
    waiting = list(values)
    for _ in range(_MOST_VALUES):
        if not waiting:
            return
        value = waiting.pop()
        yield type(value)
        if isinstance(value, dict):
            waiting += [*value.keys(), *value.values()]
        elif isinstance(value, list | tuple | set | frozenset):
            waiting += value
        elif dataclasses.is_dataclass(value) and not isinstance(value, type):
            waiting += [getattr(value, field.name, None) for field in dataclasses.fields(value)]


def _find_meaning(name: str, kinds: Mapping[str, type]) -> object:
    if name in kinds and kinds[name].__module__ != "builtins":
        kind = kinds[name]
        # The repr of a moment, datetime.datetime(...), begins with its module.
        return sys.modules[name] if kind.__module__ == name else kind
    if name in _BARE:
        return getattr(sys.modules.get(_BARE[name]), name, None)
    return sys.modules.get(_SHORT.get(name, name))


def _rewrite(
    parts: tuple[str, ...], meant: Any, namespace: Mapping[str, Any]
) -> tuple[tuple[str, ...], str]:
    """Return the parts of a name as the module has them, and the import that this needs."""
    if not isinstance(meant, type) and len(parts) > 1:
        member = getattr(meant, parts[1], None)
        alias = _find_alias(member, namespace)
        if member is not None and alias:
            return (alias, *parts[2:]), ""
    alias = _find_alias(meant, namespace)
    if alias:
        return (alias, *parts[1:]), ""
    name = parts[0]
    if isinstance(meant, type):
        home = sys.modules.get(meant.__module__)
        alias = _find_alias(home, namespace)
        if alias and getattr(home, name, None) is meant:
            return (alias, *parts), ""
        return parts, f"from {meant.__module__} import {name}"
    if name in namespace:
        name = _OTHER.get(name, f"{name}_module")
    module = meant.__name__
    statement = f"import {module}" if module == name else f"import {module} as {name}"
    return (name, *parts[1:]), statement


def _find_alias(thing: object, namespace: Mapping[str, Any]) -> str:
    if not isinstance(thing, type | ModuleType):
        return ""
    return next((name for name, known in namespace.items() if known is thing), "")
