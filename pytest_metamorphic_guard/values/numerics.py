"""When two numbers have the same value, and which values Python compares exactly."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

__all__ = ["EXACT", "NUMBERS", "is_nan", "same_number"]

NUMBERS = frozenset({int, float, bool, complex, Decimal, Fraction})
EXACT = frozenset({int, bool, str, bytes, type(None)})


def same_number(first: Any, second: Any) -> bool:
    """Tell whether two numbers have the same value; nan has the value nan."""
    try:
        if first == second:
            return True
    except ArithmeticError:  # Decimal's signalling nan refuses to compare
        pass
    if type(first) is complex or type(second) is complex:
        return _same_real(first.real, second.real) and _same_real(first.imag, second.imag)
    return is_nan(first) and is_nan(second)


def is_nan(number: Any) -> bool:
    """Tell whether a number, or a part of a complex one, is nan."""
    if type(number) is Decimal:
        return number.is_nan()
    # nan is the one number that differs from itself.
    return bool(number != number)  # noqa: PLR0124 - that is the test


def _same_real(first: Any, second: Any) -> bool:
    return bool(first == second) or (is_nan(first) and is_nan(second))
