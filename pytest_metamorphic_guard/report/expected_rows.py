"""What was expected of a case, what was found instead, and where that differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.outcomes import Returned
from pytest_metamorphic_guard.relations.condition import Question, simplify
from pytest_metamorphic_guard.relations.raised import name_kinds
from pytest_metamorphic_guard.report.differences import describe_difference
from pytest_metamorphic_guard.report.expected_parts import find_refusal
from pytest_metamorphic_guard.report.values import format_value, to_source
from pytest_metamorphic_guard.runner.cases import duplicate
from pytest_metamorphic_guard.tasks.declarations import MetamorphicRelation
from pytest_metamorphic_guard.values.deciding import Undecidable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_metamorphic_guard.report.page import Page
    from pytest_metamorphic_guard.runner.case_results import CaseResult
    from pytest_metamorphic_guard.runner.run import Run

__all__ = ["format_message", "write_expected"]

_VALUE_LINES = 5
_PART_WIDTH = 30


def write_expected(page: Page, run: Run, result: CaseResult) -> None:
    """Add what was expected of a relation or property, and what was found."""
    page.row("expected", _describe_expectation(run, result))
    asked = list(_list_asked(run, result))
    for question in asked[0].questions if asked else ():
        match question.how:
            case "predicted":
                lines = format_value(question.source, page.room - 8, page.value_lines)
                page.block("", [f"that is {lines[0]}", *(f"        {line}" for line in lines[1:])])
            case "parts":
                parts = [to_source(part) for part in (question.source, question.followup)]
                shown = [p if len(p) <= _PART_WIDTH else f"{p[:_PART_WIDTH]}..." for p in parts]
                page.block("", [f"which are {shown[0]} and {shown[1]}"])
            case "one of several":
                page.row("not so", question.expectation.description)
    fault = result.fault
    if fault is not None and fault.message and fault.kind != "execution":
        page.block("found", format_message(page, fault.message))
    _write_difference(page, run, result, asked)


def format_message(page: Page, message: str) -> list[str]:
    """Return the lines of a message that fit."""
    hint = "Use -v to get more diff"  # pytest's, about a diff that this text replaces
    lines = [line.strip() for line in message.splitlines()]
    return [line[: page.room] for line in lines if line and line != hint][:_VALUE_LINES]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the relation's expectation refused of one follow-up: the outputs, and why."""

    source: Any
    followup: Any
    questions: tuple[Question, ...]


def _list_asked(run: Run, result: CaseResult) -> Iterator[_Asked]:
    relation, fault = run.entry.subject, result.fault
    if fault is None or fault.kind != "expectation":
        return
    assert isinstance(relation, MetamorphicRelation)  # nothing else has an expectation
    relation = relation.find_member(fault.followup)
    ends = [execution.outcome for execution in result.sources]
    sources = tuple(end.value for end in ends if isinstance(end, Returned))
    if not sources or len(sources) < len(ends):
        return
    source = sources if relation.expectation.takes_sources else sources[0]
    number = fault.followup
    followups = result.followups if number is None else result.followups[number - 1 : number]
    for followup in followups:
        if isinstance(followup.outcome, Returned):
            values = duplicate((source, followup.outcome.value))
            yield _Asked(source, followup.outcome.value, _find_questions(run, relation, values))


def _find_questions(
    run: Run, relation: MetamorphicRelation, values: tuple[Any, ...]
) -> tuple[Question, ...]:
    try:
        return tuple(simplify(relation.expectation, run.task.equivalence, *values))
    except (Exception, Undecidable):  # noqa: BLE001 - a stranger's functions, asked once more
        return ()


def _write_difference(page: Page, run: Run, result: CaseResult, asked: list[_Asked]) -> None:
    relation, fault = run.entry.subject, result.fault
    for one in asked:
        assert isinstance(relation, MetamorphicRelation)  # there is nothing else asked
        number = None if fault is None else fault.followup
        expectation = relation.find_member(number).expectation
        first, second = one.source, one.followup
        if one.questions:
            last = one.questions[-1]
            expectation, first, second = last.expectation, last.source, last.followup
        refusal = find_refusal(expectation, run.task.equivalence)
        if refusal is None:
            return
        lines = describe_difference(first, second, page.room, refusal)
        if lines:
            several = relation.expectation.built_in and len(result.followups) > 1
            head = [f"of follow-up {fault.followup}:"] if several and fault is not None else []
            page.block("difference", [*head, *lines])
            return


def _describe_expectation(run: Run, result: CaseResult) -> str:
    fault, subject = result.fault, run.entry.subject
    if fault is not None and fault.kind == "execution":
        own = subject.expectation if isinstance(subject, MetamorphicRelation) else None
        if own is not None and own.answers and result.followups:
            return own.description
        allowed = f", or raises {name_kinds(run.task.raises)}" if run.task.raises else ""
        return f"every call returns{allowed}"
    if fault is not None and fault.kind == "property":
        return next(
            (
                declared.description or f"property {declared.name!r} holds"
                for declared in run.task.hard_properties
                if declared.name == fault.label
            ),
            run.entry.summary or f"property {run.entry.name!r} holds",
        )
    assert isinstance(subject, MetamorphicRelation)  # properties have their own kind of fault
    expectation = subject.find_member(None if fault is None else fault.followup).expectation
    described = getattr(run.task.equivalence, "description", None)
    if expectation.name in ("equal", "not_equal") and described:
        return described if expectation.name == "equal" else f"not: {described}"
    return expectation.description
