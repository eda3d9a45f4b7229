"""What the calls of a case printed, and where they raised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.outcomes import Returned
from pytest_metamorphic_guard.report.page import make_printable

if TYPE_CHECKING:
    from pytest_metamorphic_guard.report.page import Page
    from pytest_metamorphic_guard.runner.case_results import CaseResult

__all__ = ["write_captured"]

_OUTPUT_LINES = 4
_TRACE_LINES = 6


def write_captured(page: Page, result: CaseResult) -> None:
    """Add the first and the last lines of what was printed, and the last of a traceback."""
    for stream in ("stdout", "stderr"):
        text = "".join(getattr(execution.outcome, stream) for execution in result.executions)
        if text.strip():
            lines = [make_printable(line)[: page.room] for line in text.rstrip().splitlines()]
            if len(lines) > _OUTPUT_LINES + 2:
                # A crash says first what it is, and last where; what was printed ends at the call.
                first = 2 if stream == "stderr" else 0
                left_out = f"... {len(lines) - first - _OUTPUT_LINES + 1} lines left out ..."
                lines = [*lines[:first], left_out, *lines[1 - _OUTPUT_LINES :]]
            page.block(stream, lines)
    for execution in result.executions:
        trace = execution.outcome.payload.get("traceback")
        if isinstance(trace, str) and trace.strip() and not isinstance(execution.outcome, Returned):
            lines = [_fit_trace(line, page.room) for line in trace.rstrip().splitlines()]
            page.block("traceback", lines[-_TRACE_LINES:])
            return


def _fit_trace(line: str, room: int) -> str:
    """Return a line of a traceback that fits, with the number of the line it names."""
    line = make_printable(line)
    head, quote, tail = line.partition('", line ')
    left_out = len(line) - room + 3
    start = head.find('"') + 1
    if left_out > 3 and quote and 0 < start < len(head) - left_out:  # noqa: PLR2004 - the dots
        line = f"{head[:start]}...{head[start + left_out :]}{quote}{tail}"
    return line[:room]
