"""Lines with a label column, and the ways in which a line is made to fit."""

from __future__ import annotations

import io
import shlex
import sys
import textwrap
import tokenize
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.texts import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["LABEL", "Page", "cut_list", "cut_middle", "make_printable", "wrap_source"]

LABEL = 12
_MARGIN = 4


class Page:
    """Lines with a label column.

    Attributes:
        width: Columns of a line.
        room: Columns beside the labels.
        value_lines: Lines that one value may take.
    """

    def __init__(self, width: int, value_lines: int = 5) -> None:
        self.width = width
        self.value_lines = value_lines
        self.room = width - LABEL - _MARGIN
        self._lines: list[str] = []

    def row(self, label: str, content: str | Iterable[str]) -> None:
        """Add sentences, wrapped."""
        lines = [content] if isinstance(content, str) else list(content)
        wrapped = [
            piece
            for line in lines
            for piece in textwrap.wrap(
                make_printable(line), self.room, break_on_hyphens=False, subsequent_indent="  "
            )
            or [""]
        ]
        self.block(label, wrapped)

    def command(self, label: str, command: str) -> None:
        """Add a shell command, broken only between words: a longer one keeps every character."""
        lines: list[str] = []
        for word in map(shlex.quote, shlex.split(command)):
            if lines and len(lines[-1]) + 1 + len(word) <= self.room:
                lines[-1] += f" {word}"
            else:
                lines.append(f"  {word}" if lines else word)
        self.block(label, lines)

    def block(self, label: str, lines: list[str]) -> None:
        """Add lines that fit already."""
        for index, line in enumerate(lines or [""]):
            text = f"{label if index == 0 else '':<{LABEL}}{line}"
            self._lines.append(make_printable(text).rstrip())

    def raw(self, lines: list[str]) -> None:
        """Add lines without a label column."""
        self._lines += map(make_printable, lines)

    def blank(self) -> None:
        """Add an empty line."""
        self._lines.append("")

    @property
    def length(self) -> int:
        """Number of lines."""
        return len(self._lines)

    def text(self) -> str:
        """Return the whole page."""
        return "\n".join(self._lines)


def make_printable(line: str) -> str:
    """Return a line with escapes in the place of what would steer a terminal or a CI service."""
    return clean_line(line.expandtabs(4) if "\t" in line else line, sys.maxsize)


def cut_middle(line: str, room: int) -> str:
    """Return a line as one row, its middle left out where it is longer."""
    head = (room - 4) // 2
    return line if len(line) <= room else f"{line[:head]} ... {line[head + 5 - room :]}"


def wrap_source(line: str, width: int) -> list[str]:
    """Return one line of Python source as several that mean the same.

    Lines break inside brackets only, and long strings become several that Python puts together. A
    line that is no source is wrapped as text.
    """
    try:
        pieces = list(_split_source(line, width - 8))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return textwrap.wrap(line, width, break_on_hyphens=False, subsequent_indent="    ")
    lines = [""]
    for piece in pieces:
        if lines[-1].strip() and len(lines[-1]) + len(piece.rstrip()) > width:
            lines[-1] = lines[-1].rstrip()
            lines.append("    ")
            piece = piece.lstrip()  # noqa: PLW2901 - the space before it became the line break
        lines[-1] += piece
    return lines


def _split_source(line: str, most: int) -> Iterator[str]:
    """Yield pieces of source between which a line may break."""
    done = 0
    for token in tokenize.generate_tokens(io.StringIO(line).readline):
        start, end = token.start[1], token.end[1]
        if token.type == tokenize.ERRORTOKEN:
            raise SyntaxError(line)
        if token.start[0] != 1 or token.type in (tokenize.NEWLINE, tokenize.ENDMARKER):
            break
        if token.type == tokenize.STRING and end - start > most:
            yield line[done:start]
            yield from _split_string(token.string, most)
            done = end
        elif token.string in (",", "(", "[", "{"):
            yield line[done:end]
            done = end
    yield line[done:]


def _split_string(literal: str, most: int) -> Iterator[str]:
    # Only reprs come here, whose longest escape has ten characters.
    prefix = "b" if literal.startswith("b") else ""
    quote, body = literal[-1], literal[len(prefix) + 1 : -1]
    start = 0
    while start < len(body):
        end = start
        space = line_end = start
        while end < len(body) and end - start < most - 10:
            at, end = end, end + _measure_escape(body, end)
            if body[at:end] == "\\n":
                line_end = end
            elif body[at:end] == " ":
                space = end
        # A piece of a text ends best where a line of it does, and then after a word.
        borders = [at for at in (line_end, space) if at > start + (most - 10) // 3]
        if end < len(body) and borders:
            end = borders[0]
        yield f"{' ' if start else ''}{prefix}{quote}{body[start:end]}{quote}"
        start = end


def _measure_escape(body: str, at: int) -> int:
    if body[at] != "\\":
        return 1
    return {"x": 4, "u": 6, "U": 10}.get(body[at + 1], 2)


def cut_list(names: Sequence[str], room: int) -> str:
    """Return names in a line, and how many more there are where not all of them have room."""
    said, kept = ", ".join(names), list(names)
    while len(kept) > 1 and len(said) > room:
        kept.pop()
        said = f"{', '.join(kept)} and {len(names) - len(kept)} more"
    return said if len(said) <= room else cut_middle(said, room)
