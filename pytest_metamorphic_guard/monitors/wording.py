"""Numbers in the words of a terminal line: three digits and a unit, ASCII only."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_metamorphic_guard.statistics.binomial import Interval

__all__ = [
    "add_count",
    "format_amount",
    "format_interval",
    "format_milliseconds",
    "format_rate",
    "format_rate_interval",
    "format_ratio",
    "format_unit",
]

_COLUMNS = 80


def format_milliseconds(value: float) -> str:
    """Return ``24.1 us``, ``1.20 ms`` or ``1.50 s``."""
    if abs(value) < 1:
        return f"{_round(value * 1000)} us"
    if abs(value) < 1000:  # noqa: PLR2004 - milliseconds in a second
        return f"{_round(value)} ms"
    return f"{_round(value / 1000)} s"


def format_amount(value: float) -> str:
    """Return a number with three digits: ``0.0123``, ``1.20``, ``1234``."""
    return _round(value)


def format_unit(value: float, unit: str) -> str:
    """Return a value with its unit; ``ms`` is scaled, ``USD`` and counts are not."""
    return format_milliseconds(value) if unit == "ms" else f"{_round(value)} {unit}"


def format_ratio(ratio: float) -> str:
    """Return ``1.42x``."""
    return f"{_round(ratio)}x"


def format_rate(rate: float) -> str:
    """Return ``98.5 %``."""
    return f"{rate * 100:.3g} %" if rate < 0.9995 or rate == 1 else ">99.9 %"  # noqa: PLR2004


def format_interval(interval: Interval, confidence: float, *, percent: bool = False) -> str:
    """Return ``99 % CI 1.31-1.55``, or ``99 % CI -4.1 to +0.2 points`` of percent."""
    label = f"{confidence * 100:g} % CI"
    if percent:
        return f"{label} {interval.lower * 100:+.1f} to {interval.upper * 100:+.1f} points"
    return f"{label} {_round(interval.lower)}-{_round(interval.upper)}"


def add_count(name: str, line: str, words: str, n: int) -> str:
    """Return ``line (words, n=400)``, without the number where a terminal has no room for it.

    The terminal shows the line after the monitor's name.
    """
    counted = f"{line} ({words}, n={n})"
    return counted if len(f"{name}: {counted}") <= _COLUMNS else f"{line} ({words})"


def format_rate_interval(interval: Interval, confidence: float) -> str:
    """Return ``99 % CI 0-2.61 %``."""
    lower, upper = (f"{bound * 100:.3g}" for bound in (interval.lower, interval.upper))
    return f"{confidence * 100:g} % CI {lower}-{upper} %"


def _round(value: float) -> str:
    size = abs(value)
    if size >= 100 or value == 0:  # noqa: PLR2004 - three digits before the point
        return f"{value:.0f}" if size < 1e6 else f"{value:.3g}"  # noqa: PLR2004
    if size >= 10:  # noqa: PLR2004 - two digits before the point
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 0.1 else f"{value:.3g}"  # noqa: PLR2004
