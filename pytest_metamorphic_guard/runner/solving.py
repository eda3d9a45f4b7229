"""An implementation as a plain function, for laws and for users' own tests."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.arguments import Call
from pytest_metamorphic_guard.contracts.outcomes import Returned
from pytest_metamorphic_guard.errors import ImplementationError
from pytest_metamorphic_guard.runner.call_errors import CallFailed, Unusable
from pytest_metamorphic_guard.runner.case_results import Execution
from pytest_metamorphic_guard.values.deciding import resting
from pytest_metamorphic_guard.values.equivalence import equal_values
from pytest_metamorphic_guard.values.records import require_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_metamorphic_guard.runner.calling import Caller

__all__ = ["Solve", "number_kind"]


def number_kind(kind: str, index: int) -> str:
    """Return the kind of the call with this index: ``source``, ``source2``, ``source3``, ..."""
    return kind if index == 0 else f"{kind}{index + 1}"


@contextlib.contextmanager
def labelling(caller: Caller, label: str, *, function: str = "") -> Iterator[None]:
    """Tell the calls in the block from others with the same arguments.

    Args:
        caller: Makes them.
        label: What they are told by.
        function: The function of the implementation that they call; empty for its own.
    """
    before = caller.label, caller.implementation, caller.time_outs
    caller.label = label
    if function:
        caller.implementation = replace(caller.implementation, function=function)
        caller.time_outs = None
    try:
        yield
    finally:
        caller.label, caller.implementation, caller.time_outs = before


class Solve:
    """An implementation as a plain function, for laws and for users' own tests.

    It returns what the implementation returned, and raises `CallFailed` where it did not return.
    """

    def __init__(
        self, caller: Caller, equivalence: Callable[[Any, Any], Any] = equal_values
    ) -> None:
        self._caller = caller
        self._function = ""
        self.equivalence = equivalence
        self.executions: list[Execution] = []

    def function(self, name: str) -> Solve:
        """Return another function of the same implementation, to be called in the same way."""
        other = Solve(self._caller, self.equivalence)
        other._function, other.executions = name, self.executions
        return other

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Call the implementation; named arguments are matched to its own parameters."""
        __tracebackhide__ = True
        if len(args) == 1 and type(args[0]) is Call and not named:
            args = args[0]
        if named:
            # Not loaded for calls by position, for a run that starts sooner.
            from pytest_metamorphic_guard.runner.named_inputs import arrange

            try:
                args = arrange(self._caller.implementation, args, named)
            except ImplementationError as error:
                raise Unusable(error) from error
        self._caller.kind = number_kind("call", len(self.executions))
        require_plain(args)
        with resting(), labelling(self._caller, self._function, function=self._function):
            outcome = self._caller.call(args, by_position=True)
        self.executions.append(Execution(args, outcome, label=self._function))
        if isinstance(outcome, Returned):
            return outcome.value
        raise CallFailed(str(self), outcome.error, outcome.error_type, outcome)

    def __str__(self) -> str:
        whole = f"{self._caller.role} {self._caller.implementation.specification}"
        return f"{self._function} of {whole}" if self._function else whole

    def __repr__(self) -> str:
        return f"<{self}>"
