"""On how many inputs do both roles give different outputs?"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any, ClassVar

from pytest_metamorphic_guard.monitors.base import (
    BuiltinMonitor,
    Conclusion,
    OptionCheck,
    make_alert,
    make_check,
)
from pytest_metamorphic_guard.monitors.both_roles import Pairing
from pytest_metamorphic_guard.monitors.equality import compare_outcomes, make_comparator
from pytest_metamorphic_guard.monitors.wording import (
    format_rate,
    format_rate_interval,
)
from pytest_metamorphic_guard.statistics.binomial import (
    Interval,
    clopper_pearson,
    upper_bound,
    upper_tail,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord
    from pytest_metamorphic_guard.monitors.inputs import Input

__all__ = ["OutputDriftMonitor"]

METHOD = "exact binomial test of the share of differing outputs, on inputs"
_EXAMPLES = 10


class OutputDriftMonitor(BuiltinMonitor):
    """Counts the calls on which candidate and baseline differ; warns above a tolerated share.

    Calls that failed in both roles with the same type of error do not differ. Outputs that cannot
    be compared, such as generators, are counted apart and differ from nothing. A share above
    ``max_mismatch_rate`` that chance explains is reported as information.

    Args:
        max_mismatch_rate: Tolerated share of differing calls.
        rel_tol: Relative difference of numbers that counts as none.
        abs_tol: Absolute difference of numbers that counts as none.
        alpha: Probability of a false warning, where a share is tolerated.
        comparator: A function of two outputs that replaces the default comparison.
    """

    kind: ClassVar[str] = "output_drift"

    def __init__(
        self,
        *,
        max_mismatch_rate: float = 0.0,
        rel_tol: float = 0.0,
        abs_tol: float = 0.0,
        alpha: float = 0.01,
        comparator: Callable[[object, object], bool] | None = None,
    ) -> None:
        check = OptionCheck()
        self.max_mismatch_rate = check.number(
            "max_mismatch_rate", max_mismatch_rate, least=0, most=1
        )
        rel_tol = check.number("rel_tol", rel_tol, least=0)
        abs_tol = check.number("abs_tol", abs_tol, least=0)
        self.alpha = check.level("alpha", alpha)
        check.comparator("comparator", comparator)
        check.refuse()
        self._same = comparator or make_comparator(rel_tol, abs_tol)
        self._pairing: Pairing[MonitorRecord] = Pairing()
        self._candidates = 0
        self._n = 0
        self._not_compared = 0
        self._mismatches = 0
        # Per input: differing calls, and calls.
        self._inputs: defaultdict[Input, list[int]] = defaultdict(lambda: [0, 0])
        self._examples: list[dict[str, Any]] = []

    def record(self, record: MonitorRecord) -> None:
        """Compare one call with the other role's."""
        if record.role not in ("baseline", "candidate"):
            return
        self._candidates += record.role == "candidate"
        pair = self._pairing.join(record, record)
        if pair is None:
            return
        same = compare_outcomes(pair.baseline, pair.candidate, self._same)
        if same is None:
            self._not_compared += 1
            return
        self._n += 1
        counts = self._inputs[pair.input]
        counts[1] += 1
        if same:
            return
        self._mismatches += 1
        counts[0] += 1
        if len(self._examples) < _EXAMPLES:
            self._examples.append(
                {"relation": pair.relation, "case_index": pair.case_index, "kind": pair.kind}
            )

    def conclude(self) -> Conclusion:
        """Return how many outputs differ, and an alert if they are too many."""
        n, mismatches = self._n, self._mismatches
        # At a tolerated share of 0 one mismatch is a proof, not a matter of chance.
        differing, inputs = self._pool()
        p_value = (
            upper_tail(math.floor(differing), inputs, self.max_mismatch_rate)
            if n and self.max_mismatch_rate
            else None
        )
        summary = {
            "n": n,
            "inputs": inputs,
            "mismatches": mismatches,
            "not_compared": self._not_compared,
            "rate": mismatches / n if n else None,
            "rate_upper": upper_bound(math.ceil(differing), inputs) if n else None,
            "examples": self._examples,
        }
        checks = () if p_value is None else (make_check("output_drift", p_value, inputs, METHOD),)
        return Conclusion(
            summary=summary,
            line=self._describe(),
            alerts=tuple(self._judge(summary, p_value)),
            checks=checks,
            no_data=self._find_missing(),
        )

    def _find_missing(self) -> str | None:
        if not self._candidates:
            return "no call of the candidate"
        if self._not_compared and not self._n:
            return "no output could be compared: they hold objects that do not travel"
        return None

    def _pool(self) -> tuple[float, int]:
        """Return the number of inputs, and of those that differ: by the share of their calls.

        The calls of one input differ together; a sum of shares varies no more than a count of
        inputs that differ altogether would.
        """
        shares = sum(differing / calls for differing, calls in self._inputs.values())
        # Thirds that add up to a whole one must not fall short of it.
        return round(shares, 9), len(self._inputs)

    def _find_interval(self) -> Interval:
        differing, inputs = self._pool()
        confidence = 1.0 - self.alpha
        below, above = (
            clopper_pearson(trunc(differing), inputs, confidence=confidence)
            for trunc in (math.floor, math.ceil)
        )
        return Interval(below.lower, above.upper)

    def _judge(self, summary: dict[str, Any], p_value: float | None) -> list[dict[str, Any]]:
        if not self._n or self._mismatches <= self.max_mismatch_rate * self._n:
            return []
        proven = p_value is None or p_value <= self.alpha
        interval = self._find_interval()
        return [
            make_alert(
                "output_drift",
                "warning" if proven else "info",
                f"candidate and baseline give different outputs on {self._mismatches} of {self._n} "
                f"calls ({format_rate(self._mismatches / self._n)}), "
                f"tolerated are {format_rate(self.max_mismatch_rate)}",
                n=self._n,
                method=METHOD if self.max_mismatch_rate else "comparison of outputs",
                p_value=p_value,
                alpha=self.alpha if self.max_mismatch_rate else None,
                ci=interval,
                threshold=self.max_mismatch_rate,
                **{key: value for key, value in summary.items() if key != "n"},
            )
        ]

    def _describe(self) -> str:
        if not self._n:
            return f"{self._candidates} outputs of the candidate; nothing to compare"
        bounds = format_rate_interval(self._find_interval(), 1.0 - self.alpha)
        apart = f", {self._not_compared} not comparable" if self._not_compared else ""
        return f"{self._mismatches} of {self._n} outputs differ{apart} ({bounds})"
