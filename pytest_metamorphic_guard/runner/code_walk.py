"""A walk through the syntax of code, past what only explains it."""

from __future__ import annotations

import ast

__all__ = ["CodeWalk"]


class CodeWalk(ast.NodeVisitor):
    """Visits what does something, as deep as Python can go."""

    def visit(self, node: ast.AST) -> None:
        """Visit a node, and leave out what is nested too deeply."""
        try:
            super().visit(node)
        except RecursionError:
            return

    def visit_Expr(self, node: ast.Expr) -> None:
        """Leave out a text that stands alone, which explains something."""
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)
