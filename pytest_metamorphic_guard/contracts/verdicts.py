"""What one item concluded, as plain data that travels between processes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

__all__ = ["Confirmation", "Status", "Verdict", "says_something"]

Status = Literal["held", "violated", "broken"]
Confirmation = Literal[
    "confirmed",
    "repeated",
    "sometimes",
    "earlier calls",
    "not deterministic",
    "random check",
    "unchecked",
]


_MOSTLY_SKIPPED = 10


def says_something(cases: int, skipped: int) -> bool:
    """Tell whether cases ran, and not more than ten times as many were skipped."""
    return cases > 0 and skipped <= _MOSTLY_SKIPPED * cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The conclusion about one relation, property or law and one candidate.

    Attributes:
        task: Name of the task.
        entry: Name of the relation, property or law.
        candidate: What the user wrote to name the candidate.
        status: ``held``, ``violated``, or ``broken`` where nothing could be concluded.
        cases: Number of cases that ran.
        skipped: Number of cases that a precondition skipped.
        executions: Number of calls, both roles together.
        soft_violations: Number of cases that a soft property did not hold for.
        shared_violations: Number of violated cases that the baseline violates too.
        confirmation: Whether the reported violation was seen again; None without one.
        unusable: Why the candidate alone cannot be called, where that is why it is ``broken``.
        withheld: It cannot be called for want of a file that it may not read, such as the baseline.
        regression: Whether the baseline holds for the reported case; None without a baseline.
    """

    task: str
    entry: str
    candidate: str
    status: Status
    cases: int = 0
    skipped: int = 0
    executions: int = 0
    soft_violations: int = 0
    shared_violations: int = 0
    confirmation: Confirmation | None = None
    regression: bool | None = None
    unusable: str | None = None
    withheld: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the same as a dict of plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Verdict:
        """Read what `to_dict` wrote.

        Raises:
            ValueError: ``status`` is none of the known ones.
            TypeError: A key is missing or unknown.
        """
        if data.get("status") not in get_args(Status):
            raise ValueError(f"status {data.get('status')!r} is none of {get_args(Status)}")
        return cls(**data)
