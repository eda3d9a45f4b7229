"""Tests that users write themselves with the implementations: what they called, what they show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pytest_metamorphic_guard.contracts.refused import RefusedCalls, sum_refused
from pytest_metamorphic_guard.evaluation.gaps import OwnCheck

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_metamorphic_guard.runner.call_errors import CallFailed
    from pytest_metamorphic_guard.runner.calling import Caller

__all__ = ["OwnCalls", "OwnTest", "describe_own_test", "list_checks"]

Ending = Literal["passed", "failed", "error", "skipped", "expected"]

# What code does when it is imported, or lacks.
_OWN_FAULTS = frozenset({"import_error", "function_missing"})


@dataclass(slots=True)
class OwnCalls:
    """Counts what the running test calls until its report takes it along.

    Attributes:
        made: Number of calls by role.
        refused: Those that never ran, or that a sandbox kept from what they wanted.
        said: How the first of these ended, by role.
        unusable: Why an implementation could not be called at all, by role.
        undecided: Why what the test asked about has no answer; empty where it has.
        refused_calls: What a sandbox kept calls from.
    """

    made: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    unusable: dict[str, CallFailed] = field(default_factory=dict)
    undecided: str = ""
    refused_calls: list[RefusedCalls] = field(default_factory=list)

    def count(self, caller: Caller, refusal: str | None) -> None:
        """Take one call; ``refusal`` says what kept it from running, if something did."""
        role = caller.role
        self.refused_calls += caller.take_refused()
        self.made[role] = self.made.get(role, 0) + 1
        if refusal is not None:
            self.refused[role] = self.refused.get(role, 0) + 1
            self.said.setdefault(role, f"{role} {caller.implementation.specification}: {refusal}")

    def find_fault(self) -> str | None:
        """Say why a test that passes shows nothing all the same; None where it shows something."""
        for failed in self.unusable.values():
            return f"{failed}; what was never called shows nothing"
        for role in self.made:
            if self._is_refused(role):
                return f"every call was refused, which shows nothing: {self.said[role]}"
        return None

    def find_own_fault(self) -> str | None:
        """Return why the candidate alone cannot be called; None where that is not what is wrong."""
        if "baseline" in self.unusable or self._is_refused("baseline"):
            return None
        failed = self.unusable.get("candidate")
        if failed is not None and failed.is_withheld:
            return None
        if failed is not None:
            return " ".join(str(failed).split()) if failed.error_type in _OWN_FAULTS else None
        is_alone = bool(self.made.get("baseline")) and self._is_refused("candidate")
        return f"every call was refused: {self.said['candidate']}" if is_alone else None

    def _is_refused(self, role: str) -> bool:
        return 0 < self.made.get(role, 0) == self.refused.get(role, 0)

    def clear(self) -> None:
        """Forget everything, for the next phase."""
        for one in (self.made, self.refused, self.said, self.unusable):
            one.clear()
        self.undecided = ""
        self.refused_calls.clear()


class OwnTest(NamedTuple):
    """What became of one test of a user's own that used an implementation.

    Attributes:
        roles: The roles it used.
        label: The candidate's label in node ids; None where there is only one.
        outcome: How it ended; ``error`` outside of its own call, ``expected`` where a mark says so.
        called: Whether it called the candidate.
        shows_nothing: Why nothing was called; empty where something was.
        own_fault: Why the candidate alone could not be called; None where it could.
        undecided: Why what it asked about has no answer; empty where it has.
        refused: What a sandbox kept its calls from.
    """

    roles: tuple[str, ...]
    label: str | None
    outcome: Ending
    called: bool = False
    shows_nothing: str = ""
    own_fault: str | None = None
    undecided: str = ""
    refused: tuple[RefusedCalls, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the same as a dict of plain values."""
        return {**self._asdict(), "refused": [calls._asdict() for calls in self.refused]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> OwnTest:
        """Read what `to_dict` wrote, also after it was JSON."""
        refused = tuple(RefusedCalls(**calls) for calls in data["refused"])
        return cls(**{**data, "roles": tuple(data["roles"]), "refused": refused})


def describe_own_test(
    *, roles: set[str], label: str | None, outcome: Ending, calls: OwnCalls, is_call: bool
) -> OwnTest | None:
    """Return what one phase of a test shows; None where it shows nothing.

    Args:
        roles: The roles whose fixtures it asks for.
        label: The candidate's label in node ids; None where there is only one.
        outcome: How the phase ended.
        calls: What it called.
        is_call: It is the test itself, and not what is set up before or torn down after it.
    """
    roles |= set(calls.made)
    if not roles or (not is_call and outcome != "failed"):
        return None
    return OwnTest(
        roles=tuple(sorted(roles)),
        label=label,
        outcome=outcome if is_call else "error",
        called="candidate" in calls.made,
        shows_nothing=calls.find_fault() or "",
        own_fault=calls.find_own_fault(),
        undecided=calls.undecided,
        refused=sum_refused(calls.refused_calls),
    )


def list_checks(tests: Mapping[str, OwnTest], candidates: Mapping[str, str]) -> list[OwnCheck]:
    """Return what users' own tests say about the candidates.

    Args:
        tests: The tests by node id.
        candidates: What the user wrote to name each candidate, by label.
    """
    return [
        OwnCheck(name, *concluded)
        for node, test in sorted(tests.items())
        if (concluded := _conclude(node, test)) is not None
        for name in _find_names(test, candidates)
    ]


def _find_names(test: OwnTest, candidates: Mapping[str, str]) -> Iterator[str]:
    if test.label is not None and test.label in candidates:
        yield candidates[test.label]
    else:  # the only candidate, or a test of the baseline, which concerns all of them
        yield from dict.fromkeys(candidates.values())


def _conclude(  # noqa: PLR0911 - one per way in which a test ends
    node: str, test: OwnTest
) -> tuple[Literal["passed", "failed", "unknown", "expected"], str] | None:
    about_candidate = "candidate" in test.roles
    match test.outcome:
        case "passed":
            return ("passed", f"{node} passed") if about_candidate and test.called else None
        case "skipped":
            return None
        case "expected":
            return "expected", f"{node} is marked xfail and failed, as expected"
        case "failed" | "error" if test.own_fault is not None:
            return "failed", test.own_fault
        case "error":
            return "unknown", f"{node} failed outside of its own call"
        case "failed" if test.shows_nothing:
            return "unknown", f"{node} called nothing: {test.shows_nothing}"
        case "failed" if test.undecided:
            return "unknown", f"{node} decides nothing: {test.undecided}"
        case "failed" if about_candidate:
            return "failed", f"{node} failed"
        case "failed":
            return "unknown", f"{node} failed for the baseline"
