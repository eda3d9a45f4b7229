"""The monitor contract, importable through ``metamorphic_guard.monitoring``.

A distribution offers a monitor through the entry point group ``metamorphic_guard.monitors``: a
class whose keyword arguments are its options. Inheriting from `Monitor` is convenient and not
required.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ENTRY_POINT_GROUP", "Monitor", "MonitorContext", "MonitorRecord"]

ENTRY_POINT_GROUP = "metamorphic_guard.monitors"


@dataclass(frozen=True, slots=True)
class MonitorContext:
    """What a monitor is told at its start.

    Attributes:
        task: Name of the task, or the names joined by commas where several run.
        total_cases: Number of cases that will follow, over all relations; a case has one record per
            call and role.
        lower_is_better: ``"task::metric"`` of every metric of which less is better.
    """

    task: str
    total_cases: int
    lower_is_better: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MonitorRecord:
    """One execution, in the order of the contract; the further fields have defaults.

    Attributes:
        case_index: Number of the case, from 0.
        role: ``"baseline"`` or ``"candidate"``.
        duration_ms: Duration of the call in milliseconds, measured around the call.
        success: Whether the call returned.
        result: The executor's complete payload; the returned value is ``result["result"]``.
        relation: ``"task::relation"`` of the item that made the call.
        kind: ``"source"``, ``"followup"``, or ``"call"`` for one that a law makes; numbered from
            the second of a kind on, as ``"followup2"``.
        repeat: Number of the repetition of the same call, from 0.
        cpu_ns: CPU time of the call in nanoseconds, where the executor measures it.
        error_type: The failure's category, or None.
        group: The case's group, where the task names a group key.
        task: Name of the task. Records that agree in task and case index are about one input,
            whatever their relation: count them as one observation.
        held: Whether the relation, property or law held for this role in this case; None where that
            is not known, and for a soft property.
        metrics: The task's metrics of this role and input, on the first record of its source input;
            else None.
        hash_seed: The ``PYTHONHASHSEED`` under which the call was made once more, in a process of
            its own; None for all other calls.
        shared: Whether other relations of the task use the same call; a monitor is shown it once.
        executor: Name of the executor that made the call; None where that is not known. Durations
            of different executors cannot be compared.
    """

    case_index: int
    role: str
    duration_ms: float
    success: bool
    result: Mapping[str, Any]
    relation: str | None = None
    kind: str = "source"
    repeat: int = 0
    cpu_ns: int | None = None
    error_type: str | None = None
    group: str | None = None
    task: str | None = None
    held: bool | None = None
    metrics: Mapping[str, float] | None = None
    hash_seed: int | None = None
    shared: bool = False
    executor: str | None = None


class Monitor(ABC):
    """Base class of monitors: sees every execution once, in order, and concludes at the end.

    A subclass need not call ``super().__init__()``.
    """

    _context: MonitorContext | None = None

    def identifier(self) -> str:
        """Return the name under which results are kept; the class name unless overridden."""
        return type(self).__name__

    def start(self, context: MonitorContext) -> None:
        """Receive the context, once, before the first record."""
        self._context = context

    @abstractmethod
    def record(self, record: MonitorRecord) -> None:
        """Receive one execution."""

    @abstractmethod
    def finalize(self) -> dict[str, Any]:
        """Return ``{"id": ..., "summary": {...}, "alerts": [...]}`` after the last record."""
