"""Which statements at the top of a file a function of it may come to, by the names that it uses."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from pytest_metamorphic_guard.errors import ImplementationError, suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Imported", "find_import", "find_reachable"]


def find_reachable(tree: ast.Module, function: str, specification: str) -> list[ast.stmt]:
    """Return the statements that define a function and what it uses, in the order of the file.

    Of a class every statement stands for itself.

    Args:
        tree: The file.
        function: Name of the function.
        specification: What the user wrote, for messages.

    Raises:
        ImplementationError: The file does not define the function.
    """
    bound: dict[str, list[ast.stmt]] = {}
    for statement in _flatten(tree.body):
        for name in _list_bound(statement):
            bound.setdefault(name, []).append(statement)
    if function not in bound:
        raise ImplementationError(specification, _explain(function, list(bound), tree))
    found: dict[int, ast.stmt] = {}
    waiting, known = [function], {function}
    while waiting:
        for statement in bound[waiting.pop()]:
            found[id(statement)] = statement
            new = sorted(name for name in _find_used(statement) - known if name in bound)
            known.update(new)
            waiting += new
    ordered = sorted(found.values(), key=lambda one: (one.lineno, one.col_offset))
    return [
        part for one in ordered for part in (one.body if isinstance(one, ast.ClassDef) else [one])
    ]


class Imported(NamedTuple):
    """A name that a file imports from a module.

    Attributes:
        level: Number of dots before the module.
        module: The module; empty for the package itself.
        name: What the name is called there.
    """

    level: int
    module: str
    name: str


def find_import(tree: ast.Module, name: str) -> Imported | None:
    """Return from where a file imports a name; None where it defines it, or has none such."""
    found = None
    for statement in _flatten(tree.body):
        if name in _list_bound(statement):
            return None
        if isinstance(statement, ast.ImportFrom):
            for one in statement.names:
                if (one.asname or one.name) == name:
                    found = Imported(statement.level, statement.module or "", one.name)
    return found


def _flatten(statements: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements at the top, those under conditions among them."""
    for statement in statements:
        match statement:
            case ast.If():
                yield from _flatten([*statement.body, *statement.orelse])
            case ast.Try():
                handled = [one for handler in statement.handlers for one in handler.body]
                parts = (statement.body, handled, statement.orelse, statement.finalbody)
                for part in parts:
                    yield from _flatten(part)
            case ast.With():
                yield from _flatten(statement.body)
            case _:
                yield statement


def _list_bound(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield statement.name
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    yield node.id
        case _:
            pass


def _find_used(statement: ast.stmt) -> set[str]:
    nodes = list(ast.walk(statement))
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return used
    # A name of the function's own is none of the file, unless it says so.
    shared = {name for node in nodes if isinstance(node, ast.Global) for name in node.names}
    own = {node.arg for node in nodes if isinstance(node, ast.arg)}
    own |= {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return used - (own - shared)


def _explain(function: str, bound: list[str], tree: ast.Module) -> str:
    imported = find_import(tree, function)
    if imported is not None:
        module = "." * imported.level + imported.module
        return (
            f"{function!r} is imported there from {module}, and no code of its own to change: "
            "name the module that defines it"
        )
    return f"there is no function {function!r} in the file{suggest(function, bound)}"
