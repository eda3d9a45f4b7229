"""What the report says of one violation that a file excuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from pytest_metamorphic_guard.contracts.known import Role  # noqa: TC001 - of a record

__all__ = ["KnownRecord", "KnownStatus"]

KnownStatus: TypeAlias = Literal["occurred", "gone", "unmet", "expired", "not run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRecord:
    """One violation that a file excuses: its entry there, and what became of it.

    Attributes:
        status: ``"occurred"``; ``"gone"`` where the inputs that it covers hold; ``"unmet"`` where
            none of them ran; ``"expired"``; or ``"not run"`` where its entry was not, or was cut.
        inputs: Number of inputs that it covers and that ran.
        violated: Number of those that the candidate violates.
        example: The smallest of these as text.
        fault: What its condition raised first.
    """

    number: int
    task: str
    relation: str
    candidate: str | None
    role: Role
    input: str | None
    condition: str | None
    reason: str
    ticket: str
    expires: str
    status: KnownStatus
    inputs: int = 0
    violated: int = 0
    example: str = ""
    fault: str = ""
