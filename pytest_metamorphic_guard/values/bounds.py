"""Which numbers stand for times that Python has; libraries fail, or panic, to show any other."""

from __future__ import annotations

from typing import Any, Final, Literal

from pytest_metamorphic_guard.values.frames import DecodeError, keep_builtins

__all__ = ["require_times"]

keep_builtins(globals())

_PER_DAY: Final = {
    "D": 1,
    "s": 86_400,
    "ms": 86_400_000,
    "us": 86_400_000_000,
    "ns": 86_400_000_000_000,
}
# From 1970, without the first and the last one: a zone may be ahead of the calendar by a day.
_FIRST_DAY: Final = -719_161
_LAST_DAY: Final = 2_932_895
_MOST_DAYS: Final = 999_999_998


def require_times(numbers: Any, unit: str, form: Literal["moment", "span", "clock"]) -> None:
    """Refuse an array of whole numbers unless each is a moment, a span or a time of day of Python.

    Args:
        numbers: From 1970, where they are moments.
        unit: ``"D"``, ``"s"``, ``"ms"``, ``"us"`` or ``"ns"``.
        form: What they stand for.
    """
    if not len(numbers):
        return
    day = _PER_DAY[unit]
    first, last = {
        "moment": (_FIRST_DAY * day, _LAST_DAY * day),
        "span": (-_MOST_DAYS * day, _MOST_DAYS * day),
        "clock": (0, day - 1),
    }[form]
    if int(numbers.min()) < first or int(numbers.max()) > last:
        raise DecodeError("a time outside of the calendar")
