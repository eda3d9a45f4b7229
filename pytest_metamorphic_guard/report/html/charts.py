"""The page's pictures as SVG: no script, no style of their own, numbers only.

Every text in them is a number that was formatted here, so that nothing of a candidate is in one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["draw_bars", "draw_distributions", "draw_history", "draw_interval", "draw_rates"]

_WIDTH = 180
_PAD = 6
_ROLES = ("baseline", "candidate")


def draw_rates(rates: Mapping[str, tuple[float, float, float]]) -> str:
    """Return rates of both roles with their intervals on a line from 0 to 100 %.

    Args:
        rates: By role: the rate, and the lower and upper end of its interval, from 0 to 1.
    """
    shown = [role for role in _ROLES if role in rates]
    height = 14 * len(shown) + 4
    said = "; ".join("{} {}, {} to {}".format(role, *map(_percent, rates[role])) for role in shown)
    parts = []
    for number, role in enumerate(shown):
        y = 9 + 14 * number
        rate, lower, upper = (_PAD + share * (_WIDTH - 2 * _PAD) for share in rates[role])
        parts.append(
            f'<path class="axis" d="M{_PAD} {y}H{_WIDTH - _PAD}"/>'
            f'<path class="line {role}" d="M{lower:.1f} {y}H{upper:.1f}"/>'
            f'<circle class="dot {role}" r="4" cx="{rate:.1f}" cy="{y}"/>'
        )
    return _frame(_WIDTH, height, said, parts, css="small")


def draw_interval(lower: float, upper: float, value: float | None) -> str:
    """Return an interval of a difference of rates, with the place of no difference.

    Args:
        lower: Its lower end, from -1 to 1.
        upper: Its upper end.
        value: The difference that was seen.
    """
    most = max(0.05, abs(lower), abs(upper))

    def place(share: float) -> float:
        return _WIDTH / 2 + share / most * (_WIDTH / 2 - _PAD)

    parts = [
        f'<path class="axis" d="M{_PAD} 10H{_WIDTH - _PAD}M{_WIDTH / 2:.0f} 2V18"/>',
        f'<path class="line" d="M{place(lower):.1f} 10H{place(upper):.1f}"/>',
    ]
    if value is not None:
        parts.append(f'<circle class="dot" r="4" cx="{place(value):.1f}" cy="10"/>')
    said = f"difference {_percent(lower, signed=True)} to {_percent(upper, signed=True)}"
    return _frame(_WIDTH, 20, said, parts, css="small")


def draw_distributions(quantiles: Mapping[str, Sequence[float]], unit: str) -> str:
    """Return the shares of calls that took at most so long, of both roles.

    Args:
        quantiles: By role: quantiles at equal steps, ascending.
        unit: Of the values, such as ``"ms"``.
    """
    series = {role: [v for v in quantiles.get(role, ()) if v > 0] for role in _ROLES}
    series = {role: values for role, values in series.items() if values}
    if not series:
        return ""
    least = min(values[0] for values in series.values())
    most = max(values[-1] for values in series.values())
    plane = _Plane(math.log10(least), math.log10(max(most, least * 1.05)))
    parts = plane.draw_axes(_list_ticks(least, most), f"{unit} per call, logarithmic")
    for number, (role, values) in enumerate(series.items()):
        steps = len(values) - 1 or 1
        path = "".join(
            f"{'L' if place else 'M'}{plane.across(value):.1f} {plane.up(place / steps):.1f}"
            for place, value in enumerate(values)
        )
        parts.append(
            f'<path class="line {role}" d="{path}"/>'
            f'<text x="{plane.LEFT + 10}" y="{30 + 18 * number}" class="{role}">{role}</text>'
        )
    said = "share of calls by duration; " + "; ".join(
        f"{role}: median {values[len(values) // 2]:.3g} {unit}, most {values[-1]:.3g} {unit}"
        for role, values in series.items()
    )
    return _frame(plane.WIDTH, plane.HEIGHT, said, parts)


@dataclass(frozen=True, slots=True)
class _Plane:
    """Places of values, from ``low`` to ``high`` in powers of ten, and of shares."""

    low: float
    high: float

    WIDTH: ClassVar[int] = 640
    HEIGHT: ClassVar[int] = 260
    LEFT: ClassVar[int] = 52
    RIGHT: ClassVar[int] = 620
    BOTTOM: ClassVar[int] = 216

    def across(self, value: float) -> float:
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self.LEFT + share * (self.RIGHT - self.LEFT)

    def up(self, share: float) -> float:
        return self.BOTTOM - share * (self.BOTTOM - 14)

    def draw_axes(self, ticks: Sequence[float], title: str) -> list[str]:
        parts = [
            f'<path class="axis" d="M{self.LEFT} {self.up(share):.0f}H{self.RIGHT}"/>'
            f'<text x="{self.LEFT - 6}" y="{self.up(share) + 4:.0f}" class="end">'
            f"{share * 100:.0f} %</text>"
            for share in (0, 0.25, 0.5, 0.75, 1)
        ]
        parts += [
            f'<path class="axis" d="M{self.across(tick):.0f} {self.BOTTOM}v5"/>'
            f'<text x="{self.across(tick):.0f}" y="{self.BOTTOM + 18}" class="mid">{tick:g}</text>'
            for tick in ticks
        ]
        middle = (self.LEFT + self.WIDTH) // 2
        parts.append(f'<text x="{middle}" y="{self.HEIGHT - 6}" class="mid">{title}</text>')
        return parts


def draw_bars(values: Mapping[str, float | None], most: float) -> str:
    """Return one bar per role.

    Args:
        values: By role: what its bar shows; nothing is drawn of None.
        most: What the longest possible bar stands for.
    """
    shown = {r: v for r in _ROLES if isinstance(v := values.get(r), int | float)}
    parts = [
        f'<rect class="bar {role}" x="0" y="{3 + 13 * number}" height="10" '
        f'width="{max(1.0, min(1.0, value / most) * _WIDTH) if most > 0 else 1:.1f}"/>'
        for number, (role, value) in enumerate(shown.items())
    ]
    said = "; ".join(f"{role} {value:.4g}" for role, value in shown.items())
    return _frame(_WIDTH, 13 * len(shown) + 4, said, parts, css="small")


def draw_history(rates: Sequence[float | None], violations: Sequence[int]) -> str:
    """Return the share of checks that held in each of the last runs, and their violations as bars.

    Args:
        rates: From 0 to 1, oldest first; None where nothing was measured.
        violations: Numbers of violations of the same runs.
    """
    width, height, left, right, bottom = 640, 200, 64, 620, 170
    known = [min(1.0, max(0.0, rate)) for rate in rates if rate is not None]
    low = min([*known, 0.99])
    step = (right - left) / max(1, len(rates) - 1)
    most = max([*violations, 1])
    parts = [
        f'<path class="axis" d="M{left} {y}H{right}"/>'
        f'<text x="{left - 6}" y="{y + 4}" class="end">{_percent(share)}</text>'
        for share, y in ((1.0, 20), (low, bottom))
    ]
    points = []
    for place, (rate, count) in enumerate(zip(rates, violations, strict=True)):
        x = left + place * step
        if count > 0:
            tall = 40 * count / most
            parts.append(
                f'<rect class="bar candidate" x="{x - 3:.1f}" y="{bottom - tall:.1f}" width="6" '
                f'height="{tall:.1f}"/>'
            )
        if rate is not None:
            share = (min(1.0, max(0.0, rate)) - low) / (1.0 - low)
            points.append(f"{x:.1f} {bottom - share * (bottom - 20):.1f}")
    parts += [f'<path class="line baseline" d="M{"L".join(points)}"/>'] if points else []
    parts += [
        '<circle class="dot baseline" r="4" cx="{}" cy="{}"/>'.format(*point.split())
        for point in points
    ]
    middle = (left + right) // 2
    parts.append(f'<text x="{middle}" y="{height - 8}" class="mid">runs, oldest first</text>')
    said = f"share of checks that held in the last {len(rates)} runs"
    if known:
        said += f", from {_percent(known[0])} to {_percent(known[-1])}"
    return _frame(width, height, f"{said}; at most {most} violations in a run", parts)


def _list_ticks(least: float, most: float) -> list[float]:
    powers = range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)
    ticks = [step * 10.0**power for power in powers for step in (1, 2, 5)]
    found = [tick for tick in ticks if least <= tick <= most]
    return found[:: max(1, -(-len(found) // 8))]


def _percent(share: float, *, signed: bool = False) -> str:
    return f"{share * 100:{'+' if signed else ''}.1f} %"


def _frame(width: int, height: int, said: str, parts: Sequence[str], css: str = "wide") -> str:
    return (
        f'<svg class="{css}" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{said}">{"".join(parts)}</svg>'
    )
