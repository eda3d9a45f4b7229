"""Equivalence within a tolerance, for numbers at any depth of an output."""

from __future__ import annotations

import decimal
import sys
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pytest_metamorphic_guard.values.budget import charge
from pytest_metamorphic_guard.values.equivalence import compare_values
from pytest_metamorphic_guard.values.numerics import is_nan, same_number

__all__ = ["Approx", "approx"]

_MOST_EXACT = 1 << 53
_DOUBLE_BYTES = 8
# A comparison of exact numbers takes as long as that of so many floats.
_EXACT_STEPS = 10
# Exact enough for numbers of any size and kind: floats overflow, and Decimal refuses to meet them.
_CONTEXT = decimal.Context(prec=60, Emin=decimal.MIN_EMIN, Emax=decimal.MAX_EMAX, traps=[])


@dataclass(frozen=True, slots=True)
class Approx:
    """An equivalence and an expectation: numbers may differ by a tolerance; see `approx`."""

    rel: float
    abs: float
    same_zone: bool = False

    @property
    def description(self) -> str:
        """What is expected, in words."""
        zones = ", and moments in the same zones" if self.same_zone else ""
        return f"outputs are equal within rel={self.rel:g}, abs={self.abs:g}{zones}"

    def __call__(self, first: object, second: object) -> bool:
        """Tell whether two outputs are the same but for the tolerance."""
        return compare_values(
            first, second, self._close, zones=self.same_zone, same_floats=self._close_floats
        )

    def _close(self, first: Any, second: Any) -> bool:
        if same_number(first, second):
            return True
        if is_nan(first) or is_nan(second) or _is_infinite(first) or _is_infinite(second):
            return False
        if _is_float(first) and _is_float(second):
            size = max(abs(first), abs(second))
            return bool(abs(first - second) <= max(self.rel * size, self.abs))
        return self._close_exactly(first, second)

    def _close_floats(self, first: Any, second: Any) -> bool | None:
        """Tell of two arrays what `_close` says of elements; None if doubles do not hold these."""
        numpy = sys.modules["numpy"]
        for array in (first, second):
            if array.dtype.itemsize > _DOUBLE_BYTES:
                return None
            if array.dtype.kind in "iu" and array.size and not _are_doubles(array):
                return None
        left, right = (array.astype(numpy.float64, copy=False) for array in (first, second))
        with numpy.errstate(all="ignore"):
            difference = numpy.abs(left - right)
            size = numpy.maximum(numpy.abs(left), numpy.abs(right))
            is_close = difference <= numpy.maximum(self.rel * size, self.abs)
            # To what is infinite or no number only the same is close.
            is_close &= numpy.isfinite(size)
            is_close |= (left == right) | (numpy.isnan(left) & numpy.isnan(right))
        return bool(is_close.all())

    def _close_exactly(self, first: Any, second: Any) -> bool:
        charge(_EXACT_STEPS)
        with decimal.localcontext(_CONTEXT):
            left, right = _to_decimals(first), _to_decimals(second)
            difference = _measure((left[0] - right[0], left[1] - right[1]))
            size = max(_measure(left), _measure(right))
            return difference <= max(Decimal(self.rel) * size, Decimal(self.abs))


def approx(
    rel: float = 1e-6,
    abs: float = 1e-12,  # noqa: A002 - pytest.approx's name
    *,
    same_zone: bool = False,
) -> Approx:
    """Return an equivalence under which numbers, at any depth, may differ a little.

    Keys of dicts are compared exactly, and so are sets with other members than real numbers.

    Args:
        rel: Tolerated difference relative to the larger of both numbers.
        abs: Tolerated absolute difference; the larger tolerance counts.
        same_zone: Whether the same instant in two time zones is two values.

    Raises:
        ValueError: A tolerance is negative or not a number.
    """
    for name, value in (("rel", rel), ("abs", abs)):
        if not isinstance(value, int | float) or not 0 <= value < float("inf"):
            raise ValueError(f"approx({name}={value!r}): a tolerance is a number >= 0")
    return Approx(rel, abs, same_zone)


def _is_float(number: Any) -> bool:
    """Tell whether a number is a float, or an integer that is one exactly."""
    return type(number) is float or (type(number) is int and -_MOST_EXACT <= number <= _MOST_EXACT)


def _are_doubles(numbers: Any) -> bool:
    return bool(max(-int(numbers.min()), int(numbers.max())) <= _MOST_EXACT)


def _is_infinite(number: Any) -> bool:
    if type(number) is complex:
        return _is_infinite(number.real) or _is_infinite(number.imag)
    if type(number) is Decimal:
        return number.is_infinite()
    return type(number) is float and number in (float("inf"), float("-inf"))


def _to_decimals(number: Any) -> tuple[Decimal, Decimal]:
    if type(number) is complex:
        return Decimal(number.real), Decimal(number.imag)
    if type(number) is Fraction:
        return Decimal(number.numerator) / Decimal(number.denominator), Decimal(0)
    return Decimal(number), Decimal(0)


def _measure(parts: tuple[Decimal, Decimal]) -> Decimal:
    real, imaginary = parts
    if not imaginary:
        return abs(real)
    return (real * real + imaginary * imaginary).sqrt()
