"""What both roles did with one input where the candidate does not agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.outcomes import Outcome, Returned
from pytest_metamorphic_guard.report.arguments import format_arguments, name_arguments
from pytest_metamorphic_guard.report.captured import write_captured
from pytest_metamorphic_guard.report.differences import describe_difference
from pytest_metamorphic_guard.report.expected_parts import refuse_unequal
from pytest_metamorphic_guard.report.output_rows import format_output

if TYPE_CHECKING:
    from pytest_metamorphic_guard.report.page import Page
    from pytest_metamorphic_guard.runner.run import Run
    from pytest_metamorphic_guard.runner.violations import Violation

__all__ = ["write_agreement", "write_disagreement"]


def write_agreement(page: Page, run: Run, violation: Violation) -> None:
    """Add the input, what each role did with it, and where that differs."""
    candidate, baseline = violation.candidate, violation.baseline
    assert run.baseline is not None  # there is nothing to agree with otherwise
    assert baseline is not None
    page.blank()
    names = name_arguments(run)
    for source in violation.case.sources:
        page.block("source", format_arguments(page, names, source))
    page.blank()
    for caller, result in ((run.candidate, candidate), (run.baseline, baseline)):
        # What does not fit is kept without its results.
        for execution in result.sources[:1]:
            page.row(caller.role, caller.implementation.specification)
            lines = format_output(run, execution.outcome, page.room - 3, page.value_lines)
            head = "-> "
            page.block("", [(head if n == 0 else "   ") + line for n, line in enumerate(lines)])
    page.blank()
    write_disagreement(page, run, violation)
    write_captured(page, candidate)


def write_disagreement(page: Page, run: Run, violation: Violation) -> None:
    """Add what was expected of the candidate, what was found, and where that differs."""
    both = (violation.candidate, violation.baseline)
    ends = [r.sources[0].outcome for r in both if r is not None and r.sources]
    if len(ends) < len(both):
        return
    fault = violation.candidate.fault
    page.row("expected", _describe(run, ends[1], fault.label if fault else ""))
    if fault is not None and fault.message and fault.kind != "execution":
        page.row("found", fault.message.splitlines()[0])
    if run.task.operations is None:  # of steps the first that differs is named
        _write_difference(page, run, ends)


def _describe(run: Run, before: Outcome, label: str) -> str:
    if label == "arguments":
        return "the candidate leaves its arguments as the baseline does"
    if label == "messages":
        return "the candidate's exception says what that of the baseline says"
    if not isinstance(before, Returned):
        raised = before.payload.get("exception_type") or before.error_type
        return f"the candidate raises {raised}, as the baseline does"
    if run.task.operations is not None:
        return "the candidate does what the baseline does, step by step"
    described = getattr(run.task.equivalence, "description", None)
    return str(described or "the candidate returns what the baseline returns")


def _write_difference(page: Page, run: Run, ends: list[Outcome]) -> None:
    after, before = ends
    if not (isinstance(before, Returned) and isinstance(after, Returned)):
        return
    refusal = refuse_unequal(run.task.equivalence)
    lines = describe_difference(before.value, after.value, page.room, refusal)
    if lines:
        page.block("difference", lines)
