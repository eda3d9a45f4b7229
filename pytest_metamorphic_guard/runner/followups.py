"""The follow-up inputs of a case, and whether the case counts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from pytest_metamorphic_guard.contracts.arguments import Call
from pytest_metamorphic_guard.runner.call_errors import Unusable
from pytest_metamorphic_guard.runner.cases import duplicate
from pytest_metamorphic_guard.runner.inside_hypothesis import targeting_anew
from pytest_metamorphic_guard.runner.user_errors import broken, is_users, refuse
from pytest_metamorphic_guard.tasks.declarations import MetamorphicRelation

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.runner.cases import Case
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = [
    "DerivationError",
    "Derive",
    "applies",
    "find_followups",
    "make_followups",
    "sees_output",
]

Derive: TypeAlias = "Callable[[tuple[Any, ...]], tuple[tuple[Any, ...], ...]]"


class DerivationError(Exception):
    """A transformation raised that saw an output, which may be none that it can take.

    Args:
        error: What it raised.
    """

    def __init__(self, error: BaseException) -> None:
        super().__init__(error)
        self.error = error


def applies(task: Task, entry: Entry, case: Case) -> bool:
    """Tell whether every precondition accepts the case.

    Raises:
        Unusable: A precondition raised.
    """
    for condition in (task.precondition, entry.subject.precondition):
        if condition is None:
            continue
        for source in case.copy():
            try:
                accepted = condition(*source)
            except BaseException as error:
                if not is_users(error):
                    raise
                raise Unusable(broken(task, entry, case, "the precondition", error)) from error
            if not accepted:
                return False
    return True


def find_followups(
    task: Task, entry: Entry, case: Case, seed: int
) -> tuple[tuple[Any, ...], ...] | Derive:
    """Return the follow-up inputs of a case, or what makes them of the outputs of the sources.

    Raises:
        Unusable: As `make_followups`.
    """
    if sees_output(entry):
        return partial(make_followups, task, entry, case, seed)
    return case.plan.followups if case.plan else make_followups(task, entry, case, seed)


def sees_output(entry: Entry) -> bool:
    """Tell whether follow-up inputs are made of what the source calls returned."""
    relation = entry.subject
    return isinstance(relation, MetamorphicRelation) and relation.wants_output


def make_followups(
    task: Task, entry: Entry, case: Case, seed: int, outputs: tuple[Any, ...] | None = None
) -> tuple[tuple[Any, ...], ...]:
    """Derive the follow-up inputs of a case; empty for a property or law.

    Args:
        task: The task.
        entry: The relation.
        case: The sources.
        seed: Seed of the run.
        outputs: What the source calls returned, for a transformation that sees that.

    Raises:
        DerivationError: A transformation that saw outputs raised.
        Unusable: The transformation raised, or returned something else than argument tuples.
    """
    relation = entry.subject
    if not isinstance(relation, MetamorphicRelation):
        return ()
    sources = case.copy()
    given = sources[0] if relation.sources == 1 else sources
    try:
        with targeting_anew():
            followups = _transform(relation, case, seed, given, outputs)
    except BaseException as error:
        if not is_users(error):
            raise
        if outputs is not None:
            raise DerivationError(error) from error
        raise Unusable(broken(task, entry, case, "the transformation", error)) from error
    for followup in followups:
        fault = _find_misfit(followup, len(sources[0]))
        if fault:
            verb = "yielded" if relation.yields else "returned"
            raise Unusable(refuse(task, entry, f"relation {relation.name!r} {verb} {fault}"))
    return followups


def _transform(
    relation: MetamorphicRelation,
    case: Case,
    seed: int,
    given: tuple[Any, ...],
    outputs: tuple[Any, ...] | None,
) -> tuple[tuple[Any, ...], ...]:
    members = [relation] if relation.family is None else relation.family.relations
    followups: list[tuple[Any, ...]] = []
    for member in members:
        options: dict[str, Any] = {}
        if member.wants_rng:
            options["rng"] = case.make_rng(seed, relation.name)
        if outputs is not None:
            seen = duplicate(outputs)
            options["output"] = seen[0] if relation.sources == 1 else seen
        own = given if len(members) == 1 else duplicate(given)
        made = member.transform(*own, **options)
        # A generator may go on changing what it has yielded.
        followups += map(duplicate, made) if member.yields else [made]
    return tuple(_name_as(given, followup) for followup in followups)


def _name_as(given: tuple[Any, ...], followup: Any) -> Any:
    """Return a follow-up that has the names of its source, where it was written without any."""
    if isinstance(given, Call) and type(followup) is tuple and len(followup) == len(given):
        return Call.of(followup, given.keywords)
    return followup


def _find_misfit(followup: object, width: int) -> str:
    """Say why a value is no follow-up input; an empty text if it is one."""
    if type(followup) is not tuple and not isinstance(followup, Call):
        return (
            f"a {type(followup).__name__}, expected the tuple of arguments of the follow-up call, "
            "such as (xs,) for one"
        )
    # A call names what it gives, and need not give what the source call gave.
    if len(followup) != width and type(followup) is not Call:
        return (
            f"{len(followup)} arguments for the follow-up call, the source input has {width}: "
            f"{followup!r:.200}"
        )
    return ""
