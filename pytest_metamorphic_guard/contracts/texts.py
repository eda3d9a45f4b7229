"""Text that a candidate or a plugin had a say in: made harmless and short where it is read.

A terminal obeys control characters, an editor bidirectional overrides, and a CI service commands in
what a job prints: GitHub takes lines that begin with ``::name`` and ``##[name`` anywhere in a line,
Azure Pipelines ``##vso[`` and TeamCity ``##teamcity[`` anywhere, too. All of them come out as the
escapes that Python writes for such characters. To clean a text twice changes nothing.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["MOST_LINE", "MOST_NAME", "MOST_TEXT", "clean", "clean_line", "clean_name", "cut"]

MOST_NAME: Final = 200
MOST_LINE: Final = 2_000
MOST_TEXT: Final = 1 << 16

# After white space as well: a text that is wrapped there begins a line with what follows.
_COMMAND = re.compile(r"(?<!\S)::(?=[A-Za-z])|##(?=\[|vso\[|teamcity\[)", re.IGNORECASE)


def clean(text: str, most: int = MOST_TEXT) -> str:
    """Return a text of at most ``most`` characters; the ends of its lines and tabs stay."""
    lines = cut(text, most).replace("\r\n", "\n").split("\n")
    return cut("\n".join(map(_clean_line, lines)), most)


def clean_line(text: str, most: int = MOST_LINE) -> str:
    """Return a text as one line; the ends of lines in it are escaped as well."""
    return cut(_clean_line(cut(text, most), tabs=False), most)


def clean_name(name: str) -> str:
    """Return the name of a class, an exception, a field or a file as it is shown."""
    return clean_line(name, MOST_NAME)


def cut(text: str, most: int) -> str:
    """Return the start of a text of at most ``most`` characters; its end says that it was cut."""
    if len(text) <= most:
        return text
    mark = f"... [cut at {most:,} characters]"
    return text[: max(0, most - len(mark))] + mark


def _clean_line(line: str, *, tabs: bool = True) -> str:
    if not line.isprintable():
        line = "".join(
            character
            if character.isprintable() or (tabs and character == "\t")
            else character.encode("unicode_escape", "surrogatepass").decode()
            for character in line
        )
    if "::" in line or "##" in line:
        line = _COMMAND.sub(_escape, line)
    return line


def _escape(found: re.Match[str]) -> str:
    return f"\\x{ord(found[0][0]):02x}{found[0][1:]}"
