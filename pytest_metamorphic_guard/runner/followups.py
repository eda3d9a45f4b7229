"""The follow-up inputs of a case, and whether the case counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.runner.call_errors import Unusable
from pytest_metamorphic_guard.runner.cases import duplicate
from pytest_metamorphic_guard.runner.user_errors import broken, is_users, refuse
from pytest_metamorphic_guard.tasks.declarations import MetamorphicRelation

if TYPE_CHECKING:
    from pytest_metamorphic_guard.runner.cases import Case
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["applies", "make_followups"]


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


def make_followups(task: Task, entry: Entry, case: Case, seed: int) -> tuple[tuple[Any, ...], ...]:
    """Derive the follow-up inputs of a case; empty for a property or law.

    Raises:
        Unusable: The transformation raised, or returned something else than argument tuples.
    """
    relation = entry.subject
    if not isinstance(relation, MetamorphicRelation):
        return ()
    sources = case.copy()
    given = sources[0] if relation.sources == 1 else sources
    options = {"rng": case.make_rng(seed, relation.name)} if relation.wants_rng else {}
    try:
        made = relation.transform(*given, **options)
        # A generator may go on changing what it has yielded.
        followups = tuple(map(duplicate, made)) if relation.yields else (made,)
    except BaseException as error:
        if not is_users(error):
            raise
        raise Unusable(broken(task, entry, case, "the transformation", error)) from error
    for followup in followups:
        fault = _find_misfit(followup, len(sources[0]))
        if fault:
            verb = "yielded" if relation.yields else "returned"
            raise Unusable(refuse(task, entry, f"relation {relation.name!r} {verb} {fault}"))
    return followups


def _find_misfit(followup: object, width: int) -> str:
    """Say why a value is no follow-up input; an empty text if it is one."""
    if type(followup) is not tuple:
        return (
            f"a {type(followup).__name__}, expected the tuple of arguments of the follow-up call, "
            "such as (xs,) for one"
        )
    if len(followup) != width:
        return (
            f"{len(followup)} arguments for the follow-up call, the source input has {width}: "
            f"{followup!r:.200}"
        )
    return ""
