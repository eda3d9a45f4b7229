"""Numbers and names out of payloads, which executors and candidates fill as they like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord

__all__ = ["is_cached", "read_duration", "read_name", "read_number"]

# No duration, size or cost is as large, and the sum of any number of smaller ones is a float.
_LARGEST = 1e200
_LONGEST = 200
_MOST_BITS = 300


def read_number(value: Any) -> float | None:
    """Return a number of a payload as a finite float, or None if it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # nan is not smaller than anything.
    return float(value) if -_LARGEST < value < _LARGEST else None


def read_name(value: Any) -> str | None:
    """Return a text or a number as a name of at most 200 characters, or None if it is neither.

    A list or a mapping is data, not the name of anything.
    """
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        # Python refuses to write more than 4300 digits.
        return f"a number of {value.bit_length()} bits"
    if not isinstance(value, str | int | float):
        return None
    name = str(value)
    return name if len(name) <= _LONGEST else name[: _LONGEST - 3] + "..."


def is_cached(record: MonitorRecord) -> bool:
    """Tell whether an executor had the answer already, so that it took no time and cost nothing."""
    return record.result.get("cached") is True


def read_duration(record: MonitorRecord) -> float | None:
    """Return the milliseconds of a call; None for one whose answer the executor had already."""
    return None if is_cached(record) else read_number(record.duration_ms)
