"""A violation in parts, for readers that lay it out themselves: a page, and other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.shown import ShownCall, ShownViolation
from pytest_metamorphic_guard.contracts.texts import clean, cut
from pytest_metamorphic_guard.report.agreement import write_disagreement
from pytest_metamorphic_guard.report.arguments import name_arguments, name_sources
from pytest_metamorphic_guard.report.expected_rows import format_message, write_expected
from pytest_metamorphic_guard.report.page import Page
from pytest_metamorphic_guard.report.values import format_outcome, format_value
from pytest_metamorphic_guard.tasks.declarations import Agreement, Law

if TYPE_CHECKING:
    from pytest_metamorphic_guard.report.reproduction import Reproduction
    from pytest_metamorphic_guard.runner.case_results import CaseResult, Execution
    from pytest_metamorphic_guard.runner.run import Run
    from pytest_metamorphic_guard.runner.violations import Violation

__all__ = ["show_violation"]

_CALLS = 8
_WIDTH = 88
_LINES = 24
_MOST = 2_000


def show_violation(run: Run, violation: Violation, reproduction: Reproduction) -> ShownViolation:
    """Return the parts of a violation as texts of a bounded length."""
    candidate, baseline = violation.candidate, violation.baseline
    before = () if baseline is None else baseline.executions
    is_law = isinstance(run.entry.subject, Law)
    return ShownViolation(
        sentence=run.entry.summary,
        location=reproduction.location,
        calls=tuple(_show_calls(run, candidate, before, is_law=is_law)),
        left_out=max(0, len(candidate.executions) - _CALLS),
        explanation=_explain(run, violation),
        command=reproduction.command,
        id=name_sources(run, violation.case.sources),
    )


def _explain(run: Run, violation: Violation) -> str:
    page = Page(_WIDTH, _LINES)
    fault = violation.candidate.fault
    if isinstance(run.entry.subject, Agreement):
        write_disagreement(page, run, violation)
    elif not isinstance(run.entry.subject, Law):
        write_expected(page, run, violation.candidate)
    elif fault is not None:
        page.block("found", format_message(page, fault.message))
    return cut(clean(page.text()), _MOST)


def _show_calls(
    run: Run, candidate: CaseResult, before: tuple[Execution, ...], *, is_law: bool
) -> list[ShownCall]:
    names = None if is_law else name_arguments(run)
    labels = _label_calls(candidate, is_law=is_law)
    shown = []
    for number, (which, execution) in enumerate(zip(labels, candidate.executions, strict=True)):
        if number == _CALLS:
            break
        # A law calls what it likes: the roles' calls are pairs only where they ask the same.
        old = before[number] if number < len(before) else None
        text = _show_arguments(names, execution.args)
        if old is not None and is_law and _show_arguments(names, old.args) != text:
            old = None
        shown.append(
            ShownCall(
                which=which,
                arguments=text,
                candidate=_show_outcome(execution),
                baseline=None if old is None else _show_outcome(old),
            )
        )
    return shown


def _label_calls(result: CaseResult, *, is_law: bool) -> list[str]:
    if is_law:
        return [f"call {number}" for number in range(1, len(result.executions) + 1)]
    labels = []
    for which, calls in (("source", result.sources), ("follow-up", result.followups)):
        many = len(calls) > 1
        labels += [f"{which} {n}" if many else which for n in range(1, len(calls) + 1)]
    return labels


def _show_arguments(names: tuple[str, ...] | None, args: tuple[object, ...]) -> str:
    if names is None or len(names) != len(args):
        heads = ["" for _ in args]
    else:
        heads = [f"{name} = " for name in names]
    parts = [
        head + "\n".join(format_value(value, _WIDTH, _LINES))
        for head, value in zip(heads, args, strict=True)
    ]
    # Values without a name stand as in a call, where they fit on its line.
    line = ", ".join(parts)
    is_line = not any(heads) and "\n" not in line and len(line) <= _WIDTH
    return cut(clean(line if is_line else "\n".join(parts)), _MOST)


def _show_outcome(execution: Execution) -> str:
    return cut(clean("\n".join(format_outcome(execution.outcome, _WIDTH, _LINES))), _MOST)
