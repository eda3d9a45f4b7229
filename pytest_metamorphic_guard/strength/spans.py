"""A source text by the places of its syntax tree: bytes of a line become characters of the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ast

__all__ = ["Source", "Span"]

_COMMENT = re.compile(r"#[^\n]*")


class Span(NamedTuple):
    """A part of a text, from its first character to before ``end``."""

    start: int
    end: int


class Source:
    """The text of a file, with the places of nodes in it.

    Args:
        text: The text; its lines end in one character.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def find(self, node: ast.AST) -> Span:
        """Return where a node stands."""
        line, column = node.lineno, node.col_offset  # type: ignore[attr-defined]
        last, behind = node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]
        return Span(self._offset(line, column), self._offset(last, behind))

    def find_token(self, before: ast.AST, after: ast.AST, token: str) -> Span | None:
        """Return where a sign or word stands between two nodes, comments apart."""
        start, end = self.find(before).end, self.find(after).start
        gap = _COMMENT.sub(lambda found: " " * len(found[0]), self.text[start:end])
        found = re.search(token, gap)
        return None if found is None else Span(start + found.start(), start + found.end())

    def take(self, span: Span) -> str:
        """Return the text of a part."""
        return self.text[span.start : span.end]

    def count_lines(self, span: Span) -> int:
        """Return the number of ends of lines in a part."""
        return self.text.count("\n", span.start, span.end)

    def find_line(self, place: int) -> int:
        """Return the number, from 1, of the line in which a character stands."""
        return self.text.count("\n", 0, place) + 1

    def _offset(self, line: int, column: int) -> int:
        text = self._lines[line - 1]
        if not text.isascii():
            column = len(text.encode()[:column].decode())
        return self._starts[line - 1] + column
