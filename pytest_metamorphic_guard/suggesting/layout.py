"""One statement laid out in several lines, as formatters do it."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["lay_out"]

_WIDTH = 88
_OPEN, _CLOSE = "([{", ")]}"


class _Brackets(NamedTuple):
    """A pair of brackets in a line: where it opens, where it closes, and whether it is a call."""

    start: int
    end: int
    calls: bool


def lay_out(line: str, *, behind: int = 0) -> str:
    """Return a line, or several where it is too long for one.

    Args:
        line: The line with its indentation; it has no line breaks or comments.
        behind: Number of characters that follow it, such as a comma.
    """
    if len(line) + behind <= _WIDTH:
        return line
    found = _find_last(line)
    if found is None:
        return line
    indent = " " * (len(line) - len(line.lstrip()))
    inner = line[found.start + 1 : found.end]
    parts = _split(inner)
    inside = f"{indent}    "
    # Elements stand one a line; arguments stay together where they fit into one.
    if found.calls and len(inside) + len(inner) <= _WIDTH:
        lines = [f"{inside}{inner}"]
    elif len(parts) == 1 and found.calls:
        lines = [lay_out(f"{inside}{parts[0]}", behind=1) + ","]
    else:
        lines = [lay_out(f"{inside}{part}", behind=1) + "," for part in parts]
    return "\n".join((line[: found.start + 1], *lines, f"{indent}{line[found.end :]}"))


def _find_last(line: str) -> _Brackets | None:
    """Return the last pair of brackets outside all others that has something in it."""
    found, depth, start = None, 0, 0
    for place, sign in _list_signs(line):
        if sign in _OPEN:
            start = place if depth == 0 else start
            depth += 1
        elif sign in _CLOSE:
            depth -= 1
            if depth == 0 and place > start + 1:
                calls = (
                    sign == ")"
                    and start > 0
                    and (line[start - 1].isalnum() or line[start - 1] in "_])")
                )
                # What follows on a long call, such as `.map(tuple)`, stays on its last line.
                if found is None or place - start >= found.end - found.start:
                    found = _Brackets(start, place, calls)
    return found


def _split(inner: str) -> list[str]:
    """Return the parts between commas outside all brackets."""
    parts, depth, begun = [], 0, 0
    for place, sign in _list_signs(inner):
        depth += (sign in _OPEN) - (sign in _CLOSE)
        if sign == "," and depth == 0:
            parts.append(inner[begun:place].strip())
            begun = place + 1
    parts.append(inner[begun:].strip())
    return [part for part in parts if part]


def _list_signs(line: str) -> list[tuple[int, str]]:
    """Return the brackets and commas of a line that stand in no text."""
    found, quote, escaped = [], "", False
    for place, sign in enumerate(line):
        if quote:
            if escaped:
                escaped = False
            elif sign == "\\":
                escaped = True
            elif sign == quote:
                quote = ""
        elif sign in "'\"":
            quote = sign
        elif sign in _OPEN + _CLOSE + ",":
            found.append((place, sign))
    return found
