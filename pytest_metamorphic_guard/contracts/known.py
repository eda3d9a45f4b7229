"""Violations that a user's file excuses, and what an item saw of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

__all__ = ["KnownSeen", "KnownViolation", "Role", "say_terms", "sum_known"]

Role: TypeAlias = Literal["candidate", "baseline"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownViolation:
    """One entry of the file.

    Attributes:
        number: Its number in the file, from 1.
        line: The line at which it begins; 0 where that is not known.
        task: The task.
        entry: The relation, property, law or agreement.
        candidate: The candidate that it excuses; None for any.
        role: ``"baseline"`` where only what the baseline violates too is excused.
        input: The input as Python source; None where a condition is given.
        condition: What an input has to meet; None where an input is given.
        reason: Why it may stay.
        ticket: Where that is discussed; may be empty.
        expires: The last day on which it counts, in ISO 8601.
        expired: Whether that day is over.
    """

    number: int
    line: int = 0
    task: str
    entry: str
    candidate: str | None = None
    role: Role = "candidate"
    input: str | None = None
    condition: str | None = None
    reason: str
    ticket: str = ""
    expires: str
    expired: bool = False

    @property
    def title(self) -> str:
        """What it is about."""
        return f"{self.task}::{self.entry}"

    @property
    def terms(self) -> str:
        """Why it may stay, and until when."""
        return say_terms(self.reason, self.ticket, self.expires)


class KnownSeen(NamedTuple):
    """What one item saw of one entry.

    Attributes:
        number: The entry's number.
        met: Number of inputs that it covers and that ran.
        violated: Number of those that the candidate violates.
        example: The smallest of these as text; empty for none.
        size: What sorts examples.
        fault: What its condition raised first; empty where it never did.
    """

    number: int
    met: int = 0
    violated: int = 0
    example: str = ""
    size: int = 0
    fault: str = ""


def say_terms(reason: str, ticket: str, expires: str) -> str:
    """Say why a violation may stay, and until when."""
    return f"{reason} ({f'{ticket}, ' if ticket else ''}until {expires})"


def sum_known(parts: list[tuple[KnownSeen, ...]]) -> tuple[KnownSeen, ...]:
    """Return what several items saw together, by number."""
    found: dict[int, KnownSeen] = {}
    for seen in (one for part in parts for one in part):
        before = found.get(seen.number)
        if before is None:
            found[seen.number] = seen
            continue
        shown = [one for one in (before, seen) if one.example]
        smallest = min(shown, key=lambda one: (one.size, one.example), default=before)
        found[seen.number] = KnownSeen(
            seen.number,
            before.met + seen.met,
            before.violated + seen.violated,
            smallest.example,
            smallest.size,
            before.fault or seen.fault,
        )
    return tuple(found[number] for number in sorted(found))
