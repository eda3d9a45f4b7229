"""The last look at what pytest prints of our items: texts of candidates come through asserts, too.

What is read from an executor is clean already. But a law or a user's own test compares values, and
pytest shows their lines as they are, with whatever a candidate put into them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.texts import MOST_LINE, clean, clean_line

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    Hide = Callable[[str], str]

__all__ = ["clean_report", "clean_section"]

# The colours of pytest's own comparisons; no other control sequence is one of these.
_CODE = "(?:0?[0-2]|22|39|49|[39][0-7])"
_COLOUR = re.compile(rf"(\x1b\[(?:{_CODE}(?:;{_CODE})*)?m)")
_MOST_LINES = 2_000
_MOST_SECTION = 1 << 20


def clean_report(
    report: pytest.TestReport | pytest.CollectReport, hide: Hide, *, coloured: bool
) -> None:
    """Clean every text of a report in its place.

    Args:
        report: The report.
        hide: Takes out of a text what nobody may read.
        coloured: Whether pytest itself colours what it compares.
    """

    def tidy(line: str) -> str:
        return _clean(hide(line), coloured)

    report.longrepr = _clean_repr(report.longrepr, hide, tidy)
    report.sections = [(name, clean_section(hide(text))) for name, text in report.sections]


def clean_section(text: str) -> str:
    """Return captured output as it is shown."""
    return clean(text, _MOST_SECTION)


def _clean_repr(shown: Any, hide: Hide, tidy: Hide) -> Any:
    if isinstance(shown, str):
        return clean(hide(shown))
    if isinstance(shown, tuple):  # of a skip: path, line, reason
        return tuple(clean(hide(part)) if isinstance(part, str) else part for part in shown)
    chain = getattr(shown, "chain", None)
    parts = chain or [(getattr(shown, "reprtraceback", None), getattr(shown, "reprcrash", None))]
    for traceback, crash, *_ in parts:
        _clean_message(crash, tidy)
        for entry in getattr(traceback, "reprentries", ()):
            _clean_entry(entry, tidy)
    for section in getattr(shown, "sections", ()):
        _clean_list(section, tidy)
    return shown


def _clean_entry(entry: Any, tidy: Hide) -> None:
    _clean_list(getattr(entry, "lines", None), tidy)
    _clean_list(getattr(getattr(entry, "reprlocals", None), "lines", None), tidy)
    _clean_message(getattr(entry, "reprfileloc", None), tidy)
    arguments = getattr(entry, "reprfuncargs", None)
    if arguments is not None:
        arguments.args = [(name, tidy(str(text))) for name, text in arguments.args]


def _clean_message(place: Any, tidy: Hide) -> None:
    if isinstance(getattr(place, "message", None), str):
        place.message = "\n".join(tidy(line) for line in place.message.split("\n"))


def _clean_list(lines: Any, tidy: Hide) -> None:
    if isinstance(lines, list) and all(isinstance(line, str) for line in lines):
        whole = [part for line in lines for part in line.split("\n")]
        left_out = len(whole) - _MOST_LINES
        if left_out > 0:
            whole[_MOST_LINES // 2 : -_MOST_LINES // 2] = [f"... {left_out} lines left out ..."]
        lines[:] = [tidy(line) for line in whole]


def _clean(line: str, coloured: bool) -> str:  # noqa: FBT001
    if not coloured or "\x1b" not in line:
        return clean_line(line.expandtabs(8), MOST_LINE)
    pieces = _COLOUR.split(line[: 2 * MOST_LINE])
    return "".join(
        piece if index % 2 else clean_line(piece.expandtabs(8), MOST_LINE)
        for index, piece in enumerate(pieces)
    )
