"""Whether one case holds for one implementation."""

from __future__ import annotations

import contextlib
import inspect
from typing import TYPE_CHECKING, Any

from hypothesis.errors import UnsatisfiedAssumption

from pytest_metamorphic_guard.contracts.outcomes import Returned
from pytest_metamorphic_guard.relations.expectations import properties_hold
from pytest_metamorphic_guard.runner.answering import find_raised
from pytest_metamorphic_guard.runner.asking_checks import ask
from pytest_metamorphic_guard.runner.call_errors import (
    Undecided,
    Unusable,
)
from pytest_metamorphic_guard.runner.case_results import CaseResult, Execution, Fault
from pytest_metamorphic_guard.runner.cases import duplicate
from pytest_metamorphic_guard.runner.entry_needs import bind_arguments
from pytest_metamorphic_guard.runner.followups import DerivationError
from pytest_metamorphic_guard.runner.inside_hypothesis import targeting_anew
from pytest_metamorphic_guard.runner.law_check import evaluate_law
from pytest_metamorphic_guard.runner.solving import labelling, number_kind
from pytest_metamorphic_guard.runner.user_errors import refuse, say
from pytest_metamorphic_guard.tasks.declarations import (
    Agreement,
    Law,
    MetamorphicRelation,
    Property,
)
from pytest_metamorphic_guard.values.deciding import Undecidable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_metamorphic_guard.relations.raised import ExceptionKind
    from pytest_metamorphic_guard.runner.calling import Caller
    from pytest_metamorphic_guard.runner.cases import Case
    from pytest_metamorphic_guard.runner.followups import Derive
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.families import Member
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["evaluate"]

_NOTHING = contextlib.nullcontext()


def evaluate(  # noqa: PLR0913, PLR0917 - a case is what all of these together say
    task: Task,
    entry: Entry,
    case: Case,
    followups: tuple[tuple[Any, ...], ...] | Derive,
    caller: Caller,
    fixtures: dict[str, Any],
) -> CaseResult:
    """Run one case on one implementation and check what must hold.

    Raises:
        Undecided: What must hold depends on an output that cannot be compared.
    """
    __tracebackhide__ = True
    try:
        with targeting_anew():
            if isinstance(entry.subject, Law):
                return evaluate_law(task, entry, case, caller, fixtures)
            return _evaluate_calls(task, entry, case, followups, caller)
    except Undecidable as error:
        said = f"{entry.name!r} decides nothing: from the {caller.role} {error.reason}"
        raise Undecided(refuse(task, entry, said)) from error


def _evaluate_calls(
    task: Task,
    entry: Entry,
    case: Case,
    followups: tuple[tuple[Any, ...], ...] | Derive,
    caller: Caller,
) -> CaseResult:
    __tracebackhide__ = True
    # Executors that pack read arguments only; what they are called with is then nobody's to change.
    given = case.sources if caller.packs else case.copy()
    sources = _execute(caller, "source", given, case, task.raises)
    derived: tuple[Execution, ...] = ()
    if isinstance(entry.subject, Agreement):
        # Any end is an answer, and judged by that of the other role: see `settle_agreement`.
        return CaseResult(role=caller.role, sources=sources)
    fault = _find_failed(sources, "source", many=len(sources) > 1)
    skip = None
    if callable(followups) and any(source.raised is not None for source in sources):
        # An exception is an answer, and nothing to make an input of.
        skip = UnsatisfiedAssumption()
    elif fault is None and callable(followups):
        try:
            followups = followups(tuple(map(_value, sources)))
        except DerivationError as error:
            said = f"from this output transform raised {say(error.error)}"
            fault = Fault("expectation", said, error.error, "transformation")
        else:
            skip = None if followups else UnsatisfiedAssumption()
    if fault is None and skip is None and not callable(followups) and followups:
        with labelling(caller, "again") if _repeats(entry) else _NOTHING:
            derived = _execute(caller, "followup", followups, case, caller.answers)
        fault = _find_failed(derived, "follow-up", many=len(derived) > 1)
    if fault is None and skip is None:
        try:
            if isinstance(entry.subject, Property):
                fault = _check_property(task, entry, entry.subject, sources[0])
            else:
                fault = _check_relation(task, entry, sources, derived)
        except UnsatisfiedAssumption as error:
            skip = error
    return CaseResult(role=caller.role, sources=sources, followups=derived, fault=fault, skip=skip)


def _execute(
    caller: Caller,
    kind: str,
    inputs: tuple[tuple[Any, ...], ...],
    case: Case,
    answers: tuple[ExceptionKind, ...],
) -> tuple[Execution, ...]:
    executions = []
    for index, args in enumerate(inputs):
        caller.kind = number_kind(kind, index)
        outcome = caller.call(args, case=case)
        raised = find_raised(outcome, answers)
        executions.append(Execution(args, outcome, raised, caller.label))
    return tuple(executions)


def _repeats(entry: Entry) -> bool:
    return isinstance(entry.subject, MetamorphicRelation) and entry.subject.repeats_call


