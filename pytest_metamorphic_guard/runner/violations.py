"""A case in which an entry does not hold, and how it gets through hypothesis."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pytest_metamorphic_guard.runner.case_results import CaseResult
    from pytest_metamorphic_guard.runner.cases import Case

__all__ = ["Skipped", "Violated", "Violation", "find_blob", "find_violated", "make_violated"]


class Violation(NamedTuple):
    """A case in which the candidate does what must not be.

    Attributes:
        case: The inputs.
        candidate: What the candidate did.
        baseline: What the baseline did with the same inputs, or None without one.
        case_number: Number of the case in the run, from 1.
    """

    case: Case
    candidate: CaseResult
    baseline: CaseResult | None
    case_number: int

    @property
    def regression(self) -> bool | None:
        """Whether the baseline holds here; None without a baseline."""
        return None if self.baseline is None else self.baseline.held


class Violated(AssertionError):  # noqa: N818 - reads as what happened
    """Carries a violation through hypothesis, which shrinks it."""

    def __init__(self, violation: Violation) -> None:
        super().__init__("the relation is violated")
        self.violation = violation


class Skipped(Exception):  # noqa: N818 - reads as what happened
    """A case that does not count."""


_CLASSES: dict[str, type[Violated]] = {}


def make_violated(violation: Violation) -> type[Violated]:
    """Return the class to raise for a violation: one per kind of fault."""
    # Hypothesis tells bugs apart by the exception's type and keeps to one while it shrinks; one
    # type per kind of fault keeps a wrong result from shrinking into a crash.
    fault = violation.candidate.fault
    key = f"{fault.kind} {fault.label}" if fault else ""
    if key not in _CLASSES:
        _CLASSES[key] = type("Violated", (Violated,), {})
    return _CLASSES[key]


def find_blob(violated: Violated) -> str:
    """Return the line of hypothesis that repeats its failure, where its settings ask for one."""
    for note in getattr(violated, "__notes__", ()):
        found = re.search(r"@reproduce_failure\(.*\)", note)
        if found:
            return found[0]
    return ""


def find_violated(error: BaseException) -> Violated | None:
    """Return the violation that an error carries, alone or among others."""
    if isinstance(error, Violated):
        return error
    if isinstance(error, BaseExceptionGroup):
        return next((v for v in map(find_violated, error.exceptions) if v is not None), None)
    return None
