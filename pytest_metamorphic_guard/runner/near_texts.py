"""Texts that stand in what a function may come to: what the function looks for in its inputs."""

from __future__ import annotations

import ast
import re

from pytest_metamorphic_guard.errors import ImplementationError
from pytest_metamorphic_guard.runner.code_walk import CodeWalk
from pytest_metamorphic_guard.runner.pattern_texts import write_matches
from pytest_metamorphic_guard.runner.reachable import find_reachable

__all__ = ["find_near_texts"]

_LONGEST = 100
_MOST = 400
_LONGEST_PATTERN = 1000
_MATCHERS = frozenset(
    {"compile", "findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn"}
)
# What is said to people is not looked for in inputs.
_SAYING = frozenset(
    {"critical", "debug", "error", "exception", "info", "log", "print", "warn", "warning"}
)


def find_near_texts(tree: ast.Module, function: str) -> set[str | bytes]:
    """Return the texts of a function and of what it uses in its file.

    Blanks are among them, and of a regular expression what it matches. None of a table of many.
    """
    try:
        statements = find_reachable(tree, function, function)
    except ImplementationError:  # it comes from another file, or is bound in another way
        return set()
    collector = _Collector()
    for statement in statements:
        collector.visit(statement)
    return collector.found if len(collector.found) <= _MOST else set()


class _Collector(CodeWalk, ast.NodeVisitor):
    def __init__(self) -> None:
        self.found: set[str | bytes] = set()

    def visit_Raise(self, node: ast.Raise) -> None:
        """Leave out what is said."""

    def visit_Call(self, node: ast.Call) -> None:
        if _find_name(node.func) in _SAYING:
            return
        if not _is_matcher(node.func) or not node.args:
            self.generic_visit(node)
            return
        first, *others = node.args
        self._add_pattern(first, _find_flags([*others, *(one.value for one in node.keywords)]))
        for part in (*others, *node.keywords):
            self.visit(part)

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, str | bytes) and 0 < len(value) <= _LONGEST:
            self.found.add(value)

    def _add_pattern(self, node: ast.expr, flags: int) -> None:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str | bytes):
            self.visit(node)
        elif isinstance(node.value, bytes):
            texts = write_matches(node.value[:_LONGEST_PATTERN].decode("latin-1"), flags)
            self.found |= {text.encode("latin-1", "replace") for text in texts}
        else:
            self.found |= set(write_matches(node.value[:_LONGEST_PATTERN], flags))


def _find_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_matcher(node: ast.expr) -> bool:
    """Tell whether a call is one of the module `re`, under whatever name it is common to have."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr in _MATCHERS
        and isinstance(node.value, ast.Name)
        and node.value.id.strip("_") in ("re", "regex")
    )


def _find_flags(nodes: list[ast.expr]) -> int:
    names = {n.attr for node in nodes for n in ast.walk(node) if isinstance(n, ast.Attribute)}
    return re.VERBOSE if names & {"VERBOSE", "X"} else 0
