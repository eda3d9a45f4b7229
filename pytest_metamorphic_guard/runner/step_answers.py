"""The answers of the steps of one call, as checks receive them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.outcomes import (
    BASES_KEY,
    READ_KEY,
    STEPS_KEY,
    Returned,
    to_outcome,
)
from pytest_metamorphic_guard.contracts.texts import clean, clean_name
from pytest_metamorphic_guard.relations.raised import RaisedAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_metamorphic_guard.contracts.outcomes import Outcome, PluginIdentity

__all__ = ["read_step_answers"]

_MOST_MESSAGE = 2_500


def read_step_answers(outcome: Outcome, count: int, executor: PluginIdentity) -> Outcome:
    """Return the outcome of steps with a list of answers: what each returned, or a `RaisedAnswer`.

    Where there is not one for each of ``count`` steps, the call has crashed.
    """
    if not isinstance(outcome, Returned):
        return outcome
    listed: list[Any] = outcome.value if isinstance(outcome.value, list) else []
    answers = list(_read_all(listed))
    if len(answers) != count:
        said = f"answered {len(answers)} of {count} steps"
        payload = {"success": False, "error": said, "error_type": "protocol"}
        return to_outcome({**outcome.payload, **payload, "result": None}, executor)
    read = [at for at, answer in enumerate(listed) if answer.get("read") is True]
    payload = {**outcome.payload, STEPS_KEY: count, READ_KEY: read}
    return replace(outcome, value=answers, payload=payload)


def _read_all(answers: list[Any]) -> Iterator[Any]:
    """Yield answers up to one that is none."""
    for answer in answers:
        match answer:
            case {"value": value}:
                yield value
            case {"exception_type": str(name), "error": str(message), **more}:
                bases = more.get(BASES_KEY)
                named = bases if isinstance(bases, list | tuple) else ()
                known = tuple(clean_name(str(base)) for base in named)
                yield RaisedAnswer(clean_name(name), clean(message, _MOST_MESSAGE), known)
            case _:
                return
