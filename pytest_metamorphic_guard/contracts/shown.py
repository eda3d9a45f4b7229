"""A violation in parts, as a page shows it: plain texts that travel between processes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["ShownCall", "ShownViolation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCall:
    """One call of a violated case, with what both roles concluded.

    Attributes:
        which: What it is to the case, such as ``"source"`` or ``"follow-up 2"``.
        arguments: Its arguments.
        candidate: What the candidate's call concluded.
        baseline: What the baseline's call with the same arguments concluded; None without one.
    """

    which: str
    arguments: str
    candidate: str
    baseline: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownViolation:
    """One violated case.

    Attributes:
        sentence: What the entry says, in the user's words; may be empty.
        location: File and line of its declaration.
        calls: The first of its calls.
        left_out: Number of calls beyond these.
        explanation: What was expected, what was found, and where that differs, as lines.
        command: The command that shows it again.
        id: What the user calls its input, such as the row of a file; empty for nothing.
    """

    sentence: str
    location: str
    calls: tuple[ShownCall, ...]
    left_out: int
    explanation: str
    command: str
    id: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the same as plain data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> ShownViolation:
        """Read what `to_dict` wrote, also after it was JSON."""
        calls = tuple(ShownCall(**call) for call in data["calls"])
        return cls(**{**data, "calls": calls})
