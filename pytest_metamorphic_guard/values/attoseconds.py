"""The size of a time of numpy, whatever unit it is written in."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from pytest_metamorphic_guard.values.frames import keep_builtins

__all__ = ["count_attoseconds", "same_times"]

keep_builtins(globals())

_SECONDS: Final = {"W": 604_800, "D": 86_400, "h": 3600, "m": 60, "s": 1}
_FRACTIONS: Final = {"ms": 3, "us": 6, "ns": 9, "ps": 12, "fs": 15, "as": 18}


def same_times(first: Any, second: Any) -> bool:
    """Tell whether two arrays of times of the same shape are the same, whatever their units.

    numpy would compare them in one unit, and a time that does not fit it becomes another time.
    """
    if first.dtype == second.dtype:
        alike = (first == second) | (np.isnat(first) & np.isnat(second))
        return bool(alike.all())
    try:
        common = np.promote_types(first.dtype, second.dtype)
        left, right = first.astype(common), second.astype(common)
        fits = all(
            bool(((made.astype(given.dtype) == given) | np.isnat(given)).all())
            for made, given in ((left, first), (right, second))
        )
    except (OverflowError, TypeError, ValueError):  # months have no length in seconds
        fits = False
    if fits:
        return same_times(left, right)
    counted = (map(count_attoseconds, value.ravel()) for value in (first, second))
    return all(one == other for one, other in zip(*counted, strict=True))


def count_attoseconds(value: Any) -> tuple[object, ...]:
    """Return the size of one of numpy's times, the same for every unit of it."""
    unit, step = np.datetime_data(value.dtype)
    if np.isnat(value):
        return ("missing",)
    if unit in ("Y", "M") and value.dtype.kind == "M":
        value, unit, step = value.astype("M8[s]"), "s", 1
    count = int(value.astype("i8")) * step
    if unit in _SECONDS:
        return (count * _SECONDS[unit] * 10**18,)
    if unit in _FRACTIONS:
        return (count * 10 ** (18 - _FRACTIONS[unit]),)
    # Months have no length in seconds.
    return (count * 12, "M") if unit == "Y" else (count, unit)
