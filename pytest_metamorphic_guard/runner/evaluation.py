"""Whether one case holds for one implementation."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pytest_metamorphic_guard.contracts.outcomes import Outcome, Returned
from pytest_metamorphic_guard.relations.expectations import properties_hold
from pytest_metamorphic_guard.runner.calling import (
    Caller,
    CallFailed,
    Solve,
    Unusable,
    number_kind,
)
from pytest_metamorphic_guard.runner.cases import duplicate
from pytest_metamorphic_guard.runner.user_errors import is_users, refuse, say
from pytest_metamorphic_guard.tasks.declarations import Law, MetamorphicRelation, Property

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.runner.cases import Case
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = [
    "CaseResult",
    "Execution",
    "Fault",
    "evaluate",
]

FaultKind = Literal["expectation", "execution", "property", "law"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a case does not hold.

    Attributes:
        kind: What was broken.
        message: What happened, in words; may be empty for an expectation.
        error: The exception of the user's check or law, with its traceback.
        label: Distinguishes faults of one kind, so that shrinking stays with one of them.
    """

    kind: FaultKind
    message: str
    error: BaseException | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Execution:
    """One call with its outcome."""

    args: tuple[Any, ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What one implementation did with one case.

    Attributes:
        role: ``"baseline"`` or ``"candidate"``.
        sources: Calls with the source inputs.
        followups: Calls with the follow-up inputs; a law's calls are all sources.
        fault: Why the case does not hold; None if it holds.
    """

    role: str
    sources: tuple[Execution, ...]
    followups: tuple[Execution, ...] = ()
    fault: Fault | None = None

    @property
    def held(self) -> bool:
        """Whether the case holds."""
        return self.fault is None

    @property
    def executions(self) -> tuple[Execution, ...]:
        """All calls in order."""
        return self.sources + self.followups


def evaluate(  # noqa: PLR0913, PLR0917 - a case is what all of these together say
    task: Task,
    entry: Entry,
    case: Case,
    followups: tuple[tuple[Any, ...], ...],
    caller: Caller,
    fixtures: dict[str, Any],
) -> CaseResult:
    """Run one case on one implementation and check what must hold."""
    __tracebackhide__ = True
    if isinstance(entry.subject, Law):
        return _evaluate_law(task, entry, case, caller, fixtures)
    sources = _execute(caller, "source", case.copy())
    derived: tuple[Execution, ...] = ()
    fault = _find_failed(sources, "source", many=len(sources) > 1)
    if fault is None and followups:
        derived = _execute(caller, "followup", followups)
        fault = _find_failed(derived, "follow-up", many=len(derived) > 1)
    if fault is None:
        if isinstance(entry.subject, Property):
            fault = _check_property(task, entry, entry.subject, sources[0])
        else:
            fault = _check_relation(task, entry, sources, derived)
    return CaseResult(role=caller.role, sources=sources, followups=derived, fault=fault)


def _execute(
    caller: Caller, kind: str, inputs: tuple[tuple[Any, ...], ...]
) -> tuple[Execution, ...]:
    executions = []
    for index, args in enumerate(inputs):
        caller.kind = number_kind(kind, index)
        executions.append(Execution(args, caller.call(args)))
    return tuple(executions)


def _evaluate_law(
    task: Task, entry: Entry, case: Case, caller: Caller, fixtures: dict[str, Any]
) -> CaseResult:
    __tracebackhide__ = True
    law = entry.subject
    assert isinstance(law, Law)  # the caller asked
    solve = Solve(caller)
    fault = None
    answer = None
    try:
        answer = law.body(solve, *case.copy()[0], **fixtures)
    except CallFailed as error:
        fault = Fault("execution", error.error, error, error.error_type)
    except BaseException as error:
        if not is_users(error):
            raise
        fault = Fault("law", say(error), error)
    if answer is not None:
        # A law that returns a comparison instead of asserting it would hold for everything.
        said = f"law {law.name!r} returned a {type(answer).__name__}, expected asserts and None"
        raise Unusable(refuse(task, entry, said))
    calls = tuple(Execution(args, outcome) for args, outcome in solve.calls)
    return CaseResult(role=caller.role, sources=calls, fault=fault)


def _find_failed(executions: tuple[Execution, ...], which: str, *, many: bool) -> Fault | None:
    for number, execution in enumerate(executions, start=1):
        outcome = execution.outcome
        if not isinstance(outcome, Returned):
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
    outputs = tuple(_value(execution) for execution in sources)
    derived = tuple(_value(execution) for execution in followups)
    pairs: list[tuple[Any, ...]]
    if expectation.built_in:
        pairs = [(outputs[0], output) for output in derived]
    else:
        one_source, one_followup = relation.sources == 1, not relation.yields
        pairs = [(outputs[0] if one_source else outputs, derived[0] if one_followup else derived)]
        if expectation.takes_inputs:
            given = tuple(execution.args for execution in sources)
            made = tuple(execution.args for execution in followups)
            pairs[0] += (given[0] if one_source else given, made[0] if one_followup else made)
    for pair in pairs:
        # A check that sorts or empties what it is given must not change what is reported.
        values = pair if expectation.built_in else duplicate(pair)
        fault, strange = _ask("expectation", expectation.check, (task.equivalence, *values))
        if strange:
            raise Unusable(refuse(task, entry, f"expect of {entry.name!r} {strange}"))
        if fault is not None:
            return fault
    return None


def _check_property(
    task: Task, entry: Entry, declared: Property, execution: Execution
) -> Fault | None:
    given = execution.args if declared.takes_inputs else ()
    fault, strange = _ask("property", declared.check, duplicate((_value(execution), *given)))
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


def _ask(
    kind: FaultKind, check: Callable[..., object], values: tuple[Any, ...]
) -> tuple[Fault | None, str]:
    """Ask a check of the user's: no fault means that it holds, a text that it is no check."""
    __tracebackhide__ = True
    try:
        answer = check(*values)
    except BaseException as error:
        if not is_users(error):
            raise
        return Fault(kind, say(error), error), ""
    if answer is None or answer is True:
        return None, ""
    if answer is False:
        return Fault(kind, ""), ""
    advice = f"a {type(answer).__name__}"
    if type(answer).__module__ == "numpy" and str(getattr(answer, "dtype", "")) == "bool":
        if getattr(answer, "ndim", 0) == 0:
            return (None if answer else Fault(kind, "")), ""
        advice = "an array of truth values (reduce it with .all() or .any())"
    return None, f"returned {advice}, expected True, False, or an assert"


def _value(execution: Execution) -> Any:
    assert isinstance(execution.outcome, Returned)  # failed calls are sorted out before
    return execution.outcome.value
