"""Does the candidate spend more tokens or money, and does it keep its budget?"""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, Any, ClassVar

from pytest_metamorphic_guard.monitors.base import (
    ROLES,
    BuiltinMonitor,
    Conclusion,
    OptionCheck,
    make_alert,
    make_check,
)
from pytest_metamorphic_guard.monitors.both_roles import Pairing, join_measured
from pytest_metamorphic_guard.monitors.ratios import (
    METHOD,
    Measurements,
    RatioComparison,
    compare_ratios,
    describe_ratio,
)
from pytest_metamorphic_guard.monitors.reading import is_cached, read_number
from pytest_metamorphic_guard.monitors.wording import format_amount, format_ratio

if TYPE_CHECKING:
    from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord

__all__ = ["LLMCostMonitor"]

_QUANTITIES = ("tokens_prompt", "tokens_completion", "tokens_total", "cost_usd")
# A ten-millionth of a dollar and a token; less is a call that was free.
_FLOORS = {"cost_usd": 1e-7, "tokens_total": 1.0}


class LLMCostMonitor(BuiltinMonitor):
    """Compares cost case by case, or tokens where no cost is reported; also watches a budget.

    It reads ``tokens_prompt``, ``tokens_completion``, ``tokens_total`` and ``cost_usd`` of the
    executor's payload, of failed calls too: they are paid for.

    Args:
        alert_cost_ratio: Growth from which on a warning is given.
        max_total_usd: Budget of the candidate's whole run, an error if exceeded; None for none.
        alpha: Probability of a false warning.
    """

    kind: ClassVar[str] = "llm_cost"

    def __init__(
        self,
        *,
        alert_cost_ratio: float = 1.5,
        max_total_usd: float | None = None,
        alpha: float = 0.01,
    ) -> None:
        check = OptionCheck()
        self.alert_cost_ratio = check.number("alert_cost_ratio", alert_cost_ratio, least=1)
        self.max_total_usd = (
            None if max_total_usd is None else check.number("max_total_usd", max_total_usd, least=0)
        )
        self.alpha = check.level("alpha", alpha)
        check.refuse()
        self._amounts: dict[str, dict[str, list[float]]] = {
            role: {quantity: [] for quantity in _QUANTITIES} for role in ROLES
        }
        self._reported: set[str] = set()
        self._cached = 0
        self._pairings: dict[str, Pairing[float | None]] = {name: Pairing() for name in _FLOORS}
        self._measured = {name: Measurements(floor) for name, floor in _FLOORS.items()}

    def record(self, record: MonitorRecord) -> None:
        """Keep the tokens and the cost of one call, where the payload has them."""
        amounts = self._amounts.get(record.role)
        if amounts is None:
            return
        self._cached += is_cached(record)
        for quantity in _QUANTITIES:
            value = read_number(record.result.get(quantity))
            if value is None and quantity == "tokens_total":
                value = _add_tokens(record)
            if value is not None and value < 0:
                value = None
            if value is not None:
                amounts[quantity].append(value)
                self._reported.add(quantity)
            # Most executors report none of these, and their calls need not be paired.
            if quantity in _FLOORS and quantity in self._reported:
                self._pair(record, quantity, value)

    def conclude(self) -> Conclusion:
        """Return tokens and cost of both roles, their ratio, and alerts on growth and budget."""
        totals = {role: _summarise(self._amounts[role]) for role in ROLES}
        # Money decides where both roles report it; a local model has tokens only.
        measure = "cost_usd" if self._measured["cost_usd"].pairs else "tokens_total"
        measured = self._measured[measure]
        comparison = compare_ratios(measured.log_ratios(), alpha=self.alpha)
        spent = totals["candidate"]["cost_usd"]["total"]
        summary = {
            **totals,
            "paired": {**comparison.to_dict(), "measure": measure},
            "total_usd": spent,
            "max_total_usd": self.max_total_usd,
        }
        # What an executor had already is an answer: that nothing was spent.
        empty = not any(self._amounts["candidate"].values())
        from_cache = empty and self._cached > 0
        return Conclusion(
            summary=summary,
            line="every answer was cached: nothing was spent"
            if from_cache
            else self._describe(measure, comparison),
            alerts=(*self._judge_growth(measure, comparison, totals), *self._judge_budget(spent)),
            checks=(make_check("cost_regression", comparison.p_value, comparison.n, METHOD),)
            if comparison.n
            else (),
            no_data="no payload of the candidate carries tokens or cost"
            if empty and not from_cache
            else None,
        )

    def _pair(self, record: MonitorRecord, quantity: str, value: float | None) -> None:
        if value is not None:
            self._measured[quantity].values[record.role].append(value)
        pair = join_measured(self._pairings[quantity], record, value)
        if pair is not None:
            self._measured[quantity].pairs.append(pair)

    def _describe(self, measure: str, comparison: RatioComparison) -> str:
        if not any(self._measured[measure].values.values()):
            measure = "cost_usd"
        unit = "USD" if measure == "cost_usd" else "tokens"
        medians = self._measured[measure].medians()
        return describe_ratio(medians, comparison, unit, "cost", name=self.kind)

    def _judge_growth(
        self, measure: str, comparison: RatioComparison, totals: dict[str, dict[str, Any]]
    ) -> list[dict[str, Any]]:
        if (comparison.lower or 0) <= 1 or comparison.ratio <= self.alert_cost_ratio:
            return []
        what = "cost" if measure == "cost_usd" else "tokens"
        return [
            make_alert(
                "cost_regression",
                "warning",
                f"candidate spends {format_ratio(comparison.ratio)} the {what} at the median "
                f"({comparison.words()})",
                n=comparison.n,
                method=METHOD,
                p_value=comparison.p_value,
                alpha=self.alpha,
                ci=comparison.interval,
                baseline_cost_usd=totals["baseline"]["cost_usd"]["mean"],
                candidate_cost_usd=totals["candidate"]["cost_usd"]["mean"],
                ratio=comparison.ratio,
                threshold=self.alert_cost_ratio,
                measure=measure,
            )
        ]

    def _judge_budget(self, spent: float) -> list[dict[str, Any]]:
        if self.max_total_usd is None or spent <= self.max_total_usd:
            return []
        n = len(self._amounts["candidate"]["cost_usd"])
        return [
            make_alert(
                "cost_budget_exceeded",
                "error",
                f"candidate spent {format_amount(spent)} USD on {n} calls, "
                f"the budget is {format_amount(self.max_total_usd)} USD",
                n=n,
                method="sum",
                total_usd=spent,
                threshold=self.max_total_usd,
            )
        ]


def _add_tokens(record: MonitorRecord) -> float | None:
    parts = [read_number(record.result.get(name)) for name in _QUANTITIES[:2]]
    counted = [part for part in parts if part is not None]
    return fsum(counted) if counted else None


def _summarise(amounts: dict[str, list[float]]) -> dict[str, Any]:
    return {
        name: {
            "count": len(values),
            "total": fsum(values),
            "mean": fsum(values) / len(values) if values else None,
        }
        for name, values in amounts.items()
    }
