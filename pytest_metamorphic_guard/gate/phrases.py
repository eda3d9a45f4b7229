"""Numbers as the gate writes them in its sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["count", "list_names", "percent", "percent_above", "points"]

_MOST_NAMES = 3


def count(number: int, noun: str) -> str:
    """Return ``"1 input"``, ``"2 inputs"``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def percent(rate: float) -> str:
    """Return a rate with three significant digits: ``"0.746 %"``, ``"95 %"``, ``"100 %"``."""
    return f"{100.0 * rate:.3g} %"


def percent_above(rate: float) -> str:
    """Return a bound with two significant digits, rounded up so that it stays true."""
    if rate <= 0.0:
        return "0 %"
    digits = 1 - math.floor(math.log10(100.0 * rate))
    # The tiny step back keeps a rate that has two digits already from being raised by one.
    raised = math.ceil(100.0 * rate * 10.0**digits - 1e-9) / 10.0**digits
    return f"{min(raised, 100.0):.3g} %"


def points(difference: float) -> str:
    """Return a difference of rates in percentage points, always signed: ``"-2.0"``."""
    value = f"{100.0 * difference:+.1f}"
    return "+0.0" if value == "-0.0" else value


def list_names(names: Sequence[str]) -> str:
    """Return the first names, and how many more there are."""
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
