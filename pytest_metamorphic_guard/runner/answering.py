"""Exceptions that count as answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.outcomes import BASES_KEY, Raised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.contracts.outcomes import Outcome
    from pytest_metamorphic_guard.relations.raised import ExceptionKind, RaisedAnswer

__all__ = ["find_raised"]


def find_raised(outcome: Outcome, kinds: Sequence[ExceptionKind]) -> RaisedAnswer | None:
    """Return what a call raised, where that is one of the exceptions that count as answers."""
    if not kinds or not isinstance(outcome, Raised):
        return None
    # Not loaded where nothing raises, for a run that starts sooner.
    from pytest_metamorphic_guard.relations.raised import RaisedAnswer

    name = outcome.payload.get("exception_type")
    if not isinstance(name, str) or not name:
        return None
    bases = outcome.payload.get(BASES_KEY)
    known = tuple(map(str, bases)) if isinstance(bases, list | tuple) else ()
    message = outcome.error.removeprefix(name).removeprefix(": ")
    raised = RaisedAnswer(name, message, known)
    return raised if raised.is_a(*kinds) else None
