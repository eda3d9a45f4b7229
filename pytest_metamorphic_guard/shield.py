"""The last look at what pytest prints of our items: texts of candidates come through asserts, too.

What is read from an executor is clean already. But a law or a user's own test compares values, and
pytest shows their lines as they are, with whatever a candidate put into them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.texts import MOST_LINE, clean, clean_line

if TYPE_CHECKING:
    import pytest

__all__ = ["clean_report", "clean_section"]

# The colours of pytest's own comparisons; no other control sequence is one of these.
_CODE = "(?:0?[0-2]|22|39|49|[39][0-7])"
_COLOUR = re.compile(rf"(\x1b\[(?:{_CODE}(?:;{_CODE})*)?m)")
_MOST_LINES = 2_000
_MOST_SECTION = 1 << 20


def clean_report(report: pytest.TestReport | pytest.CollectReport, *, coloured: bool) -> None:
    """Clean every text of a report in its place.

    Args:
        report: The report.
        coloured: Whether pytest itself colours what it compares.
    """
    report.longrepr = _clean_repr(report.longrepr, coloured)
    report.sections = [(name, clean_section(text)) for name, text in report.sections]


def clean_section(text: str) -> str:
    """Return captured output as it is shown."""
    return clean(text, _MOST_SECTION)


def _clean_repr(shown: Any, coloured: bool) -> Any:  # noqa: FBT001 - passed on
    if isinstance(shown, str):
        return clean(shown)
    if isinstance(shown, tuple):  # of a skip: path, line, reason
        return tuple(clean(part) if isinstance(part, str) else part for part in shown)
    chain = getattr(shown, "chain", None)
    parts = chain or [(getattr(shown, "reprtraceback", None), getattr(shown, "reprcrash", None))]
    for traceback, crash, *_ in parts:
        _clean_message(crash, coloured)
        for entry in getattr(traceback, "reprentries", ()):
            _clean_entry(entry, coloured)
    for section in getattr(shown, "sections", ()):
        _clean_list(section, coloured)
    return shown


def _clean_entry(entry: Any, coloured: bool) -> None:  # noqa: FBT001
    _clean_list(getattr(entry, "lines", None), coloured)
    _clean_list(getattr(getattr(entry, "reprlocals", None), "lines", None), coloured)
    _clean_message(getattr(entry, "reprfileloc", None), coloured)
    arguments = getattr(entry, "reprfuncargs", None)
    if arguments is not None:
        arguments.args = [(name, _clean(str(text), coloured)) for name, text in arguments.args]


def _clean_message(place: Any, coloured: bool) -> None:  # noqa: FBT001
    if isinstance(getattr(place, "message", None), str):
        place.message = "\n".join(_clean(line, coloured) for line in place.message.split("\n"))


def _clean_list(lines: Any, coloured: bool) -> None:  # noqa: FBT001
    if isinstance(lines, list) and all(isinstance(line, str) for line in lines):
        whole = [part for line in lines for part in line.split("\n")]
        left_out = len(whole) - _MOST_LINES
        if left_out > 0:
            whole[_MOST_LINES // 2 : -_MOST_LINES // 2] = [f"... {left_out} lines left out ..."]
        lines[:] = [_clean(line, coloured) for line in whole]


def _clean(line: str, coloured: bool) -> str:  # noqa: FBT001
    if not coloured or "\x1b" not in line:
        return clean_line(line.expandtabs(8), MOST_LINE)
    pieces = _COLOUR.split(line[: 2 * MOST_LINE])
    return "".join(
        piece if index % 2 else clean_line(piece.expandtabs(8), MOST_LINE)
        for index, piece in enumerate(pieces)
    )
