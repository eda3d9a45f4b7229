"""Does the candidate return on fewer inputs than the baseline?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pytest_metamorphic_guard.monitors.builtin import (
    ROLES,
    BuiltinMonitor,
    Conclusion,
    OptionCheck,
    make_alert,
    make_check,
)
from pytest_metamorphic_guard.monitors.pairing import Pair, Pairing, count_cases, count_pairs
from pytest_metamorphic_guard.monitors.wording import add_count, format_interval, format_rate
from pytest_metamorphic_guard.statistics.paired import (
    PairedCounts,
    design_effect,
    find_p_worse,
    tango_interval,
)

if TYPE_CHECKING:
    from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord
    from pytest_metamorphic_guard.statistics.binomial import Interval

__all__ = ["SuccessRateMonitor"]

METHOD = "exact one-sided McNemar test on cases"
_EXAMPLES = 10


class SuccessRateMonitor(BuiltinMonitor):
    """Compares on which calls each role returned; alerts when the candidate does less often.

    Args:
        alert_drop_ratio: Tolerated ratio of the candidate's rate to the baseline's.
        alpha: Probability of a false alert.
    """

    kind: ClassVar[str] = "success_rate"

    def __init__(self, *, alert_drop_ratio: float = 0.98, alpha: float = 0.01) -> None:
        check = OptionCheck()
        self.alert_drop_ratio = check.number("alert_drop_ratio", alert_drop_ratio, least=0, most=1)
        self.alpha = check.share("alpha", alpha)
        check.refuse()
        self._counts: dict[str, list[int]] = {role: [0, 0] for role in ROLES}
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
        pair = self._pairing.join(record, success)
        if pair is not None:
            self._pairs.append(pair)

    def conclude(self) -> Conclusion:
        """Return both rates, their difference with its interval, and an alert on a drop."""
        calls = count_pairs(self._pairs)
        cases = count_cases(self._pairs)
        p_value = find_p_worse(cases)
        interval = self._find_interval(calls)
        confidence = 1.0 - self.alpha
        roles = {role: _summarise(*self._counts[role]) for role in ROLES}
        regressed = [pair for pair in self._pairs if pair.baseline and not pair.candidate]
        summary = {
            **roles,
            "paired": {
                "both_pass": calls.both_pass,
                "regressions": calls.regressions,
                "improvements": calls.improvements,
                "both_fail": calls.both_fail,
                "delta": calls.difference if calls.total else None,
                "delta_ci": interval and [interval.lower, interval.upper],
                "p_value": p_value if calls.total else None,
                "method": METHOD,
                "first_regressions": [
                    {"relation": pair.relation, "case_index": pair.case_index, "kind": pair.kind}
                    for pair in regressed[:_EXAMPLES]
                ],
            },
        }
        return Conclusion(
            summary=summary,
            line=_describe(roles, calls, interval, confidence),
            alerts=tuple(self._judge(calls, p_value, interval, roles)),
            checks=(make_check("success_rate_drop", p_value, cases.total, METHOD),)
            if cases.total
            else (),
            no_data=None if roles["candidate"]["total"] else "no call of the candidate",
        )

    def _find_interval(self, calls: PairedCounts) -> Interval | None:
        if not calls.total:
            return None
        clusters: dict[tuple[str | None, int], list[Pair[bool]]] = {}
        for pair in self._pairs:
            clusters.setdefault((pair.relation, pair.case_index), []).append(pair)
        effect = design_effect([count_pairs(cluster) for cluster in clusters.values()])
        return tango_interval(calls, confidence=1.0 - self.alpha, effect=effect)

    def _judge(
        self,
        calls: PairedCounts,
        p_value: float,
        interval: Interval | None,
        roles: dict[str, dict[str, Any]],
    ) -> list[dict[str, Any]]:
        fell = calls.candidate_passed < self.alert_drop_ratio * calls.baseline_passed
        if interval is None or p_value > self.alpha or not fell:
            return []
        message = (
            f"candidate fails on {calls.regressions} calls on which the baseline returns, "
            f"the reverse holds for {calls.improvements} ({calls.difference * 100:+.1f} points, "
            f"{format_interval(interval, 1.0 - self.alpha, percent=True)}, n={calls.total})"
        )
        return [
            make_alert(
                "success_rate_drop",
                "error",
                message,
                n=calls.total,
                method=METHOD,
                p_value=p_value,
                alpha=self.alpha,
                ci=interval,
                baseline_rate=roles["baseline"]["rate"],
                candidate_rate=roles["candidate"]["rate"],
                threshold_ratio=self.alert_drop_ratio,
            )
        ]


def _summarise(success: int, total: int) -> dict[str, Any]:
    return {"success": success, "total": total, "rate": success / total if total else None}


def _describe(
    roles: dict[str, dict[str, Any]],
    calls: PairedCounts,
    interval: Interval | None,
    confidence: float,
) -> str:
    seen = ", ".join(
        f"{role} {format_rate(block['rate'])}"
        for role, block in roles.items()
        if block["rate"] is not None
    )
    if not seen:
        return "no call was recorded"
    if interval is None:
        return f"{seen} of {roles['candidate']['total']} calls; nothing to compare"
    words = format_interval(interval, confidence, percent=True)
    return add_count("success_rate", seen, words, calls.total)
