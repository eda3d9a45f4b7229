"""An implementation as a plain function, for laws and for users' own tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.outcomes import (
    Outcome,
    Returned,
)
from pytest_metamorphic_guard.errors import ImplementationError
from pytest_metamorphic_guard.runner.call_errors import CallFailed, Unusable
from pytest_metamorphic_guard.values.deciding import resting
from pytest_metamorphic_guard.values.records import require_plain

if TYPE_CHECKING:
    from pytest_metamorphic_guard.runner.calling import Caller

__all__ = ["Solve", "number_kind"]


def number_kind(kind: str, index: int) -> str:
    """Return the kind of the call with this index: ``source``, ``source2``, ``source3``, ..."""
    return kind if index == 0 else f"{kind}{index + 1}"


class Solve:
    """An implementation as a plain function, for laws and for users' own tests.

    It returns what the implementation returned, and raises `CallFailed` where it did not return.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self.calls: list[tuple[tuple[Any, ...], Outcome]] = []

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Call the implementation; named arguments are matched to its own parameters."""
        __tracebackhide__ = True
        if named:
            # Not loaded for calls by position, for a run that starts sooner.
            from pytest_metamorphic_guard.runner.named_inputs import arrange

            try:
                args = arrange(self._caller.implementation, args, named)
            except ImplementationError as error:
                raise Unusable(error) from error
        self._caller.kind = number_kind("call", len(self.calls))
        require_plain(args)
        with resting():
            outcome = self._caller.call(args, by_position=True)
        self.calls.append((args, outcome))
        if isinstance(outcome, Returned):
            return outcome.value
        raise CallFailed(str(self), outcome.error, outcome.error_type, outcome)

    def __str__(self) -> str:
        return f"{self._caller.role} {self._caller.implementation.specification}"

    def __repr__(self) -> str:
        return f"<{self}>"
