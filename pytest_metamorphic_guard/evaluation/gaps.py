"""What gave no result, what differs, and what users' own tests say of a candidate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from pytest_metamorphic_guard.contracts.titles import name_task

if TYPE_CHECKING:
    from pytest_metamorphic_guard.contracts.measurements import EndsApart
    from pytest_metamorphic_guard.contracts.strengths import Accepted
    from pytest_metamorphic_guard.contracts.verdicts import Verdict

__all__ = ["KEEP_APART", "Difference", "Missing", "OwnCheck", "miss_unusable", "miss_vacuous"]

KEEP_APART = "keep what candidate and baseline both need in a module of its own"


class Missing(NamedTuple):
    """An item that gave no result.

    Attributes:
        text: What became of it, as a sentence.
        candidate: The candidate it was about, or None where that is not known.
        entry: What it checked, as ``task::relation``, or None where that is not known.
        is_own_fault: The candidate cannot be called where its baseline can: it is rejected.
        remedy: What would set it right, where running everything would not.
        covers: Further entries that it speaks of, as ``task::relation``.
    """

    text: str
    candidate: str | None = None
    entry: str | None = None
    is_own_fault: bool = False
    remedy: str | None = None
    covers: tuple[str, ...] = ()


def miss_unusable(verdict: Verdict, entry: str) -> Missing:
    """Return that a candidate alone cannot be called, as its verdict says."""
    assert verdict.unusable is not None  # the caller asked
    return Missing(
        verdict.unusable,
        verdict.candidate,
        entry,
        is_own_fault=not verdict.withheld,
        remedy=KEEP_APART if verdict.withheld else None,
    )


def miss_vacuous(accepted: Accepted) -> Missing:
    """Return that a task says nothing, since an answer that does nothing satisfies it."""
    return Missing(
        f"{name_task(accepted.task, accepted.where)}: {accepted.said}",
        entry=f"{accepted.task}::*",
        remedy="add a relation or property that such an answer violates",
    )


class Difference(NamedTuple):
    """An item in which calls do not end alike for baseline and candidate.

    Attributes:
        position: Number of the candidate among the task's candidates, from 0.
        entry: What the item checks, as ``task::relation``.
        found: What was found.
    """

    position: int
    entry: str
    found: EndsApart


class OwnCheck(NamedTuple):
    """What one of the user's own tests says about one candidate.

    Attributes:
        candidate: The candidate.
        conclusion: What follows: a failure rejects, and what is not known keeps from adopting.
        text: What became of the test, as a sentence.
    """

    candidate: str
    conclusion: Literal["passed", "failed", "unknown", "expected"]
    text: str
