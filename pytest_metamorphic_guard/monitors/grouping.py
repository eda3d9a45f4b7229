"""One group of inputs, and both roles compared on it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pytest_metamorphic_guard.monitors.both_roles import Pair, count_cases, count_pairs
from pytest_metamorphic_guard.monitors.inputs import HeldInputs, MetricPairs

if TYPE_CHECKING:
    from pytest_metamorphic_guard.statistics.paired import PairedCounts

__all__ = ["Basis", "Compared", "Group"]

# What is compared: whether everything held that the task says, or only whether calls returned.
Basis = Literal["held", "returned"]


@dataclass(frozen=True, slots=True)
class Compared:
    """A group's results of both roles.

    Attributes:
        cells: What is reported: inputs by what held, or calls by what returned.
        inputs: What is tested: inputs, because the calls of one input fail together.
    """

    cells: PairedCounts
    inputs: PairedCounts


class Group:
    """What is known about one group.

    Attributes:
        calls: Calls that returned and all calls, by role.
        pairs: Whether each call of both roles returned.
        held: On which inputs everything held.
        metrics: The task's metrics.
    """

    def __init__(self) -> None:
        self.calls: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        self.pairs: list[Pair[bool]] = []
        self.held = HeldInputs()
        self.metrics = MetricPairs()

    def compare(self, basis: Basis) -> Compared:
        """Compare the roles by what held, or by what returned."""
        if basis == "held":
            held = self.held.compare()
            return Compared(held, held)
        return Compared(count_pairs(self.pairs), count_cases(self.pairs))
