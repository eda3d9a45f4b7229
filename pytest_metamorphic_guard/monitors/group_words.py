"""What is said of groups, in the words of what was looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.monitors.wording import (
    add_count,
    format_rate,
)

if TYPE_CHECKING:
    from pytest_metamorphic_guard.monitors.grouping import Basis
    from pytest_metamorphic_guard.statistics.paired import (
        PairedCounts,
    )

__all__ = ["DOUBTS", "describe_groups", "say_loss"]

_WIDTH = 78

# What is added where only calls were counted.
DOUBTS = {
    "held": "",
    "returned": "; whether what returns is right was not looked at",
}


def say_loss(group: str, basis: Basis, candidate: float, baseline: float) -> str:
    """Say how much a group lost."""
    if basis == "held":
        return (
            f"in group {group!r} what must hold does on {format_rate(candidate)} of inputs for "
            f"the candidate, on {format_rate(baseline)} for the baseline"
        )
    return (
        f"in group {group!r} the candidate returns on {format_rate(candidate)} of "
        f"calls, the baseline on {format_rate(baseline)}"
    )


def describe_groups(
    rates: dict[str, dict[str, float]],
    cells: dict[str, PairedCounts],
    basis: Basis,
) -> str:
    """Return one line for the terminal: the worst group of each role."""
    if not rates["candidate"]:
        return "no record has a group"
    parts = []
    for role, per_group in rates.items():
        if per_group:
            worst = min(per_group, key=lambda group: (per_group[group], group))
            parts.append(f"{role} {worst[:8]!r} {format_rate(per_group[worst])}")
    n = sum(counts.total for counts in cells.values())
    words = f"{len(rates['candidate'])} groups"
    what = "holds" if basis == "held" else "returned, right or wrong"
    line = add_count("fairness_gap", f"{what}, worst: {', '.join(parts)}", words, n)
    return line if len(line) <= _WIDTH else f"{what}, worst: {', '.join(parts)}"
