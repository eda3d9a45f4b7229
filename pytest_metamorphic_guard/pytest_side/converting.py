"""The texts of options, read one by one; a wrong one is a ValueError that says what is expected."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "read_amount",
    "read_choice",
    "read_parallel",
    "read_positive",
    "read_seed",
    "read_switch",
    "read_whole",
]


def read_whole(least: int) -> Callable[[str], int]:
    """Return what reads a whole number that is at least so large."""

    def convert(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise ValueError(f"expected a whole number from {least}") from None
        if number < least:
            raise ValueError(f"expected a whole number from {least}")
        return number

    return convert


def read_positive(text: str) -> float:
    """Return a number of seconds above 0."""
    return _read_above_zero(text, "seconds")


def read_amount(text: str) -> float:
    """Return an amount of US dollars above 0."""
    return _read_above_zero(text, "US dollars")


def read_seed(text: str) -> int:
    """Return a seed; a new one each time for ``random``."""
    if text == "random":
        return secrets.randbits(32)
    try:
        return int(text)
    except ValueError:
        raise ValueError("expected a whole number or 'random'") from None


def read_parallel(text: str) -> int | Literal["auto"]:
    """Return how many calls run at once, or ``auto``."""
    if text == "auto":
        return "auto"
    if text.isdecimal() and int(text) >= 1:
        return int(text)
    raise ValueError("expected a whole number of calls from 1, or 'auto'")


def read_switch(text: str) -> bool:
    """Return whether something is on."""
    word = text.strip().lower()
    if word in ("1", "true", "yes", "on"):
        return True
    if word in ("0", "false", "no", "off", ""):
        return False
    raise ValueError("expected true or false")


def read_choice(*known: str) -> Callable[[str], str]:
    """Return what reads one of these words."""

    def convert(text: str) -> str:
        if text not in known:
            raise ValueError(f"expected {', '.join(known[:-1])} or {known[-1]}")
        return text

    return convert


def _read_above_zero(text: str, unit: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise ValueError(f"expected a number of {unit} above 0")
    return number
