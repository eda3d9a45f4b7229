"""What the calls of a case returned, a row for each."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.outcomes import Returned
from pytest_metamorphic_guard.report.values import format_outcome

if TYPE_CHECKING:
    from pytest_metamorphic_guard.contracts.outcomes import Outcome
    from pytest_metamorphic_guard.report.page import Page
    from pytest_metamorphic_guard.runner.case_results import CaseResult, Execution
    from pytest_metamorphic_guard.runner.run import Run

__all__ = ["format_output", "write_outputs"]


def write_outputs(page: Page, label: str, result: CaseResult, run: Run) -> None:
    """Add a row per call of one role."""
    rows: list[tuple[str, Execution]] = []
    for which, executions in (("source", result.sources), ("follow-up", result.followups)):
        many = len(executions) > 1
        rows += [
            (f"{which} {number}" if many else which, execution)
            for number, execution in enumerate(executions, start=1)
        ]
    widest = max((len(which) for which, _ in rows), default=0)
    for index, (which, execution) in enumerate(rows):
        lines = format_output(run, execution.outcome, page.room - widest - 4, page.value_lines)
        head = f"{which:<{widest}} -> "
        page.block(
            label if index == 0 else "",
            [
                (head if number == 0 else " " * len(head)) + line
                for number, line in enumerate(lines)
            ],
        )


def format_output(run: Run, outcome: Outcome, room: int, most: int) -> list[str]:
    """Write what a call returned as its task wants it, in at most so many lines."""
    if isinstance(outcome, Returned) and run.task.format_output is not None:
        try:
            text = str(run.task.format_output(outcome.value))
        except Exception:  # noqa: BLE001 - a stranger's formatter; the value itself is shown
            return format_outcome(outcome, room, most)
        return [line for part in text.splitlines() for line in textwrap.wrap(part, room) or [""]][
            :most
        ]
    return format_outcome(outcome, room, most)
