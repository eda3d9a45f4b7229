"""The size of a time of numpy, whatever unit it is written in."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from pytest_metamorphic_guard.values.frames import keep_builtins

__all__ = ["count_attoseconds"]

keep_builtins(globals())

_SECONDS: Final = {"W": 604_800, "D": 86_400, "h": 3600, "m": 60, "s": 1}
_FRACTIONS: Final = {"ms": 3, "us": 6, "ns": 9, "ps": 12, "fs": 15, "as": 18}


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
