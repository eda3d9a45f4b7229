"""Does the candidate fail in ways the baseline does not, or more often in a known way?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, ClassVar

from pytest_metamorphic_guard.monitors.base import (
    ROLES,
    BuiltinMonitor,
    Conclusion,
    OptionCheck,
    make_alert,
    make_check,
)
from pytest_metamorphic_guard.monitors.both_roles import Pair, Pairing, count_cases
from pytest_metamorphic_guard.monitors.equality import read_error_type
from pytest_metamorphic_guard.monitors.wording import format_rate_interval
from pytest_metamorphic_guard.statistics.binomial import clopper_pearson
from pytest_metamorphic_guard.statistics.multiple import holm
from pytest_metamorphic_guard.statistics.paired import find_p_worse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord

__all__ = ["ErrorsMonitor"]

METHOD = "exact one-sided McNemar test on inputs, Holm over types"
_SHOWN = 3


class ErrorsMonitor(BuiltinMonitor):
    """Counts failures by type; alerts on types that only the candidate shows, and on increases.

    Args:
        ignore: Error types that do not count.
        max_new: How often a type may occur in the candidate alone before it is an alert.
        alpha: Probability of a false alert on an increase, over all types.
    """

    kind: ClassVar[str] = "errors"

    def __init__(
        self, *, ignore: Sequence[str] | str = (), max_new: int = 0, alpha: float = 0.01
    ) -> None:
        check = OptionCheck()
        self.ignore = check.names("ignore", ignore)
        self.max_new = check.count("max_new", max_new)
        self.alpha = check.level("alpha", alpha)
        check.refuse()
        self._types: dict[str, Counter[str]] = {role: Counter() for role in ROLES}
        self._calls: Counter[str] = Counter()
        self._first: dict[str, dict[str, Any]] = {}
        self._pairing: Pairing[str | None] = Pairing()
        self._pairs: list[Pair[str | None]] = []

    def record(self, record: MonitorRecord) -> None:
        """Count the call, and its error type if it failed."""
        if record.role not in self._types:
            return
        self._calls[record.role] += 1
        error = None if record.success else read_error_type(record)
        if error is not None:
            self._types[record.role][error] += 1
            if record.role == "candidate" and error not in self._first:
                self._first[error] = {
                    "relation": record.relation,
                    "case_index": record.case_index,
                    "kind": record.kind,
                }
        pair = self._pairing.join(record, error)
        if pair is not None:
            self._pairs.append(pair)

    def conclude(self) -> Conclusion:
        """Return failures by type, and alerts on new and on more frequent ones."""
        new = self._find_new()
        tested = sorted(set(self._types["candidate"]) - self.ignore)
        p_values = [self._test(error) for error in tested]
        adjusted = dict(zip(tested, holm(p_values), strict=True))
        summary = {
            **{
                role: {"by_type": dict(sorted(self._types[role].items())), "n": self._calls[role]}
                for role in ROLES
            },
            "new_types": new,
        }
        alerts = [self._make_new(error, adjusted[error]) for error in new]
        alerts += [
            self._make_increase(error, p_value)
            for error, p_value in adjusted.items()
            if p_value <= self.alpha and error not in new
        ]
        n = len(self._pairs)
        return Conclusion(
            summary=summary,
            line=self._describe(),
            alerts=tuple(alerts),
            # The smallest adjusted value stands for all types: "no type became more frequent".
            checks=(make_check("error_rate_increase", min(adjusted.values()), n, METHOD),)
            if adjusted and n
            else (),
            no_data=None if self._calls["candidate"] else "no call of the candidate",
        )

    def _find_new(self) -> list[str]:
        if not self._calls["baseline"]:
            return []
        return sorted(
            error
            for error, count in self._types["candidate"].items()
            if error not in self._types["baseline"]
            and error not in self.ignore
            and count > self.max_new
        )

    def _test(self, error: str) -> float:
        return find_p_worse(
            count_cases(
                Pair(*pair[:4], pair.baseline != error, pair.candidate != error, *pair[6:])
                for pair in self._pairs
            )
        )

    def _make_new(self, error: str, p_value: float) -> dict[str, Any]:
        # Where both roles fail by chance, a rare type is often seen in one of them alone.
        proven = p_value <= self.alpha
        count = self._types["candidate"][error]
        first = self._first[error]
        where = f"{first['relation'] or 'case'} #{first['case_index']}"
        doubt = "" if proven else f", which chance may explain (p = {p_value:.2g})"
        return make_alert(
            "new_error_type",
            "error" if proven else "info",
            f"candidate fails with {error} on {count} of {self._calls['candidate']} calls, "
            f"first in {where}; the baseline never does{doubt}",
            n=self._calls["candidate"],
            method=METHOD,
            p_value=p_value if proven else None,
            alpha=self.alpha,
            error_type=error,
            count=count,
            first_case=first,
        )

    def _make_increase(self, error: str, p_value: float) -> dict[str, Any]:
        counts = {role: self._types[role][error] for role in ROLES}
        return make_alert(
            "error_rate_increase",
            "error",
            f"candidate fails with {error} on {counts['candidate']} calls, "
            f"the baseline on {counts['baseline']} (n={len(self._pairs)})",
            n=len(self._pairs),
            method=METHOD,
            p_value=p_value,
            alpha=self.alpha,
            error_type=error,
            baseline_count=counts["baseline"],
            candidate_count=counts["candidate"],
        )

    def _describe(self) -> str:
        if not self._calls:
            return "no call was recorded"
        counts = ", ".join(
            f"{role} {self._types[role].total()}" for role in ROLES if self._calls[role]
        )
        n = self._calls["candidate"]
        interval = clopper_pearson(self._types["candidate"].total(), n, confidence=1.0 - self.alpha)
        bounds = format_rate_interval(interval, 1.0 - self.alpha)
        return f"failed calls: {counts} of {n} ({bounds})"
