"""The failure text of a violation: what a user reads to know what to do."""

from __future__ import annotations

import inspect
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.outcomes import Returned
from pytest_metamorphic_guard.report.values import (
    describe_difference,
    format_outcome,
    format_value,
    to_source,
)
from pytest_metamorphic_guard.tasks.declarations import Law, MetamorphicRelation, Property

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_metamorphic_guard.contracts.outcomes import Outcome
    from pytest_metamorphic_guard.runner.evaluation import CaseResult, Execution
    from pytest_metamorphic_guard.runner.run import Run, Violation
    from pytest_metamorphic_guard.verdicts import Confirmation

__all__ = ["Reproduction", "render_violation"]

_LABEL = 12
_VALUE_LINES = 5
_OUTPUT_LINES = 4
_CALLS = 6

_CONFIRMATIONS = {
    "confirmed": "confirmed in a fresh process",
    "repeated": "repeated; this executor has no fresh process to confirm it in",
    "earlier calls": "NOT seen in a fresh process: the candidate depends on earlier calls",
    "not deterministic": "NOT seen again: the candidate is not deterministic",
    "random check": "NOT seen again for the same outputs: the check or transformation is random",
    "unchecked": "not run again",
}


@dataclass(frozen=True, slots=True)
class Reproduction:
    """How to see the violation again.

    Attributes:
        command: The pytest command of this one item.
        task_variable: Name under which the task stands in the test module.
        location: File and line of the declaration, relative to where pytest was called.
    """

    command: str
    task_variable: str
    location: str


def render_violation(
    run: Run,
    violation: Violation,
    confirmation: Confirmation,
    reproduction: Reproduction,
    *,
    width: int = 80,
) -> str:
    """Write a violation as text of at most ``width`` columns and one screen."""
    page = _Page(width)
    _write_head(page, run, reproduction.location)
    if isinstance(run.entry.subject, Law):
        _write_law(page, run, violation)
    else:
        _write_case(page, run, violation)
    _write_captured(page, violation.candidate)
    page.blank()
    page.row("seen", _describe_search(run, violation, confirmation))
    page.row("reproduce", reproduction.command)
    page.raw(_write_example(run, violation, reproduction, width))
    return page.text()


