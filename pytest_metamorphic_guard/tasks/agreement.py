"""The agreement of a candidate with its baseline, as an entry of a task."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.tasks.word_checks import (
    check_function,
    check_name,
    check_rate,
    raise_faults,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Agreement", "agree"]


@dataclass(frozen=True)
class Agreement:
    """The candidate does what the baseline does on the same input.

    Both return what is equal under the task's equivalence, or both raise an exception of the same
    type. Where there is no baseline it is skipped, and nothing is adopted on it.

    Args:
        name: Name of the agreement's item.
        compare_arguments: Both must leave their arguments alike, too, where they return.
        compare_messages: Exceptions must say the same, too.
        precondition: ``precondition(*inputs)``; false skips the case.
        min_pass_rate: Share of the inputs that must hold; set, every input runs and counts.

    Raises:
        TaskError: With all faults of the declaration.
    """

    name: str = "agreement"
    compare_arguments: bool = field(default=False, kw_only=True)
    compare_messages: bool = field(default=False, kw_only=True)
    precondition: Callable[..., Any] | None = field(default=None, kw_only=True)
    min_pass_rate: float | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        __tracebackhide__ = True
        faults = check_name(self.name)
        for word in ("compare_arguments", "compare_messages"):
            value = getattr(self, word)
            if not isinstance(value, bool):
                faults.append(f"{word}={value!r:.60}, expected True or False")
        if self.precondition is not None:
            faults += check_function(self.precondition, "precondition")
        faults += check_rate(self.min_pass_rate)
        raise_faults("agreement", self.name, faults)


def agree(*inputs: object) -> None:
    """The candidate does what the baseline does."""
