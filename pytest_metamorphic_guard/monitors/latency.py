"""Is the candidate slower: at the median of all cases, or on some of them?"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from statistics import fmean, median
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
from pytest_metamorphic_guard.monitors.quantiles import find_percentile, list_quantiles
from pytest_metamorphic_guard.monitors.ratios import (
    MARGIN,
    METHOD,
    Measurements,
    RatioComparison,
    agrees,
    compare_ratios,
    count_orders,
    describe_ratio,
)
from pytest_metamorphic_guard.monitors.reading import read_duration, read_number
from pytest_metamorphic_guard.monitors.wording import (
    format_milliseconds,
    format_rate,
    format_ratio,
)
from pytest_metamorphic_guard.statistics.binomial import Interval
from pytest_metamorphic_guard.statistics.ordering import find_median_interval, find_p_positive

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord

__all__ = ["LatencyMonitor"]

_TAIL = math.log(1.5)
_TAIL_ALPHA = 0.0025
_TAIL_SHARE = 0.02
_TAIL_EXCESS = 3
_STRETCHES = 40
_NS_PER_MS = 1_000_000


class LatencyMonitor(BuiltinMonitor):
    """Compares durations case by case; alerts when the candidate is slower.

    An alert needs a lower bound of the median ratio above 1 and a ratio above ``min_ratio``; it is
    an error if the bound, at half of alpha, is above ``alert_ratio``, and four of five stretches of
    the run agree: processes are started anew in between, since one may be slow for its whole life.
    Where a call does not surely take ``min_ms`` more, both are information: a ratio of microseconds
    is no loss to anybody. A second warning tells of a tail: three times as many cases slowed to
    1.5x as sped up by as much.
    Failed calls do not count.

    Args:
        percentile: The percentile reported per role; it never decides.
        alert_ratio: Slow-down that is tolerated; one that is surely above is an error.
        min_ratio: Slow-down from which on there is an alert; by default 0.05 more than
            ``alert_ratio``.
        min_ms: Milliseconds that a call must surely take longer before an alert is more than
            information; 0 for none.
        alpha: Probability of a false warning.
        repeats: How often each call is to be repeated; the medians are compared.
        warmup: First cases of each relation that are not counted.
        clock: ``"wall"``, or ``"cpu"`` for CPU time where the executor measures it.
    """

    kind: ClassVar[str] = "latency"
    compares_durations: ClassVar[bool] = True

    def __init__(  # noqa: PLR0913 - the options of the monitor
        self,
        *,
        percentile: float = 0.95,
        alert_ratio: float = 1.10,
        min_ratio: float | None = None,
        min_ms: float = 0.05,
        alpha: float = 0.01,
        repeats: int = 1,
        warmup: int = 1,
        clock: str = "wall",
    ) -> None:
        check = OptionCheck()
        self.percentile = check.share("percentile", percentile)
        self.alert_ratio = check.number("alert_ratio", alert_ratio, least=1)
        self.min_ratio = (
            self.alert_ratio + MARGIN
            if min_ratio is None
            else check.number("min_ratio", min_ratio, least=1)
        )
        self.min_ms = check.number("min_ms", min_ms, least=0)
        self.alpha = check.level("alpha", alpha)
        self.repeats = check.count("repeats", repeats, least=1)
        self.warmup = check.count("warmup", warmup)
        self.clock = check.choice("clock", clock, ("wall", "cpu"))
        check.refuse()
        self._pairing: Pairing[float | None] = Pairing()
        self._measured = Measurements(floor=1)
        self._failed: Counter[str] = Counter()

    def record(self, record: MonitorRecord) -> None:
        """Keep the duration of a call that succeeded, in nanoseconds."""
        role = record.role
        if record.case_index < self.warmup or role not in self._measured.values:
            return
        duration = None
        if not record.success:
            self._failed[role] += 1
        elif self.clock == "cpu":
            duration = read_number(record.cpu_ns)
        else:
            took_ms = read_duration(record)
            duration = None if took_ms is None else round(took_ms * _NS_PER_MS)
        if duration is not None:
            self._measured.values[role].append(duration)
        pair = join_measured(self._pairing, record, duration)
        if pair is not None:
            self._measured.pairs.append(pair)

    def conclude(self) -> Conclusion:
        """Return the durations of both roles, their ratio, and alerts on median and tail."""
        measured = self._measured
        apart = self._pairing.explain_apart("durations")
        if apart is not None:
            measured.pairs.clear()
        log_ratios = measured.log_ratios()
        comparison = compare_ratios(log_ratios, alpha=self.alpha)
        extra = self._find_extra(measured.differences())
        tail = _Tail(log_ratios, measured.differences(), self.min_ms * _NS_PER_MS)
        roles = {role: self._summarise_role(role) for role in ROLES}
        summary = {
            **roles,
            "paired": {
                **comparison.to_dict(),
                "extra_ms": extra.median_ms,
                "extra_ci": extra.interval and [extra.interval.lower, extra.interval.upper],
                "quantiles": list_quantiles(sorted(map(math.exp, log_ratios))),
                "tail_slow": tail.slow,
                "tail_fast": tail.fast,
                "repeats": self.repeats,
                "clock": self.clock,
                "interleaved": count_orders(measured.pairs),
            },
            "percentile": self.percentile,
        }
        alerts = [*self._judge_median(comparison, extra, roles), *self._judge_tail(tail)]
        medians = {role: roles[role]["median_ms"] for role in ROLES}
        return Conclusion(
            summary=summary,
            line=apart
            or describe_ratio(medians, comparison, "ms", "call that succeeded", name=self.kind),
            alerts=tuple(alerts),
            checks=self._list_checks(comparison, tail),
            no_data=apart
            or (None if measured.values["candidate"] else "no successful call of the candidate"),
        )

    def _summarise_role(self, role: str) -> dict[str, Any]:
        durations = [value / _NS_PER_MS for value in sorted(self._measured.values[role])]
        return {
            "count": len(durations),
            "mean_ms": fmean(durations) if durations else None,
            "p95_ms": find_percentile(durations, self.percentile),
            "median_ms": median(durations) if durations else None,
            "min_ms": durations[0] if durations else None,
            "failed_excluded": self._failed[role],
            "quantiles_ms": list_quantiles(durations),
        }

    def _find_extra(self, differences_ns: Sequence[float]) -> _Extra:
        if not differences_ns:
            return _Extra(None, None, matters=True)
        interval = find_median_interval(differences_ns, confidence=1.0 - self.alpha)
        if interval is not None:
            interval = Interval(interval.lower / _NS_PER_MS, interval.upper / _NS_PER_MS)
        surely = interval is not None and interval.lower > self.min_ms
        return _Extra(
            median(differences_ns) / _NS_PER_MS, interval, matters=surely or not self.min_ms
        )

    def _judge_median(
        self, comparison: RatioComparison, extra: _Extra, roles: dict[str, dict[str, Any]]
    ) -> list[dict[str, Any]]:
        if (comparison.lower or 0) <= 1 or comparison.ratio <= self.min_ratio:
            return []
        surely = comparison.interval is not None and comparison.interval.lower > self.alert_ratio
        surely = surely and agrees(self._measured.log_ratios(), above=math.log(self.alert_ratio))
        severity = ("error" if surely else "warning") if extra.matters else "info"
        baseline, candidate = (roles[role]["p95_ms"] for role in ROLES)
        return [
            make_alert(
                "latency_regression",
                severity,
                f"candidate is {format_ratio(comparison.ratio)} slower at the median "
                f"({comparison.words(extra.words())}){self._say_floor(extra)}",
                n=comparison.n,
                method=METHOD,
                p_value=comparison.p_value,
                alpha=self.alpha,
                ci=comparison.interval,
                baseline_p95_ms=baseline,
                candidate_p95_ms=candidate,
                ratio=candidate / baseline if baseline else None,
                threshold=self.alert_ratio,
                median_ratio=comparison.ratio,
                extra_ms=extra.median_ms,
                min_ms=self.min_ms,
                ratio_ci=comparison.to_dict()["ratio_ci"],
            )
        ]

    def _say_floor(self, extra: _Extra) -> str:
        if extra.matters:
            return ""
        return f"; less than {format_milliseconds(self.min_ms)} a call is not an alert (min_ms)"

    def _judge_tail(self, tail: _Tail) -> list[dict[str, Any]]:
        too_few = tail.slow - tail.fast < _TAIL_SHARE * tail.n
        # Under load one process may fare worse for a whole run, on both sides of the median.
        if tail.p_value > _TAIL_ALPHA or too_few or tail.slow < _TAIL_EXCESS * tail.fast:
            return []
        return [
            make_alert(
                "latency_tail_regression",
                "warning",
                f"candidate is at least 1.5x slower than its usual pace on {tail.slow} of {tail.n} "
                f"inputs ({format_rate(tail.slow / tail.n)}), as much faster on {tail.fast}",
                n=tail.n,
                method=_Tail.METHOD,
                p_value=tail.p_value,
                alpha=_TAIL_ALPHA,
                slow=tail.slow,
                fast=tail.fast,
                threshold=1.5,
            )
        ]

    def _list_checks(self, comparison: RatioComparison, tail: _Tail) -> tuple[dict[str, Any], ...]:
        if not comparison.n:
            return ()
        return (
            make_check("latency_regression", comparison.p_value, comparison.n, METHOD),
            make_check("latency_tail_regression", tail.p_value, tail.n, _Tail.METHOD),
        )


@dataclass(frozen=True, slots=True)
class _Extra:
    """By how much a call takes longer."""

    median_ms: float | None
    interval: Interval | None
    matters: bool

    def words(self) -> str:
        """Return ``3.10 us a call``."""
        return "" if self.median_ms is None else f"{format_milliseconds(self.median_ms)} a call"


class _Tail:
    """Cases far slower than the median explains, against as many on the fast side."""

    METHOD = "exact sign-flip test of slow minus fast cases in stretches of the run"

    def __init__(
        self, log_ratios: Sequence[float], differences: Sequence[float], floor: float
    ) -> None:
        usual, extra = (max(0.0, median(of)) if of else 0.0 for of in (log_ratios, differences))
        marks = [
            (ratio - usual > _TAIL and difference - extra > floor)
            - (ratio - usual < -_TAIL and difference - extra < -floor)
            for ratio, difference in zip(log_ratios, differences, strict=True)
        ]
        self.n = len(marks)
        self.slow = marks.count(1)
        self.fast = marks.count(-1)
        # A busy processor slows one role's process down for many cases in a row; each such stretch
        # is one observation.
        length = max(1, -(-self.n // _STRETCHES))
        self.p_value = find_p_positive(
            [sum(marks[start : start + length]) for start in range(0, self.n, length)]
        )
