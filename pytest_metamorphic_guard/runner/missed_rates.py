"""What is reported should a rate be missed, in a share of a sample, which cannot tell."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.runner.call_errors import Unusable
from pytest_metamorphic_guard.runner.confirmation import confirm
from pytest_metamorphic_guard.runner.shrinking import ShrinkBudget

if TYPE_CHECKING:
    from pytest_metamorphic_guard.contracts.verdicts import Confirmation
    from pytest_metamorphic_guard.runner.run import Run
    from pytest_metamorphic_guard.runner.violations import Violation

__all__ = ["MissedRate", "keep_missed"]


@dataclass(frozen=True, slots=True)
class MissedRate:
    """The violation that an item reports if its rate is missed.

    Attributes:
        run: The item's run, as it was when the violation had been found.
        violation: The smallest one.
        confirmation: Whether it was seen again.
    """

    run: Run
    violation: Violation
    confirmation: Confirmation


def keep_missed(run: Run, violation: Violation) -> MissedRate:
    """Return a violation as it would be reported, and let the run go on as one that holds."""
    found = copy.copy(run)
    run.first = run.smallest = run.first_number = run.repeats = None
    run.missed_rate, run.shrinking = "", ShrinkBudget()
    try:
        return MissedRate(found, *confirm(found, violation))
    except Unusable:
        return MissedRate(found, violation, "not deterministic")
