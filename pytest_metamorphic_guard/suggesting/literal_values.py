"""Literals in the code that a function may come to: what its branches are about."""

from __future__ import annotations

import ast

from pytest_metamorphic_guard.errors import ImplementationError
from pytest_metamorphic_guard.runner.reachable import find_reachable

__all__ = ["list_literals"]

_MOST = 200
_LONGEST = 30


def list_literals(module: ast.Module, function: str, specification: str) -> list[object]:
    """Return numbers and texts of a function and of what it uses in its file.

    Args:
        module: The file.
        function: Name of the function.
        specification: What the user wrote, for messages.
    """
    try:
        statements = find_reachable(module, function, specification)
    except ImplementationError:  # it is bound in another way
        return []
    found: dict[tuple[type, object], None] = {}
    for statement in statements:
        explained = {
            id(node.value) for node in ast.walk(statement) if isinstance(node, ast.Expr)
        }  # a text that stands alone explains something
        for node in ast.walk(statement):
            if isinstance(node, ast.Constant) and id(node) not in explained:
                value = node.value
                if isinstance(value, int | float) and not isinstance(value, bool):
                    found[type(value), value] = None
                elif isinstance(value, str) and len(value) <= _LONGEST:
                    found[str, value] = None
    return [value for _, value in found][:_MOST]
