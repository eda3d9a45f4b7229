"""Literals of the code under test: a branch for one value is tried with this value.

Files are read as text; nothing of an implementation is imported or run.
"""

from __future__ import annotations

import ast
import contextlib
import math
from dataclasses import dataclass, field, fields, is_dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.runner.code_walk import CodeWalk
from pytest_metamorphic_guard.runner.near_texts import find_near_texts
from pytest_metamorphic_guard.tasks.implementations import DEFAULT_FUNCTION
from pytest_metamorphic_guard.tasks.origins import find_origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pytest_metamorphic_guard.tasks.implementations import Implementation

__all__ = ["Literals", "find_literals", "parse_sources"]

_MOST = 1000
_MOST_FILES = 20
_MOST_BYTES = 512 << 10
_LONGEST = 100
_MOST_DIGITS = 64
_MOST_DEPTH = 8
# What hypothesis tries often anyway.
_SMALL = 100


@dataclass(frozen=True, slots=True)
class Literals:
    """What stands in the source of candidate and baseline.

    Attributes:
        values: The numbers, texts and bytes, in an order that depends on nothing else.
        near: The texts and bytes of what the functions themselves may come to; see
            `find_near_texts`.
    """

    values: tuple[int | float | str | bytes, ...] = ()
    near: tuple[str | bytes, ...] = ()
    _keys: frozenset[tuple[type, object]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        keys = frozenset((type(value), value) for value in self.values)
        object.__setattr__(self, "_keys", keys)

    def __bool__(self) -> bool:
        return bool(self.values or self.near)

    def list_in(self, value: object) -> set[tuple[type, object]]:
        """Return which of them an input has as a part, and which ones stand together in a text."""
        found: set[tuple[type, object]] = set()
        for key in _walk(value, 0):
            if key in self._keys:
                found.add(key)
            elif isinstance(key[1], str | bytes):
                together = _list_within(key[1], self.near)
                if together:
                    found.add((frozenset, together))
        return found


def _list_within(text: str | bytes, parts: Iterable[str | bytes]) -> frozenset[object]:
    if isinstance(text, str):
        return frozenset(one for one in parts if isinstance(one, str) and one in text)
    return frozenset(one for one in parts if isinstance(one, bytes) and one in text)


def find_literals(implementations: Iterable[Implementation]) -> Literals:
    """Return the literals of implementations, and of modules beside them that they import."""
    found: set[tuple[type, Any]] = set()
    near: set[str | bytes] = set()
    for implementation in implementations:
        values, texts = _collect(implementation, _stamp(find_origin(implementation)))
        found |= values
        near |= texts
    if len(found) > _MOST:  # a table, of which each value would be tried hardly ever
        found = set()
    return Literals(_sort(found), _sort({(type(text), text) for text in near}))


@lru_cache(maxsize=64)  # every entry of a task asks for the same ones
def _collect(
    implementation: Implementation,
    _: tuple[int, int] | None,  # the file is read anew where it was edited
) -> tuple[frozenset[tuple[type, Any]], frozenset[str | bytes]]:
    found: set[tuple[type, Any]] = set()
    near: set[str | bytes] = set()
    for index, tree in enumerate(parse_sources(implementation)):
        collector = _Collector()
        collector.visit(tree)
        found |= collector.found
        if index == 0:  # its own file
            near |= find_near_texts(tree, implementation.function or DEFAULT_FUNCTION)
    return frozenset(found), frozenset(near)


def _stamp(path: Path | None) -> tuple[int, int] | None:
    try:
        return None if path is None else (path.stat().st_mtime_ns, path.stat().st_size)
    except OSError:
        return None


def _sort(found: Iterable[tuple[type, Any]]) -> tuple[Any, ...]:
    ordered = sorted(found, key=lambda pair: (pair[0].__name__, pair[1]))
    return tuple(value for _, value in ordered)


def parse_sources(implementation: Implementation) -> Iterator[ast.Module]:
    """Yield the syntax of an implementation, and of modules beside it that it imports."""
    origin = find_origin(implementation)
    if origin is None:
        tree = _parse(implementation.target.encode("utf-8", "replace"))
        if tree is not None:
            yield tree
        return
    seen, waiting = {origin}, [origin]
    while waiting and len(seen) <= _MOST_FILES:
        path = waiting.pop(0)
        tree = _parse(_read(path))
        if tree is None:
            continue
        yield tree
        new = [file for file in _list_imported(tree, path.parent) if file not in seen]
        seen.update(new)
        waiting += new


def _parse(source: bytes) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # a prompt, a program, an attack
        return None


def _read(path: Path) -> bytes:
    try:
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return b""
        return path.read_bytes()
    except OSError:
        return b""


def _list_imported(tree: ast.Module, folder: Path) -> list[Path]:
    """Return the files beside a module that it imports."""
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = [node.module] if node.module else []
            names += [*base, *(".".join([*base, alias.name]) for alias in node.names)]
    found = []
    for name in dict.fromkeys(names):
        stem = folder.joinpath(*name.split("."))
        found += [p for p in (stem.with_name(f"{stem.name}.py"), stem / "__init__.py") if _is(p)]
    return [path.resolve() for path in found]


def _is(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


class _Collector(CodeWalk, ast.NodeVisitor):
    """Collects literals, and the values of sums and products of them, such as ``10 ** 6``."""

    def __init__(self) -> None:
        self.found: set[tuple[type, Any]] = set()

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Leave out the parts of a text that is put together."""

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        self._visit_number(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        self._visit_number(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        self._add(node.value)

    def _visit_number(self, node: ast.UnaryOp | ast.BinOp) -> None:
        value = _compute(node)
        if value is None:
            self.generic_visit(node)
        else:
            self._add(value)

    def _add(self, value: object) -> None:
        if isinstance(value, bool):
            return
        if isinstance(value, int | float):
            self._add_number(value)
        elif isinstance(value, str | bytes) and value.strip() and len(value) <= _LONGEST:
            self.found.add((type(value), value))

    def _add_number(self, value: float) -> None:
        if not math.isfinite(value) if isinstance(value, float) else value.bit_length() > _LONGEST:
            return
        if value == int(value) and -_SMALL < value < _SMALL:
            return
        self.found.add((type(value), value))
        # A drawn number may be equal to a literal of the other type.
        if isinstance(value, float) and value == int(value):
            self.found.add((int, int(value)))
        elif isinstance(value, int) and int(float(value)) == value:
            self.found.add((float, float(value)))


def _compute(node: ast.AST) -> int | float | None:
    """Return the value of an expression of literal numbers; None for any other."""
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _apply(ast.Sub(), 0, _compute(operand))
        case ast.BinOp(left=left, op=op, right=right):
            return _apply(op, _compute(left), _compute(right))
        case _:
            return None


def _apply(op: ast.operator, first: float | None, second: float | None) -> int | float | None:
    if first is None or second is None:
        return None
    is_small = abs(first) <= 1 << 32 and 0 <= second <= _MOST_DIGITS
    value: Any = None
    with contextlib.suppress(ArithmeticError):
        match op:
            case ast.Add():
                value = first + second
            case ast.Sub():
                value = first - second
            case ast.Mult():
                value = first * second
            case ast.Pow() if is_small:
                value = first**second
            case ast.LShift() if is_small and isinstance(first, int) and isinstance(second, int):
                value = first << second
            case _:
                value = None
    return value if isinstance(value, int | float) else None


def _walk(value: object, depth: int) -> Iterator[tuple[type, object]]:
    """Yield the plain parts of an input."""
    if isinstance(value, int | float | str | bytes):
        yield type(value), value
    if depth >= _MOST_DEPTH:
        return
    parts: list[Any] = []
    if isinstance(value, list | tuple | set | frozenset):
        parts = list(value)
    elif isinstance(value, dict):
        parts = [*value.keys(), *value.values()]
    elif is_dataclass(value) and not isinstance(value, type):
        parts = [getattr(value, one.name, None) for one in fields(value)]
    for part in parts:
        yield from _walk(part, depth + 1)
