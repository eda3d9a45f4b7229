"""What an item keeps of results until it ends: bounded, since a candidate decides their size.

What exceeds its allowance is not kept: a search executes such a call again, a violation beyond the
first is known by its input, which is drawn again where it is large, and monitors are told that a
result was left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.outcomes import Outcome, Returned
from pytest_metamorphic_guard.values.records import LEFT_OUT, Opaque
from pytest_metamorphic_guard.values.sizes import Allowance, measure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_metamorphic_guard.runner.case_results import CaseResult
    from pytest_metamorphic_guard.runner.violations import Violation

__all__ = ["KEPT_BYTES", "Kept", "read_value"]

KEPT_BYTES = 32 << 20
_REMEMBERED = 20_000
# As much as a record may hold on its way between processes (`transport`).
_RECORD_BYTES = 256 << 10


@dataclass(slots=True)
class Kept:
    """Results that one item keeps.

    Attributes:
        calls: Arguments and outcomes of calls, by role.
    """

    calls: dict[str, list[tuple[tuple[Any, ...], Outcome]]] = field(default_factory=dict)
    _for_search: Allowance = field(default_factory=lambda: Allowance(KEPT_BYTES))
    _for_violations: Allowance = field(default_factory=lambda: Allowance(KEPT_BYTES))
    _for_monitors: Allowance = field(default_factory=lambda: Allowance(KEPT_BYTES))

    def keep_calls(self, *results: CaseResult | None) -> None:
        """Keep the calls of one case for a search that may repeat them."""
        counted: set[int] = set()
        for result in results:
            if result is None:
                continue
            kept = self.calls.setdefault(result.role, [])
            for execution in result.executions:
                # Both roles are most often called with the very same arguments.
                args = () if id(execution.args) in counted else execution.args
                if len(kept) < _REMEMBERED and self._for_search.take(
                    args, read_value(execution.outcome)
                ):
                    kept.append((execution.key, execution.outcome))
                    counted.add(id(execution.args))

    def limit_violation(self, violation: Violation) -> Violation:
        """Return the violation as it is kept: with inputs and results, as long as there is room."""
        results = [r for r in (violation.candidate, violation.baseline) if r is not None]
        calls = [execution for result in results for execution in result.executions]
        values = [value for call in calls for value in (call.args, read_value(call.outcome))]
        if self._for_violations.take(violation.case.sources, *values):
            return violation
        violation.case.forget_inputs()
        before = violation.baseline
        return violation._replace(
            candidate=_empty(violation.candidate),
            baseline=None if before is None else _empty(before),
        )

    def limit_payload(self, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what monitors are shown of a payload."""
        result = payload.get("result")
        size = measure(result, _RECORD_BYTES)
        if size <= _RECORD_BYTES and self._for_monitors.spend(size):
            return payload
        text = f"{LEFT_OUT}too large to carry to the monitors"
        return {**payload, "result": Opaque(type(result).__name__, text)}


def read_value(outcome: Outcome) -> object:
    """Return what a call returned; what it said instead of returning is short."""
    return outcome.value if isinstance(outcome, Returned) else None


def _empty(result: CaseResult) -> CaseResult:
    # The traceback of a fault holds the results, too.
    fault = result.fault and result.fault._replace(error=None)
    return result._replace(sources=(), followups=(), fault=fault)
