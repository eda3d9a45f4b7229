"""Joins the records of baseline and candidate that belong to the same call."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, cast

from pytest_metamorphic_guard.monitors.base import ROLES
from pytest_metamorphic_guard.monitors.inputs import Input, find_input
from pytest_metamorphic_guard.statistics.paired import PairedCounts

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord

__all__ = ["Pair", "Pairing", "count_cases", "count_pairs", "join_measured"]

T = TypeVar("T")


class Pair(NamedTuple, Generic[T]):
    """Both roles' values of one call; a tuple, because one is made per call.

    Attributes:
        relation: The item that made the call.
        case_index: Its case.
        kind: ``"source"`` or ``"followup"``.
        repeat: Which repetition of the call.
        baseline: The baseline's value.
        candidate: The candidate's value.
        baseline_first: Whether the baseline was called first.
        task: The task, where the records name it.
    """

    relation: str | None
    case_index: int
    kind: str
    repeat: int
    baseline: T
    candidate: T
    baseline_first: bool
    task: str | None = None

    @property
    def input(self) -> Input:
        """What identifies the input that the call was about."""
        return find_input(self.task, self.relation, self.case_index)


class Pairing(Generic[T]):
    """Keeps each value until the other role's value of the same call arrives.

    A case may make several calls of one kind, such as two follow-ups: the first of one role belongs
    to the first of the other. So that it stays so, a failed call is joined as None.
    """

    def __init__(self) -> None:
        # Per call: the role that is ahead, and its values in order.
        self._waiting: dict[Hashable, list[Any]] = {}
        self._executors: defaultdict[str, dict[str, None]] = defaultdict(dict)

    def join(self, record: MonitorRecord, value: T) -> Pair[T] | None:
        """Take one role's value; return the pair if it completes one."""
        if record.hash_seed is not None:
            return None  # asked for to find flakiness, and of another process
        if record.executor is not None:
            self._executors[record.role][record.executor] = None
        key = (record.relation, record.case_index, record.kind, record.repeat)
        waiting = self._waiting.get(key)
        if waiting is None:
            self._waiting[key] = [record.role, value]
            return None
        if waiting[0] == record.role:
            waiting.append(value)
            return None
        other: T = waiting.pop(1)
        if len(waiting) == 1:
            del self._waiting[key]
        if record.role == "candidate":
            return Pair(*key, other, value, baseline_first=True, task=record.task)
        return Pair(*key, value, other, baseline_first=False, task=record.task)

    def explain_apart(self, what: str) -> str | None:
        """Say that what was measured cannot be compared; None where all had one executor."""
        baseline, candidate = (", ".join(self._executors[role]) for role in ROLES)
        if not baseline or not candidate or baseline == candidate:
            return None
        return f"{what} of {baseline} and {candidate} cannot be compared"


def join_measured(
    pairing: Pairing[float | None], record: MonitorRecord, value: float | None
) -> Pair[float] | None:
    """Take one role's measure, None where there is none; return a pair of two measures."""
    pair = pairing.join(record, value)
    if pair is None or pair.baseline is None or pair.candidate is None:
        return None
    return cast("Pair[float]", pair)


def count_pairs(pairs: Iterable[Pair[bool]]) -> PairedCounts:
    """Count the four combinations, call by call."""
    cells = [0, 0, 0, 0]
    for pair in pairs:
        cells[2 * (not pair.baseline) + (not pair.candidate)] += 1
    return PairedCounts(
        both_pass=cells[0], regressions=cells[1], improvements=cells[2], both_fail=cells[3]
    )


def count_cases(pairs: Iterable[Pair[bool]]) -> PairedCounts:
    """Count inputs instead of calls: one is a regression if it lost more calls than it won.

    The calls of one input fail together, in whatever relation they are made, so that a test on
    calls would count one failure several times; on inputs it keeps its level.
    """
    calls: dict[Hashable, list[int]] = defaultdict(lambda: [0, 0])
    for pair in pairs:
        case = calls[pair.input]
        case[0] += pair.candidate - pair.baseline
        case[1] += not (pair.candidate and pair.baseline)
    net = [case[0] for case in calls.values()]
    failing = sum(1 for won, failed in calls.values() if not won and failed)
    return PairedCounts(
        both_pass=sum(1 for won in net if not won) - failing,
        regressions=sum(1 for won in net if won < 0),
        improvements=sum(1 for won in net if won > 0),
        both_fail=failing,
    )
