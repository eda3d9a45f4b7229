"""Does what the task says hold on fewer inputs for the candidate than for the baseline?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pytest_metamorphic_guard.monitors.base import (
    ROLES,
    BuiltinMonitor,
    Conclusion,
    OptionCheck,
    make_alert,
    make_check,
)
from pytest_metamorphic_guard.monitors.both_roles import Pair, Pairing, count_cases, count_pairs
from pytest_metamorphic_guard.monitors.inputs import HeldInputs
from pytest_metamorphic_guard.monitors.wording import add_count, format_interval, format_rate
from pytest_metamorphic_guard.statistics.paired import (
    PairedCounts,
    design_effect,
    find_p_worse,
    tango_interval,
)

if TYPE_CHECKING:
    from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord
    from pytest_metamorphic_guard.monitors.inputs import Input
    from pytest_metamorphic_guard.statistics.binomial import Interval

__all__ = ["SuccessRateMonitor"]

METHOD = "exact one-sided McNemar test on inputs"
_EXAMPLES = 10
# What a line of a terminal has room for.
_WIDTH = 78


class SuccessRateMonitor(BuiltinMonitor):
    """Compares on which inputs everything held; alerts when it does less often for the candidate.

    Records that do not know what held, such as those of a user's own test, say only which calls
    returned; these are compared then, and the words say so.

    Args:
        alert_drop_ratio: Tolerated ratio of the candidate's rate to the baseline's.
        alpha: Probability of a false alert.
    """

    kind: ClassVar[str] = "success_rate"

    def __init__(self, *, alert_drop_ratio: float = 0.98, alpha: float = 0.01) -> None:
        check = OptionCheck()
        self.alert_drop_ratio = check.number("alert_drop_ratio", alert_drop_ratio, least=0, most=1)
        self.alpha = check.level("alpha", alpha)
        check.refuse()
        self._counts: dict[str, list[int]] = {role: [0, 0] for role in ROLES}
        self._held = HeldInputs()
        self._pairing: Pairing[bool] = Pairing()
        self._pairs: list[Pair[bool]] = []

    def record(self, record: MonitorRecord) -> None:
        """Count one call."""
        counts = self._counts.get(record.role)
        if counts is None:
            return
        success = bool(record.success)
        counts[0] += success
        counts[1] += 1
        self._held.add(record)
        pair = self._pairing.join(record, success)
        if pair is not None:
            self._pairs.append(pair)

    def conclude(self) -> Conclusion:
        """Return both rates, their difference with its interval, and an alert on a drop."""
        roles = {role: self._summarise(role) for role in ROLES}
        comparison = self._compare()
        summary = {
            **roles,
            "basis": comparison.basis,
            "paired": comparison.to_dict(),
        }
        return Conclusion(
            summary=summary,
            line=_describe(roles, comparison),
            alerts=tuple(self._judge(comparison)),
            checks=(make_check("success_rate_drop", comparison.p_value, comparison.inputs, METHOD),)
            if comparison.inputs
            else (),
            no_data=None if roles["candidate"]["total"] else "no call of the candidate",
        )

    def _summarise(self, role: str) -> dict[str, Any]:
        success, total = self._counts[role]
        held, judged = self._held.count(role)
        return {
            "success": success,
            "total": total,
            "rate": success / total if total else None,
            "held": held,
            "inputs": judged,
            "held_rate": held / judged if judged else None,
        }

    def _compare(self) -> _Comparison:
        confidence = 1.0 - self.alpha
        held = self._held.compare()
        if held.total or (self._held.count("candidate")[1] and not self._pairs):
            return _Comparison(
                basis="held",
                pairs=held,
                inputs=held.total,
                p_value=find_p_worse(held),
                interval=tango_interval(held, confidence=confidence) if held.total else None,
                confidence=confidence,
                regressed=[
                    {"task": task, "case_index": index}
                    for task, index in self._held.list_regressed()[:_EXAMPLES]
                ],
            )
        calls, inputs = count_pairs(self._pairs), count_cases(self._pairs)
        regressed = [pair for pair in self._pairs if pair.baseline and not pair.candidate]
        return _Comparison(
            basis="returned",
            pairs=calls,
            inputs=inputs.total,
            p_value=find_p_worse(inputs),
            interval=self._find_interval(calls),
            confidence=confidence,
            regressed=[
                {"relation": pair.relation, "case_index": pair.case_index, "kind": pair.kind}
                for pair in regressed[:_EXAMPLES]
            ],
        )

    def _find_interval(self, calls: PairedCounts) -> Interval | None:
        if not calls.total:
            return None
        clusters: defaultdict[Input, list[Pair[bool]]] = defaultdict(list)
        for pair in self._pairs:
            clusters[pair.input].append(pair)
        effect = design_effect([count_pairs(cluster) for cluster in clusters.values()])
        return tango_interval(calls, confidence=1.0 - self.alpha, effect=effect)

    def _judge(self, found: _Comparison) -> list[dict[str, Any]]:
        pairs = found.pairs
        fell = pairs.candidate_passed < self.alert_drop_ratio * pairs.baseline_passed
        if found.interval is None or found.p_value > self.alpha or not fell:
            return []
        figures = (
            f"the reverse holds for {pairs.improvements} ({pairs.difference * 100:+.1f} points, "
            f"{format_interval(found.interval, found.confidence, percent=True)}, n={pairs.total})"
        )
        if found.basis == "held":
            message = (
                f"candidate violates what must hold on {pairs.regressions} inputs on which the "
                f"baseline keeps it, {figures}"
            )
        else:
            message = (
                f"candidate fails on {pairs.regressions} calls on which the baseline returns, "
                f"{figures}; whether what returns is right was not looked at"
            )
        return [
            make_alert(
                "success_rate_drop",
                "error",
                message,
                n=pairs.total,
                method=METHOD,
                p_value=found.p_value,
                alpha=self.alpha,
                ci=found.interval,
                basis=found.basis,
                baseline_rate=pairs.baseline_passed / pairs.total,
                candidate_rate=pairs.candidate_passed / pairs.total,
                threshold_ratio=self.alert_drop_ratio,
            )
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comparison:
    """Both roles compared: on inputs by what held, or on calls by whether they returned."""

    basis: Literal["held", "returned"]
    pairs: PairedCounts
    inputs: int
    p_value: float
    interval: Interval | None
    confidence: float
    regressed: list[dict[str, Any]]

    def to_dict(self) -> dict[str, Any]:
        """Return the summary's block."""
        known = self.interval is not None
        return {
            "both_pass": self.pairs.both_pass,
            "regressions": self.pairs.regressions,
            "improvements": self.pairs.improvements,
            "both_fail": self.pairs.both_fail,
            "delta": self.pairs.difference if known else None,
            "delta_ci": self.interval and [self.interval.lower, self.interval.upper],
            "p_value": self.p_value if known else None,
            "method": METHOD,
            "first_regressions": self.regressed,
        }


def _describe(roles: dict[str, dict[str, Any]], found: _Comparison) -> str:
    held = found.basis == "held"
    seen = ", ".join(
        f"{role} {format_rate(rate)}"
        for role, block in roles.items()
        if (rate := block["held_rate" if held else "rate"]) is not None
    )
    if not seen:
        return "no call was recorded"
    seen = f"all holds: {seen}" if held else f"returned, right or wrong: {seen}"
    if found.interval is None:
        unit = f"{roles['candidate']['inputs']} inputs" if held else "calls"
        return f"{seen} of {unit}; nothing to compare"
    words = format_interval(found.interval, found.confidence, percent=True)
    line = add_count("success_rate", seen, words, found.pairs.total)
    return line if len(line) <= _WIDTH else f"{seen} (n={found.pairs.total})"
