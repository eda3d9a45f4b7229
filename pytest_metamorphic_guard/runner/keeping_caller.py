"""A caller whose answers are kept, for the time when what it calls is gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.runner.calling import Caller

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.contracts.outcomes import Outcome
    from pytest_metamorphic_guard.runner.cases import Case

__all__ = ["KeepingCaller"]


@dataclass(slots=True)
class KeepingCaller(Caller):
    """Calls one implementation, and tells what it answered.

    Attributes:
        listen: Takes the arguments of a call, and returns what takes its outcome.
    """

    listen: Callable[[tuple[Any, ...]], Callable[[Outcome], None]] = field(kw_only=True)

    def call(
        self, args: tuple[Any, ...], *, by_position: bool = False, case: Case | None = None
    ) -> Outcome:
        """Execute once, see `Caller.call`."""
        __tracebackhide__ = True
        take = self.listen(self.giving.name_steps(args))  # before the call, which may change them
        # With slots the class is made anew, and super() does not know it.
        outcome = Caller.call(self, args, by_position=by_position, case=case)
        take(outcome)
        return outcome
