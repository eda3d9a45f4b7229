"""How long a smaller input is looked for, once a violation is found."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_metamorphic_guard.runner.cases import Case
    from pytest_metamorphic_guard.runner.violations import Violation

__all__ = ["ShrinkBudget"]

_USUAL_S = 10.0
# Of a time-out the smallest input says little, and every one that is tried costs the limit.
_HANGS_S = 3.0


@dataclass(slots=True)
class ShrinkBudget:
    """The time for which a smaller input is looked for.

    Attributes:
        seconds: How long that is.
        runs: Number of inputs that were tried.
        stopped: Whether the search ended because the time was over.
    """

    seconds: float = _USUAL_S
    runs: int = 0
    stopped: bool = False
    _until: float = 0.0
    _violated: set[bytes | None] = field(default_factory=set, repr=False)

    def start(self, violation: Violation) -> None:
        """Begin with the first violation that counts."""
        # Not loaded for a run without a violation, which starts sooner.
        from pytest_metamorphic_guard.runner.hanging import has_hung

        self.seconds = _HANGS_S if has_hung(violation.candidate) else _USUAL_S
        self._until = time.monotonic() + self.seconds

    def keep(self, violation: Violation) -> None:
        """Let its input be tried whenever hypothesis asks, however late."""
        self._violated.add(violation.case.key)

    def is_spent_for(self, case: Case) -> bool:
        """Tell whether the time is over for an input.

        Shrinking a slow violation can take minutes. Inputs already seen still answer at once, so
        that hypothesis ends with the smallest one it has.
        """
        if time.monotonic() < self._until or case.key in self._violated:
            return False
        self.stopped = True
        return True
