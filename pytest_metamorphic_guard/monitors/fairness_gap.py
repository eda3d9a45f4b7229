"""Does the candidate do worse for one group of inputs: in what must hold, or in a metric?"""

from __future__ import annotations

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
from pytest_metamorphic_guard.monitors.group_metrics import (
    WIDENING_METHOD,
    GroupMetrics,
    judge_metrics,
)
from pytest_metamorphic_guard.monitors.group_words import DOUBTS, describe_groups, say_loss
from pytest_metamorphic_guard.monitors.grouping import Basis, Group
from pytest_metamorphic_guard.monitors.reading import read_name
from pytest_metamorphic_guard.monitors.wording import (
    format_interval,
)
from pytest_metamorphic_guard.statistics.multiple import holm
from pytest_metamorphic_guard.statistics.ordering import find_p_widening
from pytest_metamorphic_guard.statistics.paired import (
    PairedCounts,
    find_p_worse,
    tango_interval,
)

if TYPE_CHECKING:
    from pytest_metamorphic_guard.contracts.monitoring import MonitorContext, MonitorRecord

__all__ = ["FairnessGapMonitor"]

METHOD = "exact one-sided McNemar test on inputs, Holm over groups"


class FairnessGapMonitor(BuiltinMonitor):
    """Compares what holds per group of inputs, within each group or between the groups.

    What holds is what the relations, properties and laws of the task say; where records do not know
    it, such as those of a user's own test, it is only which calls returned, and the words say so. A
    metric of the task is compared per group as well.

    The group is the record's, which a task names by its group key; else the payload's key
    ``field``; else the key ``field`` of a returned mapping.

    Args:
        max_gap: Tolerated difference of rates; of a metric whose values are not from 0 to 1, the
            tolerated share of their usual size.
        field: Where to find the group if the task names none.
        min_group: Groups with fewer inputs are listed, and not judged.
        alpha: Probability of a false alert, over all groups.
        compare: ``"role"``: does the candidate lose to the baseline in a group? ``"groups"``: is
            the gap between the best and the worst group wider for the candidate? Of metrics both
            are asked in either case.
    """

    kind: ClassVar[str] = "fairness_gap"

    def __init__(
        self,
        *,
        max_gap: float = 0.05,
        field: str = "group",
        min_group: int = 30,
        alpha: float = 0.01,
        compare: str = "role",
    ) -> None:
        check = OptionCheck()
        self.max_gap = check.number("max_gap", max_gap, least=0, most=1)
        self.field = str(field)
        self.min_group = check.count("min_group", min_group, least=1)
        self.alpha = check.level("alpha", alpha)
        self.compare = check.choice("compare", compare, ("role", "groups"))
        check.refuse()
        self._lower_is_better: tuple[str, ...] = ()
        self._groups: defaultdict[str, Group] = defaultdict(Group)
        self._pairing: Pairing[bool] = Pairing()

    def start(self, context: MonitorContext) -> None:
        """Learn of which metrics less is better."""
        super().start(context)
        self._lower_is_better = tuple(getattr(context, "lower_is_better", ()))

    def record(self, record: MonitorRecord) -> None:
        """Count one call for its group."""
        name = self._find_group(record)
        if name is None:
            return
        group = self._groups[name]
        group.calls[record.role][0] += bool(record.success)
        group.calls[record.role][1] += 1
        group.held.add(record)
        group.metrics.add(record)
        pair = self._pairing.join(record, bool(record.success))
        if pair is not None:
            group.pairs.append(pair)

    def conclude(self) -> Conclusion:
        """Return rates per group and role, the gaps, and alerts on those that are too wide."""
        knows = any(group.held.compare().total for group in self._groups.values())
        basis: Basis = "held" if knows or self._is_alone() else "returned"
        paired = {name: group for name, group in sorted(self._groups.items()) if group.pairs}
        found = {name: group.compare(basis) for name, group in paired.items()}
        judged = {n: c for n, c in found.items() if c.inputs.total >= self.min_group}
        cells = {name: compared.cells for name, compared in judged.items()}
        inputs = {name: compared.inputs for name, compared in judged.items()}
        adjusted = dict(zip(inputs, holm([find_p_worse(c) for c in inputs.values()]), strict=True))
        widening = self._measure_widening(cells, inputs)
        rates = {role: self._list_rates(role, basis) for role in ("baseline", "candidate")}
        metrics = GroupMetrics(
            {name: group.metrics for name, group in self._groups.items()},
            lower_is_better=self._lower_is_better,
            min_group=self.min_group,
            confidence=1.0 - self.alpha,
        )
        summary = {
            **rates,
            "basis": basis,
            "max_gap": self.max_gap,
            "groups": {
                group: {
                    "baseline_rate": counts.baseline_passed / counts.total,
                    "candidate_rate": counts.candidate_passed / counts.total,
                    "gap": -counts.difference,
                    "n": counts.total,
                    "p_adj": adjusted[group],
                }
                for group, counts in cells.items()
            },
            "skipped_small_groups": sorted(set(found) - set(judged)),
            "between_group_gap": widening,
            "metrics": metrics.summarise(),
            "field": self.field,
        }
        if self.compare == "role":
            alerts = self._judge_groups(cells, adjusted, basis)
            checks = self._check_groups(adjusted, cells)
        else:
            alerts, checks = self._judge_widening(widening, cells)
        more_alerts, more_checks = judge_metrics(metrics, alpha=self.alpha, max_gap=self.max_gap)
        return Conclusion(
            summary=summary,
            line=describe_groups(rates, cells, basis),
            alerts=(*alerts, *more_alerts),
            checks=(*checks, *more_checks),
            no_data=None if rates["candidate"] else "no record of the candidate has a group",
        )

    def _is_alone(self) -> bool:
        """Tell whether there is a candidate without a baseline, of which is known what held."""
        groups = self._groups.values()
        return not any(group.pairs for group in groups) and any(
            group.held.count("candidate")[1] for group in groups
        )

    def _find_group(self, record: MonitorRecord) -> str | None:
        group: Any = record.group
        if group is None:
            group = record.result.get(self.field)
        if group is None:
            returned = record.result.get("result")
            group = dict.get(returned, self.field) if isinstance(returned, dict) else None
        # A list or a mapping is data that happens to have that name, not the name of a group.
        return read_name(group)

    def _list_rates(self, role: str, basis: Basis) -> dict[str, float]:
        counts = {
            name: group.held.count(role) if basis == "held" else tuple(group.calls[role])
            for name, group in sorted(self._groups.items())
        }
        return {name: good / total for name, (good, total) in counts.items() if total}

    def _measure_widening(
        self, cells: dict[str, PairedCounts], cases: dict[str, PairedCounts]
    ) -> dict[str, Any] | None:
        if len(cells) < 2:  # noqa: PLR2004 - a gap between groups needs two
            return None
        baseline = [counts.baseline_passed / counts.total for counts in cells.values()]
        candidate = [counts.candidate_passed / counts.total for counts in cells.values()]
        gaps = [max(rates) - min(rates) for rates in (baseline, candidate)]
        p_value = None
        if self.compare == "groups":
            p_value = find_p_widening(
                [
                    (c.total, c.baseline_passed, c.regressions, c.improvements)
                    for c in cases.values()
                ]
            )
        return {
            "baseline": gaps[0],
            "candidate": gaps[1],
            "widening": gaps[1] - gaps[0],
            "p_value": p_value,
        }

    def _judge_groups(
        self,
        cells: dict[str, PairedCounts],
        adjusted: dict[str, float],
        basis: Basis,
    ) -> list[dict[str, Any]]:
        alerts = []
        for group, counts in cells.items():
            if adjusted[group] > self.alpha or -counts.difference <= self.max_gap:
                continue
            interval = tango_interval(counts, confidence=1.0 - self.alpha)
            baseline = counts.baseline_passed / counts.total
            candidate = counts.candidate_passed / counts.total
            alerts.append(
                make_alert(
                    "fairness_gap",
                    "error",
                    say_loss(group, basis, candidate, baseline)
                    + f" ({format_interval(interval, 1 - self.alpha, percent=True)}, "
                    f"n={counts.total})" + DOUBTS[basis],
                    n=counts.total,
                    method=METHOD,
                    p_value=adjusted[group],
                    alpha=self.alpha,
                    ci=interval,
                    basis=basis,
                    group=group,
                    gap=-counts.difference,
                    threshold=self.max_gap,
                    baseline_rate=baseline,
                    candidate_rate=candidate,
                )
            )
        return alerts

    def _check_groups(
        self, adjusted: dict[str, float], cells: dict[str, PairedCounts]
    ) -> list[dict[str, Any]]:
        if not adjusted:
            return []
        # The smallest adjusted value stands for all groups: it is a p-value of "no group lost".
        n = sum(counts.total for counts in cells.values())
        return [make_check("fairness_gap", min(adjusted.values()), n, METHOD)]

    def _judge_widening(
        self, widening: dict[str, Any] | None, cells: dict[str, PairedCounts]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        if widening is None:
            return [], []
        n = sum(counts.total for counts in cells.values())
        p_value = widening["p_value"]
        checks = [make_check("fairness_gap_widened", p_value, n, WIDENING_METHOD)]
        if p_value > self.alpha or widening["widening"] <= self.max_gap:
            return [], checks
        return [
            make_alert(
                "fairness_gap_widened",
                "error",
                f"the gap between the best and the worst group is {widening['candidate']:.1%} for "
                f"the candidate, {widening['baseline']:.1%} for the baseline (n={n})",
                n=n,
                method=WIDENING_METHOD,
                p_value=p_value,
                alpha=self.alpha,
                gap=widening["candidate"],
                baseline_gap=widening["baseline"],
                widening=widening["widening"],
                threshold=self.max_gap,
            )
        ], checks