class _Page:
    """Lines with a label column."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.room = width - _LABEL - 4
        self._lines: list[str] = []

    def row(self, label: str, content: str | Iterable[str]) -> None:
        lines = [content] if isinstance(content, str) else list(content)
        wrapped = [
            piece
            for line in lines
            for piece in textwrap.wrap(
                line, self.room, break_on_hyphens=False, subsequent_indent="  "
            )
            or [""]
        ]
        self.block(label, wrapped)

    def block(self, label: str, lines: list[str]) -> None:
        for index, line in enumerate(lines or [""]):
            self._lines.append(f"{label if index == 0 else '':<{_LABEL}}{line}".rstrip())

    def raw(self, lines: list[str]) -> None:
        self._lines += lines

    def blank(self) -> None:
        self._lines.append("")

    def text(self) -> str:
        return "\n".join(self._lines)


def _write_head(page: _Page, run: Run, location: str) -> None:
    subject = run.entry.subject
    match subject:
        case MetamorphicRelation():
            kind = "relation"
        case Property():
            kind = "property"
        case Law():
            kind = "law"
    candidate = run.candidate.implementation.specification
    page.raw(
        textwrap.wrap(
            f"{run.task.name}: {kind} {run.entry.name!r} is violated by {candidate}", page.width - 2
        )
    )
    page.blank()
    if run.entry.summary:
        page.row(kind, run.entry.summary)
    if location:
        page.row("" if run.entry.summary else kind, location)


def _write_case(page: _Page, run: Run, violation: Violation) -> None:
    result = violation.candidate
    names = _name_arguments(run)
    page.blank()
    many = len(result.sources) > 1
    for number, source in enumerate(result.sources, start=1):
        page.block(
            f"source {number}" if many else "source", _format_arguments(page, names, source.args)
        )
    many = len(result.followups) > 1
    for number, followup in enumerate(result.followups, start=1):
        label = f"follow-up {number}" if many else "follow-up"
        page.block(label, _format_arguments(page, names, followup.args))
    page.blank()
    _write_outputs(page, "candidate", result, run)
    page.blank()
    page.row("expected", _describe_expectation(run, result))
    if result.fault is not None and result.fault.message and result.fault.kind != "execution":
        page.block("found", _format_message(page, result.fault.message))
    _write_difference(page, result)
    _write_baseline(page, run, violation)


def _write_law(page: _Page, run: Run, violation: Violation) -> None:
    page.blank()
    names = _name_arguments(run)
    for source in violation.case.sources:
        page.block("input", _format_arguments(page, names, source))
    fault = violation.candidate.fault
    # The message of a failed assert stands above, with the law's own line.
    if fault is not None and fault.kind == "execution":
        page.block("found", _format_message(page, fault.message))
    _write_calls(page, "candidate", violation.candidate)
    baseline = violation.baseline
    if baseline is None:
        return
    if baseline.fault is None:
        page.row("baseline", f"holds: a regression ({_baseline_name(run)})")
    else:
        page.row("baseline", f"violates it too ({_baseline_name(run)})")
        page.block("", _format_message(page, baseline.fault.message)[:2])


def _write_calls(page: _Page, label: str, result: CaseResult) -> None:
    for index, execution in enumerate(result.executions[:_CALLS]):
        arguments = ", ".join(to_source(a) for a in execution.args)
        output = " ".join(format_outcome(execution.outcome, page.room, 1))
        line = f"solve({arguments}) -> {output}"
        page.block(label if index == 0 else "", _cut_line(line, page.room))
    if len(result.executions) > _CALLS:
        page.block("", [f"... and {len(result.executions) - _CALLS} further calls"])


def _cut_line(line: str, room: int) -> list[str]:
    """Return a line as at most two rows, its middle left out where it is longer."""
    if len(line) <= room:
        return [line]
    head, tail = room - 4, room - 2
    if len(line) <= head + tail:
        return [line[:room], "  " + line[room:]]
    return [line[:head] + " ...", "  " + line[-tail:]]


def _write_outputs(page: _Page, label: str, result: CaseResult, run: Run) -> None:
    rows: list[tuple[str, Execution]] = []
    for which, executions in (("source", result.sources), ("follow-up", result.followups)):
        many = len(executions) > 1
        rows += [
            (f"{which} {number}" if many else which, execution)
            for number, execution in enumerate(executions, start=1)
        ]
    widest = max((len(which) for which, _ in rows), default=0)
    for index, (which, execution) in enumerate(rows):
        lines = _format_output(run, execution.outcome, page.room - widest - 4)
        head = f"{which:<{widest}} -> "
        page.block(
            label if index == 0 else "",
            [
                (head if number == 0 else " " * len(head)) + line
                for number, line in enumerate(lines)
            ],
        )


def _format_output(run: Run, outcome: Outcome, room: int) -> list[str]:
    if isinstance(outcome, Returned) and run.task.format_output is not None:
        try:
            text = str(run.task.format_output(outcome.value))
        except Exception:  # noqa: BLE001 - a stranger's formatter; the value itself is shown
            return format_outcome(outcome, room, _VALUE_LINES)
        return [line for part in text.splitlines() for line in textwrap.wrap(part, room) or [""]][
            :_VALUE_LINES
        ]
    return format_outcome(outcome, room, _VALUE_LINES)


def _describe_expectation(run: Run, result: CaseResult) -> str:
    fault = result.fault
    if fault is not None and fault.kind == "execution":
        return "every call returns"
    if fault is not None and fault.kind == "property":
        return next(
            (
                declared.description or f"property {declared.name!r} holds"
                for declared in run.task.hard_properties
                if declared.name == fault.label
            ),
            run.entry.summary or f"property {run.entry.name!r} holds",
        )
    subject = run.entry.subject
    assert isinstance(subject, MetamorphicRelation)  # properties have their own kind of fault
    expectation = subject.expectation
    described = getattr(run.task.equivalence, "description", None)
    if expectation.name in ("equal", "not_equal") and described:
        return described if expectation.name == "equal" else f"not: {described}"
    return expectation.description


def _write_difference(page: _Page, result: CaseResult) -> None:
    outcomes = [execution.outcome for execution in (*result.sources[:1], *result.followups)]
    if result.fault is None or result.fault.kind != "expectation" or len(outcomes) < 2:  # noqa: PLR2004
        return
    first = outcomes[0]
    for outcome in outcomes[1:]:
        if isinstance(first, Returned) and isinstance(outcome, Returned):
            lines = describe_difference(first.value, outcome.value, page.room)
            if lines:
                page.block("difference", lines)
                return


def _write_baseline(page: _Page, run: Run, violation: Violation) -> None:
    baseline = violation.baseline
    if baseline is None:
        return
    page.blank()
    if baseline.fault is None:
        page.row("baseline", f"holds: a regression ({_baseline_name(run)})")
    else:
        page.row("baseline", f"violates it too: no regression ({_baseline_name(run)})")
    _write_outputs(page, "", baseline, run)


def _baseline_name(run: Run) -> str:
    assert run.baseline is not None  # there is a result of it
    return run.baseline.implementation.specification


def _write_captured(page: _Page, result: CaseResult) -> None:
    for stream in ("stdout", "stderr"):
        text = "".join(getattr(execution.outcome, stream) for execution in result.executions)
        if text.strip():
            lines = [line[: page.room] for line in text.rstrip().splitlines()]
            if len(lines) > _OUTPUT_LINES:
                lines = [
                    f"... {len(lines) - _OUTPUT_LINES + 1} lines left out ...",
                    *lines[1 - _OUTPUT_LINES :],
                ]
            page.block(stream, lines)
    for execution in result.executions:
        trace = execution.outcome.payload.get("traceback")
        if isinstance(trace, str) and trace.strip() and not isinstance(execution.outcome, Returned):
            lines = [line[: page.room] for line in trace.rstrip().splitlines()]
            page.block("traceback", lines[-6:])
            return


def _describe_search(run: Run, violation: Violation, confirmation: Confirmation) -> list[str]:
    first = run.first or violation
    number = f"case {first.case_number}"
    lines = [f"in {number} of this run; {_CONFIRMATIONS[confirmation]}"]
    if first.case.key != violation.case.key:
        lines.append(f"shrunk in {run.shrink_runs} runs from {_shorten(first, 36)}")
        if run.shrink_stopped:
            lines.append("the search stopped after 10 s; --mg-shrink=full goes on")
    return lines


def _shorten(violation: Violation, room: int) -> str:
    text = ", ".join(to_source(value) for value in violation.case.sources[0])
    return f"({text})" if len(text) <= room else f"({text[: room - 3]}...)"


def _write_example(
    run: Run, violation: Violation, reproduction: Reproduction, width: int
) -> list[str]:
    sources = violation.case.sources
    arguments = sources[0] if len(sources) == 1 else sources
    if run.entry.decorated:
        text = ", ".join(to_source(argument) for argument in arguments)
        line = f"@{reproduction.task_variable}.example({text})"
    else:
        line = f"examples=[{to_source(arguments)}]"
    if len(line) <= width - _LABEL - 4:
        return [" " * _LABEL + line]
    if len(line) > 20 * width:
        return [" " * _LABEL + "the input is too long for an @example line; it is in the database"]
    # A long example keeps every character, so that it can be pasted.
    return textwrap.wrap(
        line, width - 2, break_on_hyphens=False, initial_indent="", subsequent_indent="    "
    )


def _format_arguments(
    page: _Page, names: tuple[str, ...] | None, args: tuple[object, ...]
) -> list[str]:
    if names is None or len(names) != len(args):
        names = tuple(f"argument {index}" for index in range(1, len(args) + 1))
    single = ", ".join(f"{n} = {to_source(a)}" for n, a in zip(names, args, strict=True))
    if len(single) <= page.room:
        return [single]
    lines = []
    for name, value in zip(names, args, strict=True):
        formatted = format_value(value, page.room - len(name) - 3, _VALUE_LINES)
        head = f"{name} = "
        lines += [(head if i == 0 else " " * len(head)) + part for i, part in enumerate(formatted)]
    return lines


def _name_arguments(run: Run) -> tuple[str, ...] | None:
    """Take the names of the arguments from the task's dict of inputs, or a user's own function."""
    names = run.task.inputs.names
    if names is not None:
        return names
    for entry in run.task.entries:
        subject = entry.subject
        if isinstance(subject, MetamorphicRelation) and subject.sources > 1:
            continue
        try:
            found = list(inspect.signature(entry.function).parameters.values())
        except (TypeError, ValueError):
            continue
        plain = [p.name for p in found if p.kind is p.POSITIONAL_OR_KEYWORD and p.name != "rng"]
        if not isinstance(subject, MetamorphicRelation):
            plain = plain[1:]
        width = run.task.inputs.arity
        if plain and (width is None or len(plain) >= width):
            return tuple(plain[:width])
    return None


def _format_message(page: _Page, message: str) -> list[str]:
    hint = "Use -v to get more diff"  # pytest's, about a diff that this text replaces
    lines = [line.strip() for line in message.splitlines()]
    return [line[: page.room] for line in lines if line and line != hint][:_VALUE_LINES]
