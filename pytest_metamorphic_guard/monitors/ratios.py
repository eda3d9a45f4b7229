"""Is the candidate's measure larger than the baseline's, case by case, and by what factor?

Every case is its own comparison: the logarithm of candidate over baseline. The median of these is
bounded by order statistics, which is exact under any distribution as long as identical
implementations could swap their roles; interleaving both roles on the same inputs sees to that.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.monitors.base import ROLES
from pytest_metamorphic_guard.monitors.wording import (
    add_count,
    format_interval,
    format_ratio,
    format_unit,
)
from pytest_metamorphic_guard.statistics.binomial import Interval
from pytest_metamorphic_guard.statistics.ordering import (
    bound_median,
    find_median_interval,
    find_p_above,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from pytest_metamorphic_guard.monitors.both_roles import Pair

__all__ = [
    "MARGIN",
    "METHOD",
    "Measurements",
    "RatioComparison",
    "agrees",
    "compare_ratios",
    "count_orders",
    "describe_ratio",
]

# Processes differ by a few percent for their whole life, which no number of calls averages out.
MARGIN = 0.05
_STRETCHES = 5
_SHORTEST = 5
METHOD = "order-statistic bound of the median paired log ratio (sign test)"


class Measurements:
    """One positive measure of every call, per role and in pairs.

    Args:
        floor: The smallest value that can be told from zero; smaller ones count as this much.
    """

    def __init__(self, floor: float) -> None:
        self.floor = floor
        self.values: dict[str, list[float]] = {role: [] for role in ROLES}
        self.pairs: list[Pair[float]] = []

    def medians(self) -> dict[str, float | None]:
        """Return each role's median, None without values."""
        return {role: median(values) if values else None for role, values in self.values.items()}

    def means(self) -> dict[str, float | None]:
        """Return each role's mean, None without values."""
        return {role: fmean(values) if values else None for role, values in self.values.items()}

    def log_ratios(self) -> list[float]:
        """Return ln(candidate / baseline) per case, in the order of the cases.

        Of repeated calls the medians are compared, and of a case's calls the median ratio counts:
        they are made within moments of each other, so that one disturbance hits them all.
        """
        return [
            median(math.log(after / before) for before, after in calls)
            for calls in self._list_cases()
        ]

    def differences(self) -> list[float]:
        """Return candidate minus baseline per case, as `log_ratios`."""
        return [median(after - before for before, after in calls) for calls in self._list_cases()]

    def _list_cases(self) -> list[list[tuple[float, float]]]:
        """Return both roles' medians of every call of each case."""
        calls: dict[Hashable, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
        cases: dict[Hashable, dict[Hashable, None]] = defaultdict(dict)
        numbers: Counter[Hashable] = Counter()
        for pair in self.pairs:
            # A case may make several calls of one kind; the n-th is repeated as the n-th.
            made = (pair.relation, pair.case_index, pair.kind, pair.repeat)
            numbers[made] += 1
            key = (*made[:3], numbers[made])
            calls[key][0].append(max(pair.baseline, self.floor))
            calls[key][1].append(max(pair.candidate, self.floor))
            cases[made[:2]][key] = None
        return [
            [(median(calls[key][0]), median(calls[key][1])) for key in keys]
            for keys in cases.values()
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioComparison:
    """What the log ratios say.

    Attributes:
        n: Number of cases compared.
        ratio: Median ratio; 1 without cases.
        interval: Its two-sided interval at ``1 - alpha``, None with too few cases.
        lower: Its one-sided lower bound at ``1 - alpha``, None with too few cases.
        p_value: One-sided p-value of "the median ratio is at most 1".
        confidence: ``1 - alpha``.
    """

    n: int
    ratio: float
    interval: Interval | None
    lower: float | None
    p_value: float
    confidence: float

    def words(self, more: str = "") -> str:
        """Return ``99 % CI 1.31-1.55, n=200``, with ``more`` before the number."""
        counted = f"{more}, n={self.n}" if more else f"n={self.n}"
        if self.interval is None:
            return f"too few to bound, {counted}"
        return f"{format_interval(self.interval, self.confidence)}, {counted}"

    def to_dict(self) -> dict[str, Any]:
        """Return the summary's block."""
        return {
            "n": self.n,
            "median_ratio": self.ratio if self.n else None,
            "ratio_ci": None
            if self.interval is None
            else [self.interval.lower, self.interval.upper],
            "p_value": self.p_value if self.n else None,
        }


def compare_ratios(log_ratios: list[float], *, alpha: float) -> RatioComparison:
    """Estimate the median ratio and bound it."""
    lower = bound_median(log_ratios, alpha=alpha)
    interval = find_median_interval(log_ratios, confidence=1.0 - alpha)
    return RatioComparison(
        n=len(log_ratios),
        ratio=math.exp(median(log_ratios)) if log_ratios else 1.0,
        interval=interval and Interval(math.exp(interval.lower), math.exp(interval.upper)),
        lower=None if lower is None else math.exp(lower),
        p_value=find_p_above(log_ratios),
        confidence=1.0 - alpha,
    )


def agrees(log_ratios: list[float], *, above: float) -> bool:
    """Tell whether the medians of nearly all stretches of a run lie above a log ratio.

    Each of five stretches has processes of its own, which differ in speed for their whole lives.
    Fewer than five cases a stretch say nothing, and are not asked.
    """
    length = -(-len(log_ratios) // _STRETCHES)
    if length < _SHORTEST:
        return True
    stretches = [log_ratios[at : at + length] for at in range(0, len(log_ratios), length)]
    return sum(median(stretch) > above for stretch in stretches) >= len(stretches) - 1


def describe_ratio(
    values: dict[str, float | None],
    comparison: RatioComparison,
    unit: str,
    what: str,
    *,
    name: str,
) -> str:
    """Return the terminal line of a measure compared by ratio, for the monitor of that name."""
    seen = ", ".join(
        f"{role} {format_unit(value, unit)}" for role, value in values.items() if value is not None
    )
    if not seen:
        return f"no {what} was measured"
    if not comparison.n:
        return f"{seen}; nothing to compare"
    line = f"{seen}: {format_ratio(comparison.ratio)}"
    if comparison.interval is None:
        return f"{line} ({comparison.words()})"
    words = format_interval(comparison.interval, comparison.confidence)
    return add_count(name, line, words, comparison.n)


def count_orders(pairs: Iterable[Pair[float]]) -> bool | None:
    """Tell whether both orders of the roles were seen; None with fewer than two pairs."""
    firsts = [pair.baseline_first for pair in pairs]
    return None if len(firsts) < 2 else len(set(firsts)) == 2  # noqa: PLR2004 - two orders
