"""The records that monitors are shown: one per call, completed when its case is known."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord
from pytest_metamorphic_guard.contracts.outcomes import Outcome, Returned
from pytest_metamorphic_guard.runner.bounded_results import Kept
from pytest_metamorphic_guard.runner.call_errors import Unusable
from pytest_metamorphic_guard.tasks.declarations import Property

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_metamorphic_guard.runner.calling import Caller
    from pytest_metamorphic_guard.runner.cases import Case
    from pytest_metamorphic_guard.runner.run import Run

__all__ = ["Recorder", "name_by"]

_LONGEST_MS = 1e12


@dataclass(slots=True)
class Recorder:
    """Keeps every call of an item, where it is watched.

    Attributes:
        run: The item's run.
        task: The task's name in this run.
        entry: Name of the relation, property or law.
        watched: Whether anything is kept.
        index: Number of the case that runs.
        repeat: Number of the repetition that runs.
        hash_seed: The hash seed of its own under which it runs, or None.
        group: The case's group, or None.
        shared: Whether other entries of the task use the case's calls with its source input.
        records: Every call so far.
    """

    run: Run
    task: str
    entry: str
    watched: bool
    index: int = 0
    repeat: int = 0
    hash_seed: int | None = None
    group: str | None = None
    shared: bool = False
    records: list[MonitorRecord] = field(default_factory=list)
    _begin: int = 0
    _kept: Kept = field(default_factory=Kept)

    def begin(self, index: int, group: str | None) -> None:
        """Begin a case."""
        self.index, self.repeat, self.group = index, 0, group
        self.hash_seed = None
        self._begin = len(self.records)

    def observe(self, caller: Caller, outcome: Outcome) -> None:
        """Keep one call."""
        if not self.watched:
            return
        payload = outcome.payload
        usage = payload.get("resource_usage")
        self.records.append(
            MonitorRecord(
                case_index=self.index,
                role=caller.role,
                duration_ms=outcome.duration_ms,
                success=isinstance(outcome, Returned),
                result=self._kept.limit_payload(payload),
                relation=f"{self.task}::{self.entry}",
                kind=caller.kind,
                repeat=self.repeat,
                cpu_ns=_read_ns(usage.get("cpu_ms")) if isinstance(usage, dict) else None,
                error_type=None if isinstance(outcome, Returned) else outcome.error_type,
                group=self.group,
                task=self.task,
                hash_seed=self.hash_seed,
                shared=self.shared and caller.kind == "source",
                executor=caller.loaded.identity.name,
            )
        )

    def settle(
        self, held: Mapping[str, bool | None], metrics: Mapping[str, Mapping[str, float]]
    ) -> None:
        """Complete the records of the case: by role, whether it held and what was measured."""
        subject = self.run.entry.subject
        if isinstance(subject, Property) and subject.mode == "soft":
            held = {}  # it need not hold
        measured = set(metrics)
        for position in range(self._begin, len(self.records)):
            record = self.records[position]
            own = None
            if record.kind == "source" and record.repeat == 0 and record.role in measured:
                # The first call with the input; a law's own calls have another kind.
                own = dict(metrics[record.role]) or None
                measured.discard(record.role)
            self.records[position] = replace(record, held=held.get(record.role), metrics=own)


def name_by(run: Run, case: Case, key: str) -> str | None:
    """Return the name that a function of the task gives an input; None without the function.

    Args:
        run: The item's run.
        case: The input.
        key: ``"group"`` or ``"cluster"``.

    Raises:
        Unusable: The function raised.
    """
    function = getattr(run.task, key)
    if function is None:
        return None
    try:
        return str(function(*case.copy()[0]))
    except Exception as error:  # a stranger's code
        fault = f"{key} raised {type(error).__name__}: {error}"
        raise Unusable(run.broken(fault)) from error


def _read_ns(cpu_ms: object) -> int | None:
    """Return milliseconds of a payload as nanoseconds, None where they are no such number."""
    if isinstance(cpu_ms, int | float) and 0 <= cpu_ms < _LONGEST_MS:
        return int(cpu_ms * 1e6)
    return None