def _find_failed(executions: tuple[Execution, ...], which: str, *, many: bool) -> Fault | None:
    for number, execution in enumerate(executions, start=1):
        outcome = execution.outcome
        if not isinstance(outcome, Returned) and execution.raised is None:
            position = f"{which} {number}" if many else which
            return Fault(
                "execution",
                f"the call with the {position} input did not return: {outcome.error}",
                label=f"{outcome.error_type} {outcome.payload.get('exception_type', '')}",
            )
    return None


def _check_relation(
    task: Task, entry: Entry, sources: tuple[Execution, ...], followups: tuple[Execution, ...]
) -> Fault | None:
    relation = entry.subject
    assert isinstance(relation, MetamorphicRelation)  # a property has its own check
    expectation = relation.expectation
    if expectation is properties_hold:
        for followup in followups:
            for declared in task.hard_properties:
                fault = _check_property(task, entry, declared, followup)
                if fault is not None:
                    return fault
        return None
    if relation.family is not None:
        return _check_members(task, entry, relation.family.members, sources, followups)
    return _check_single(task, entry, relation, sources, followups)


def _check_members(
    task: Task,
    entry: Entry,
    members: tuple[Member[MetamorphicRelation], ...],
    sources: tuple[Execution, ...],
    followups: tuple[Execution, ...],
) -> Fault | None:
    for number, (member, followup) in enumerate(zip(members, followups, strict=True), start=1):
        fault = _check_single(task, entry, member.relation, sources, (followup,))
        if fault is not None:
            said = f"for {member.text}: {fault.message or 'not as expected'}"
            return fault._replace(message=said, followup=number)
    return None


def _check_single(
    task: Task,
    entry: Entry,
    relation: MetamorphicRelation,
    sources: tuple[Execution, ...],
    followups: tuple[Execution, ...],
) -> Fault | None:
    expectation = relation.expectation
    if expectation.takes_repeats:
        return None  # asked of all repeats together, see `SelfNoise`
    # A check that sorts or empties what it is given must not change what is reported.
    several = expectation.built_in or relation.followups == "all" or len(followups) == 1
    for number, values in enumerate(_list_questions(relation, sources, followups), start=1):
        fault, strange = ask("expectation", expectation.ask, (task.equivalence, *values))
        if strange:
            raise Unusable(refuse(task, entry, f"expect of {entry.name!r} {strange}"))
        if fault is None:
            continue
        # Not loaded for a run in which all holds, which starts sooner.
        from pytest_metamorphic_guard.relations.several import ComparedWithSeveralError

        if isinstance(fault.error, ComparedWithSeveralError):
            advice = "compare with each of its elements"
            raise Unusable(
                refuse(task, entry, f"expect of {entry.name!r}: {fault.error}; {advice}")
            )
        fault = fault._replace(followup=None if relation.followups == "all" else number)
        if several:
            return fault
        said = f"follow-up {number}: {fault.message or 'not as expected'}"
        return fault._replace(message=said)
    return None


def _list_questions(
    relation: MetamorphicRelation,
    sources: tuple[Execution, ...],
    followups: tuple[Execution, ...],
) -> Iterator[tuple[Any, ...]]:
    """Yield what the expectation of a relation is asked of: values that it may change."""
    expectation = relation.expectation
    if expectation.built_in:
        outputs = tuple(map(_value, sources))
        for followup in followups:
            pair = outputs if expectation.takes_sources else outputs[0], _value(followup)
            yield duplicate(pair) if expectation.copies else pair
        return
    together = [followups] if relation.followups == "all" else [(one,) for one in followups]
    for asked in together:
        sides = ((sources, relation.sources > 1), (asked, relation.followups == "all"))
        values = [_gather(map(_value, side), many=many) for side, many in sides]
        if expectation.takes_inputs:
            values += [_gather((e.args for e in side), many=many) for side, many in sides]
        yield duplicate(tuple(values))


def _gather(values: Iterable[Any], *, many: bool) -> Any:
    if not many:
        return next(iter(values))
    # Not loaded for relations between two, for a run that starts sooner.
    from pytest_metamorphic_guard.relations.several import Several

    return Several(values)


def _check_property(
    task: Task, entry: Entry, declared: Property, execution: Execution
) -> Fault | None:
    given = execution.args if declared.takes_inputs else ()
    check = bind_arguments(task, entry, declared, execution)
    fault, strange = ask("property", check, duplicate((_value(execution), *given)))
    if strange:
        raise Unusable(refuse(task, entry, f"property {declared.name!r} {strange}"))
    if fault is None:
        return None
    _refuse_wrong_arity(task, entry, declared, given, fault)
    message = fault.message or f"{declared.name} is false"
    return Fault("property", message, fault.error, declared.name)


def _refuse_wrong_arity(
    task: Task, entry: Entry, declared: Property, given: tuple[Any, ...], fault: Fault
) -> None:
    # Only a strategy whose width is unknown until it draws gets here with a wrong count.
    if not isinstance(fault.error, TypeError):
        return
    try:
        inspect.signature(declared.check).bind(None, *given)
    except TypeError as error:
        text = f"property {declared.name!r} does not fit (output, *inputs): {error}"
        raise Unusable(refuse(task, entry, text)) from error


def _value(execution: Execution) -> Any:
    if execution.raised is not None:
        return execution.raised
    assert isinstance(execution.outcome, Returned)  # failed calls are sorted out before
    return execution.outcome.value
