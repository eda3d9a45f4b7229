"""Outcomes of source inputs, which the entries of a task share: each input is called on once.

They are kept as long as an entry is left that may ask for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.outcomes import (
    NotCalled,
    Returned,
    TimedOut,
    Unavailable,
)
from pytest_metamorphic_guard.values.sizes import Allowance

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_metamorphic_guard.contracts.outcomes import Outcome
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["RunOutcomes", "SharedOutcomes"]

# An input whose outcome does not fit is called on by every entry.
_BYTES = 64 << 20


class SharedOutcomes:
    """What one implementation did with the inputs of a task's sample, as far as it fits.

    An entry does not learn from itself: when it is run again, it calls again. What a call could not
    be made for, or what the time was too short for, is no answer to share.
    """

    def __init__(self) -> None:
        self._outcomes: dict[tuple[str, bytes], tuple[str, Outcome]] = {}
        self._room = Allowance(_BYTES)

    def find(self, identity: tuple[str, bytes] | None, entry: str) -> Outcome | None:
        """Return the outcome of this input, if another entry has called on it."""
        if identity is None:
            return None
        owner, outcome = self._outcomes.get(identity, (entry, None))
        return None if owner == entry else outcome

    def add(self, identity: tuple[str, bytes] | None, entry: str, outcome: Outcome) -> None:
        """Keep the outcome of this input, on which an entry has called."""
        if identity is None or isinstance(outcome, NotCalled | TimedOut | Unavailable):
            return
        if self._room.take(b"", outcome.value if isinstance(outcome, Returned) else None):
            self._outcomes[identity] = (entry, outcome)
        else:
            self._outcomes.pop(identity, None)

    def forget(self) -> None:
        """Keep nothing of what there is."""
        self._outcomes.clear()
        self._room = Allowance(_BYTES)


class RunOutcomes:
    """What the entries of each task of a run share, for every role and implementation."""

    def __init__(self) -> None:
        self._shared: dict[tuple[str, str, int], SharedOutcomes] = {}
        self._alone: frozenset[int] = frozenset()

    def get(self, role: str, implementation: str, task: Task) -> SharedOutcomes | None:
        """Return what the entries of a task share; None where there is one entry alone."""
        if id(task) in self._alone:
            return None
        return self._shared.setdefault((role, implementation, id(task)), SharedOutcomes())

    def expect(self, entries: Iterable[tuple[Task, Entry]]) -> None:
        """Tell which entries run, each with its task; without that any of them may."""
        names: dict[int, set[str]] = {}
        for task, entry in entries:
            names.setdefault(id(task), set()).add(entry.name)
        self._alone = frozenset(task for task, found in names.items() if len(found) == 1)

    def forget(self) -> None:
        """Keep nothing: no entry follows."""
        for shared in self._shared.values():
            shared.forget()
