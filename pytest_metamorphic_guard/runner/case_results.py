"""What one implementation did with one case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from hypothesis.errors import UnsatisfiedAssumption

    from pytest_metamorphic_guard.contracts.outcomes import Outcome
    from pytest_metamorphic_guard.relations.raised import RaisedAnswer

__all__ = ["CaseResult", "Execution", "Fault", "FaultKind"]

FaultKind = Literal["expectation", "execution", "property", "law", "agreement"]


class Fault(NamedTuple):
    """Why a case does not hold.

    Attributes:
        kind: What was broken.
        message: What happened, in words; may be empty for an expectation.
        error: The exception of the user's check or law, with its traceback.
        label: Distinguishes faults of one kind, so that shrinking stays with one of them.
        followup: Which follow-up an expectation refused, from 1; None where it took them together.
    """

    kind: FaultKind
    message: str
    error: BaseException | None = None
    label: str = ""
    followup: int | None = None


class Execution(NamedTuple):
    """One call with its outcome.

    Attributes:
        args: The arguments.
        outcome: How it ended.
        raised: What it raised, where that counts as an answer.
        label: What tells it from another call with the same arguments: see `Caller.label`.
    """

    args: tuple[Any, ...]
    outcome: Outcome
    raised: RaisedAnswer | None = None
    label: str = ""

    @property
    def key(self) -> Any:
        """What its outcome is remembered by."""
        return (self.label, self.args) if self.label else self.args


class CaseResult(NamedTuple):
    """What one implementation did with one case.

    Attributes:
        role: ``"baseline"`` or ``"candidate"``.
        sources: Calls with the source inputs.
        followups: Calls with the follow-up inputs; a law's calls are all sources.
        fault: Why the case does not hold; None if it holds.
        skip: What `hypothesis.assume` raised in a check; the case then says nothing about the role.
    """

    role: str
    sources: tuple[Execution, ...]
    followups: tuple[Execution, ...] = ()
    fault: Fault | None = None
    skip: UnsatisfiedAssumption | None = None

    @property
    def held(self) -> bool:
        """Whether the case holds."""
        return self.fault is None and self.skip is None

    @property
    def executions(self) -> tuple[Execution, ...]:
        """All calls in order."""
        return self.sources + self.followups
