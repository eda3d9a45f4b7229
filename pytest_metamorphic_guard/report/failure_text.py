"""The failure text of a violation: what a user reads to know what to do."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.report.agreement import write_agreement
from pytest_metamorphic_guard.report.arguments import find_id, format_arguments, name_arguments
from pytest_metamorphic_guard.report.captured import write_captured
from pytest_metamorphic_guard.report.changes import shorten_text
from pytest_metamorphic_guard.report.expected_rows import format_message, write_expected
from pytest_metamorphic_guard.report.headlines import write_headline
from pytest_metamorphic_guard.report.outcomes import are_same
from pytest_metamorphic_guard.report.output_rows import write_outputs
from pytest_metamorphic_guard.report.page import Page, cut_middle
from pytest_metamorphic_guard.report.reproduction import (
    Reproduction,
    describe_search,
    write_example,
)
from pytest_metamorphic_guard.report.values import (
    format_outcome,
    to_source,
)
from pytest_metamorphic_guard.tasks.declarations import Agreement, Law, MetamorphicRelation

if TYPE_CHECKING:
    from pytest_metamorphic_guard.contracts.verdicts import Confirmation
    from pytest_metamorphic_guard.runner.case_results import CaseResult
    from pytest_metamorphic_guard.runner.run import Run
    from pytest_metamorphic_guard.runner.violations import Violation

__all__ = ["render_violation"]

_SCREEN = 40
_VALUE_LINES = 5
_FEW_VALUE_LINES = 3
_EXAMPLE_LINES = 4
_CALLS = 6
_WHOLE = sys.maxsize


def render_violation(
    run: Run,
    violation: Violation,
    confirmation: Confirmation,
    reproduction: Reproduction,
    *,
    width: int = 80,
) -> str:
    """Write a violation as text of at most ``width`` columns and one screen."""
    for value_lines in (_VALUE_LINES, _FEW_VALUE_LINES):
        page = Page(width, value_lines)
        _write_head(page, run, reproduction.location)
        if isinstance(run.entry.subject, Law):
            _write_law(page, run, violation)
        elif isinstance(run.entry.subject, Agreement):
            write_agreement(page, run, violation)
        else:
            _write_case(page, run, violation)
        for source in violation.case.sources:
            if (name := find_id(run, source)) is not None:
                page.row("id", name)
        page.blank()
        if run.missed_rate:
            page.row("rate", run.missed_rate)
        page.row("seen", describe_search(run, violation, confirmation))
        _write_expired(page, run, violation)
        _write_executors(page, run)
        page.command("reproduce", reproduction.command)
        for option in reproduction.left_out:
            page.row("", f"with this run's {option}, which may hold secrets")
        _write_chance(page, run, violation)
        # The example is what a user needs next: values make room for it, and not it for them.
        room = max(_EXAMPLE_LINES, _SCREEN - page.length)
        example, fits = write_example(run, violation, reproduction, width, room)
        if fits and page.length + len(example) <= _SCREEN:
            break
    page.raw(example)
    return page.text()


def _write_executors(page: Page, run: Run) -> None:
    """Name the executors where candidate and baseline have different ones."""
    baseline = run.baseline or run.candidate
    candidate, before = (one.loaded.identity.name for one in (run.candidate, baseline))
    if candidate != before:
        page.row("executors", f"candidate {candidate}, baseline {before}")


def _write_expired(page: Page, run: Run, violation: Violation) -> None:
    """Name the known violations that this was one of."""
    if run.excuses is None:
        return
    cases = (violation.case, *((run.first.case,) if run.first else ()))
    found = {one.number: one for case in cases for one in run.excuses.find_expired(case)}
    for known in found.values():
        page.row("known", f"expired on {known.expires}, so it fails again: {known.reason}")
        if known.ticket:
            page.row("", known.ticket)


def _write_chance(page: Page, run: Run, violation: Violation) -> None:
    """Say of a follow-up that is drawn that the kept input alone does not lead to it again."""
    relation = run.entry.subject
    followups = violation.candidate.followups
    if not (isinstance(relation, MetamorphicRelation) and relation.wants_rng and followups):
        return
    made = shorten_text(", ".join(map(to_source, followups[0].args)), page.room - 25)
    page.row("", f"rng makes its follow-up ({made}):")
    page.row("", "  under another --mg-seed the example has another follow-up")


def _write_head(page: Page, run: Run, location: str) -> None:
    kind = write_headline(page, run)
    if run.entry.summary:
        page.row(kind, run.entry.summary)
    if location:
        # In one piece however long it is: it is there to be copied, or clicked on.
        page.block("" if run.entry.summary else kind, [location])


def _write_case(page: Page, run: Run, violation: Violation) -> None:
    result = violation.candidate
    names = name_arguments(run)
    page.blank()
    many = len(result.sources) > 1
    for number, source in enumerate(result.sources, start=1):
        page.block(
            f"source {number}" if many else "source", format_arguments(page, names, source.args)
        )
    many = len(result.followups) > 1
    for number, followup in enumerate(result.followups, start=1):
        label = f"follow-up {number}" if many else "follow-up"
        page.block(label, format_arguments(page, names, followup.args))
    page.blank()
    write_outputs(page, "candidate", result, run)
    page.blank()
    write_expected(page, run, result)
    write_captured(page, result)
    _write_baseline(page, run, violation)


def _write_law(page: Page, run: Run, violation: Violation) -> None:
    page.blank()
    names = name_arguments(run)
    for source in violation.case.sources:
        page.block("input", format_arguments(page, names, source))
    fault = violation.candidate.fault
    # The message of a failed assert stands above, with the law's own line.
    law = run.entry.subject
    shown = isinstance(law, Law) and law.shows_lines
    if fault is not None and (fault.kind == "execution" or fault.error is None or not shown):
        page.block("found", format_message(page, fault.message))
    _write_calls(page, "candidate", violation.candidate, _name_implementation(run))
    write_captured(page, violation.candidate)
    baseline = violation.baseline
    if baseline is None:
        return
    if baseline.fault is None:
        page.row("baseline", f"holds: a regression ({_baseline_name(run)})")
    else:
        page.row("baseline", f"violates it too ({_baseline_name(run)})")
        page.block("", format_message(page, baseline.fault.message)[:2])


def _write_calls(page: Page, label: str, result: CaseResult, name: str) -> None:
    for index, execution in enumerate(result.executions[:_CALLS]):
        arguments = ", ".join(to_source(a) for a in execution.args)
        whole = format_outcome(execution.outcome, _WHOLE, _WHOLE)
        output = " ".join(line.strip() for line in whole)
        call = f"{execution.label or name}({arguments})"
        lines = [f"{call} -> {output}"]
        if len(lines[0]) > page.room:
            lines = [cut_middle(call, page.room), "  " + cut_middle(f"-> {output}", page.room - 2)]
        page.block(label if index == 0 else "", lines)
    if len(result.executions) > _CALLS:
        page.block("", [f"... and {len(result.executions) - _CALLS} further calls"])


def _name_implementation(run: Run) -> str:
    """Return the name that a law gives to the implementation."""
    assert isinstance(run.entry.subject, Law)
    names = list(inspect.signature(run.entry.subject.body).parameters.values())
    return names[0].name if names and names[0].kind is not names[0].VAR_POSITIONAL else "solve"


def _write_baseline(page: Page, run: Run, violation: Violation) -> None:
    baseline = violation.baseline
    if baseline is None:
        return
    page.blank()
    if baseline.fault is None:
        page.row("baseline", f"holds: a regression ({_baseline_name(run)})")
    elif are_same(baseline, violation.candidate):
        said = f"violates it too, in the same way: no regression ({_baseline_name(run)})"
        page.row("baseline", said)
        return
    else:
        page.row("baseline", f"violates it too: no regression ({_baseline_name(run)})")
    write_outputs(page, "", baseline, run)


def _baseline_name(run: Run) -> str:
    assert run.baseline is not None  # there is a result of it
    return run.baseline.implementation.specification
