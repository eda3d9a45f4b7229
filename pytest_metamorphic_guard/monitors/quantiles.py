"""Durations in short: percentiles, and as many quantiles as a chart needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["find_percentile", "list_quantiles"]

_STEPS = 100


def find_percentile(ascending: Sequence[float], share: float) -> float | None:
    """Return the percentile, interpolated between neighbours; None of nothing."""
    if not ascending:
        return None
    position = share * (len(ascending) - 1)
    below = int(position)
    above = min(below + 1, len(ascending) - 1)
    return ascending[below] + (ascending[above] - ascending[below]) * (position - below)


def list_quantiles(ascending: Sequence[float]) -> list[float]:
    """Return the 101 quantiles from the least to the most at equal steps; nothing of nothing."""
    found = (find_percentile(ascending, step / _STEPS) for step in range(_STEPS + 1))
    return [float(f"{value:.6g}") for value in found if value is not None]
