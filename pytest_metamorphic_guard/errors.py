"""The errors that users and plugin authors can meet. Each one carries its facts as attributes."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "ClusterWarning",
    "ImplementationError",
    "IsolationWarning",
    "MetamorphicGuardError",
    "PluginError",
    "TaskError",
    "suggest",
]

_MOST_NAMES = 1_000
_LONGEST_NAME = 100


class MetamorphicGuardError(Exception):
    """Base of every error this project raises."""


class IsolationWarning(UserWarning):
    """Candidates run with less isolation than a reader of the command line may expect."""


class ClusterWarning(UserWarning):
    """Something about the workers of a cluster that fails no call and should be known."""


class TaskError(MetamorphicGuardError):
    """A declaration that cannot be used: all of its faults at once, with file and line.

    Args:
        task: The task's name, or None where it has none yet.
        faults: One sentence per fault.
        location: ``file:line`` of the declaration, or None where it is unknown.
    """

    def __init__(
        self, task: str | None, faults: Sequence[str], location: str | None = None
    ) -> None:
        super().__init__(task, tuple(faults), location)
        self.task = task
        self.faults = tuple(faults)
        self.location = location

    def __str__(self) -> str:
        where = f" ({self.location})" if self.location else ""
        subject = f"task {self.task!r}{where}: " if self.task else f"task{where}: "
        return subject + "; ".join(self.faults)


class ImplementationError(MetamorphicGuardError):
    """A specification of an implementation that names nothing that can be called.

    Args:
        specification: What the user wrote.
        fault: What is wrong with it and what to write instead.
    """

    def __init__(self, specification: str, fault: str) -> None:
        super().__init__(specification, fault)
        self.specification = specification
        self.fault = fault

    def __str__(self) -> str:
        return f"{self.specification!r}: {self.fault}"


class PluginError(MetamorphicGuardError):
    """An executor or monitor plugin that broke its contract.

    Args:
        kind: ``"executor"``, ``"monitor"`` or ``"task"``.
        name: The name of its entry point.
        distribution: The distribution that ships it, or None where it is unknown.
        fault: What it did, and what it should have done.
    """

    def __init__(self, kind: str, name: str, distribution: str | None, fault: str) -> None:
        super().__init__(kind, name, distribution, fault)
        self.kind = kind
        self.name = name
        self.distribution = distribution
        self.fault = fault

    def __str__(self) -> str:
        origin = f" (from {self.distribution})" if self.distribution else ""
        return f"{self.kind} {self.name!r}{origin}: {self.fault}"


def suggest(wrong: str, known: Iterable[str]) -> str:
    """Return ``". Did you mean 'right'?"`` for a near miss, else an empty string.

    Only the first thousand names are looked at, and none that is much longer than any name of a
    person's: a candidate may have defined a million.
    """
    # Not loaded unless somebody mistypes: every worker loads this module.
    import difflib

    short = [name for name in itertools.islice(known, _MOST_NAMES) if len(name) <= _LONGEST_NAME]
    near = difflib.get_close_matches(wrong[:_LONGEST_NAME], short, n=1)
    return f". Did you mean {near[0]!r}?" if near else ""
