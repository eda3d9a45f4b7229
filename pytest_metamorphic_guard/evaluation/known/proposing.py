"""Proposes known violations for what failed: TOML that a person reads and completes."""

from __future__ import annotations

import ast
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.texts import clean_line
from pytest_metamorphic_guard.evaluation.transport import decode_inputs
from pytest_metamorphic_guard.report.excerpts import take_excerpt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from pytest_metamorphic_guard.evaluation.transport import ItemResult

__all__ = ["propose", "write_proposal"]

_DAYS = 30
_HEAD = """\
# Proposed by --mg-write-known. Read each entry, say why the violation may stay, and choose the day
# on which it fails the run again. Where the inputs are drawn, a condition on them says more than
# one of them, for instance: condition = "len(items) > 3"
"""


def propose(
    results: Iterable[tuple[str, ItemResult]], hide: Callable[[str], str], today: date
) -> str:
    """Return a file with an entry for each violation; an empty text for none.

    Args:
        results: What the items concluded that show one, by node id.
        hide: Takes secrets out of a text.
        today: The day of the run.
    """
    expires = today + timedelta(days=_DAYS)
    entries = [_write_entry(node, result, hide, expires) for node, result in results]
    return "\n".join([_HEAD, *dict.fromkeys(entries)]) if entries else ""


def write_proposal(path: Path, text: str) -> str:
    """Write it where there is no file yet; return a line that says what became of it."""
    if not text:
        return "nothing failed that could be a known violation: no file is written"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Somebody may have made it since the run began.
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        return f"--mg-write-known={path}: cannot write it: {error.strerror}"
    return f"known violations to complete: {path}"


def _write_entry(node: str, result: ItemResult, hide: Callable[[str], str], expires: date) -> str:
    verdict = result.verdict
    found = _find_input(result)
    is_whole = found is not None and hide(found) == found
    variant = node.partition("[")[2].rpartition("]")[0]
    measured = result.measurement.label if result.measurement else verdict.entry
    rows = [
        f"# {clean_line(hide(node))}",
        "[[known]]",
        f"task = {_quote(verdict.task)}",
        f"entry = {_quote(measured if variant else verdict.entry)}",
        f"candidate = {_quote(hide(verdict.candidate))}",
    ]
    if result.regression is False:
        rows.append('role = "baseline"  # which violates it, too')
    if found is not None and is_whole:
        rows.append(f"input = {_quote(found)}")
    else:
        rows.append("# Its input cannot be written here: say what inputs have in common instead.")
        rows.append('condition = "False"')
    rows += [
        'reason = "not explained yet"',
        'ticket = ""',
        f"expires = {expires.isoformat()}",
        "",
    ]
    return "\n".join(rows)


def _find_input(result: ItemResult) -> str | None:
    """Return the input as it is to be written; None where its text is not all of it."""
    try:
        sources = decode_inputs(result.encoded_inputs)
        tree = ast.parse(result.inputs, mode="eval").body
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    if take_excerpt(sources) is not sources:
        return None
    if isinstance(tree, ast.Tuple) and len(tree.elts) == 1:
        return ast.get_source_segment(result.inputs, tree.elts[0])
    return result.inputs


def _quote(text: str) -> str:
    """Return a text as TOML writes it, on one line."""
    pieces = []
    for character in text:
        code = ord(character)
        if character in '"\\':
            pieces.append(f"\\{character}")
        elif character.isprintable():
            pieces.append(character)
        elif 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 - a surrogate, which TOML has not
            pieces.append("?")
        else:
            pieces.append(f"\\U{code:08x}")
    return f'"{"".join(pieces)}"'
