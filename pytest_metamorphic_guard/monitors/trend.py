"""Does the candidate get slower in the course of the run, while the baseline does not?"""

from __future__ import annotations

import math
from collections import defaultdict
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
from pytest_metamorphic_guard.monitors.ratios import Measurements
from pytest_metamorphic_guard.monitors.reading import read_duration
from pytest_metamorphic_guard.monitors.wording import add_count, format_interval, format_ratio
from pytest_metamorphic_guard.statistics.binomial import Interval
from pytest_metamorphic_guard.statistics.ordering import Slope, fit_slope, measure_trend

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord

__all__ = ["TrendMonitor"]

METHOD = "Kendall's trend test of the paired log ratio, within each relation"
_LEAST_PAIRS = 10
_FLOOR_MS = 1e-6


class TrendMonitor(BuiltinMonitor):
    """Warns of a candidate whose calls take longer and longer: a leak, a growing cache.

    Position counts within each relation, and the baseline's call of the same moment cancels what
    the machine does to both.

    Args:
        window: Last cases of each relation that are looked at; 0 for all.
        alert_slope_ms: The candidate's own slope, in milliseconds per call, must exceed this too.
        min_growth: Growth relative to the baseline, over the run, from which on a warning is given.
        alpha: Probability of a false warning.
    """

    kind: ClassVar[str] = "trend"

    def __init__(
        self,
        *,
        window: int = 0,
        alert_slope_ms: float = 0.0,
        min_growth: float = 1.2,
        alpha: float = 0.005,
    ) -> None:
        check = OptionCheck()
        self.window = check.count("window", window)
        self.alert_slope_ms = check.number("alert_slope_ms", alert_slope_ms, least=0)
        self.min_growth = check.number("min_growth", min_growth, least=1)
        self.alpha = check.level("alpha", alpha)
        check.refuse()
        self._durations: dict[str, defaultdict[Hashable, list[float]]] = {
            role: defaultdict(list) for role in ROLES
        }
        self._pairing: Pairing[float | None] = Pairing()
        self._measured: defaultdict[str | None, Measurements] = defaultdict(
            lambda: Measurements(floor=_FLOOR_MS)
        )

    def record(self, record: MonitorRecord) -> None:
        """Keep the duration of a call that succeeded."""
        if record.role not in self._durations:
            return
        duration = read_duration(record) if record.success else None
        if duration is not None:
            duration = max(duration, _FLOOR_MS)
        series = (record.relation, record.kind)
        if duration is not None:
            self._durations[record.role][series].append(duration)
        pair = join_measured(self._pairing, record, duration)
        if pair is not None:
            self._measured[record.relation].pairs.append(pair)

    def conclude(self) -> Conclusion:
        """Return each role's slope, the candidate's growth, and an alert if it grows."""
        ratios = self._cut(measured.log_ratios() for measured in self._measured.values())
        n = sum(map(len, ratios))
        trend = measure_trend(ratios)
        growth = _find_growth(ratios, 1.0 - self.alpha)
        roles = {role: self._summarise_role(role) for role in ROLES}
        summary = {
            **roles,
            "paired": {
                "growth": growth and growth.estimate,
                "growth_ci": growth and [growth.interval.lower, growth.interval.upper],
                "kendall_p": trend.p_value if n else None,
                "n": n,
            },
            "window": self.window,
        }
        alerts = self._judge(roles["candidate"]["slope"], growth, trend.p_value, n)
        return Conclusion(
            summary=summary,
            line=_describe(roles, growth, 1.0 - self.alpha, n),
            alerts=tuple(alerts),
            checks=(make_check("duration_trend", trend.p_value, n, METHOD),)
            if n >= _LEAST_PAIRS
            else (),
            no_data=None if self._durations["candidate"] else "no successful call of the candidate",
        )

    def _judge(
        self, slope: float | None, growth: Slope | None, p_value: float, n: int
    ) -> list[dict[str, Any]]:
        if (
            n < _LEAST_PAIRS
            or p_value > self.alpha
            or growth is None
            or growth.estimate <= self.min_growth
            or slope is None
            or (self.alert_slope_ms and slope <= self.alert_slope_ms)
        ):
            return []
        interval = format_interval(growth.interval, 1.0 - self.alpha)
        alert = make_alert(
            "duration_trend",
            "warning",
            f"candidate became {format_ratio(growth.estimate)} slower than the baseline in the "
            f"course of the run ({interval}, n={n})",
            n=n,
            method=METHOD,
            p_value=p_value,
            alpha=self.alpha,
            ci=growth.interval,
            role="candidate",
            slope=slope,
            threshold=self.alert_slope_ms,
            growth=growth.estimate,
            min_growth=self.min_growth,
        )
        return [alert]

    def _cut(self, series: Iterable[list[float]]) -> list[list[float]]:
        return [values[-self.window :] for values in series]

    def _summarise_role(self, role: str) -> dict[str, Any]:
        series = self._cut(self._durations[role].values())
        slope = fit_slope(series)
        return {"observations": sum(map(len, series)), "slope": slope and slope.estimate}


def _find_growth(series: Sequence[Sequence[float]], confidence: float) -> Slope | None:
    """Return the factor by which the ratio grew in the course of a relation, with its interval."""
    slope = fit_slope(series, confidence=confidence, stretch=True)
    if slope is None:
        return None
    interval = slope.interval
    return Slope(
        math.exp(slope.estimate), Interval(math.exp(interval.lower), math.exp(interval.upper))
    )


def _describe(
    roles: dict[str, dict[str, Any]], growth: Slope | None, confidence: float, n: int
) -> str:
    seen = ", ".join(
        f"{role} {block['slope'] * 1000:+.1g}"
        for role, block in roles.items()
        if block["slope"] is not None
    )
    if not seen:
        return "too few calls for a trend"
    if growth is None:
        return f"{seen} us/call; nothing to compare"
    words = format_interval(growth.interval, confidence)
    return add_count("trend", f"{seen} us/call: {format_ratio(growth.estimate)}", words, n)
