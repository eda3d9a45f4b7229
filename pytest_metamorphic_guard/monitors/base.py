"""What the built-in monitors share: checked options, and one form of conclusion."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from pytest_metamorphic_guard.contracts.monitoring import Monitor

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pytest_metamorphic_guard.statistics.binomial import Interval

__all__ = ["RUN_ALPHA", "BuiltinMonitor", "Conclusion", "OptionCheck", "make_alert", "make_check"]

ROLES = ("baseline", "candidate")
# Probability that a run in which nothing changed shows any statistical alert: whatever a single
# monitor allows itself beyond it, the correction over the run takes back.
RUN_ALPHA = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What a built-in monitor concluded.

    Attributes:
        summary: Its figures, JSON values only.
        line: One line for the terminal: both roles and the interval.
        alerts: What a user should act on.
        checks: Every statistical test that was made, whether or not it led to an alert; the family
            over which the run corrects.
        no_data: Why there was nothing to measure, or None.
    """

    summary: dict[str, Any]
    line: str
    alerts: tuple[dict[str, Any], ...] = ()
    checks: tuple[dict[str, Any], ...] = ()
    no_data: str | None = None


class BuiltinMonitor(Monitor):
    """Base of the built-in monitors: concludes once and keeps the line it concluded with.

    A subclass names its ``kind`` and implements `record` and `conclude`.
    """

    kind: ClassVar[str]
    _line: str | None = None

    def identifier(self) -> str:
        """Return the name under which results are kept."""
        return self.kind

    def finalize(self) -> dict[str, Any]:
        """Return ``id``, ``type``, ``summary``, ``alerts`` and ``checks``."""
        conclusion = self.conclude()
        self._line = conclusion.line
        result: dict[str, Any] = {
            "id": self.identifier(),
            "type": self.kind,
            "summary": conclusion.summary,
            "alerts": [{"monitor": self.identifier(), **alert} for alert in conclusion.alerts],
            "checks": list(conclusion.checks),
        }
        if conclusion.no_data:
            result["no_data"] = conclusion.no_data
        return result

    def describe(self) -> str:
        """Return one line, at most 78 columns, that says what was measured."""
        return self._line or "not finished"

    @abstractmethod
    def conclude(self) -> Conclusion:
        """Return what the records seen so far say."""


def make_alert(  # noqa: PLR0913 - the fields that every alert has
    kind: str,
    severity: str,
    message: str,
    *,
    n: int,
    method: str,
    p_value: float | None = None,
    alpha: float | None = None,
    ci: Interval | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """Return an alert: the contract's ``fields``, then those that every alert carries."""
    return {
        "type": kind,
        **fields,
        "severity": severity,
        "message": message,
        "p_value": p_value,
        "alpha": alpha,
        "ci": None if ci is None else [ci.lower, ci.upper],
        "n": n,
        "method": method,
    }


def make_check(kind: str, p_value: float, n: int, method: str) -> dict[str, Any]:
    """Return the record of one statistical test."""
    return {"type": kind, "p_value": p_value, "n": n, "method": method}


class OptionCheck:
    """Checks a monitor's options and refuses all faulty ones at once."""

    def __init__(self) -> None:
        self._faults: list[str] = []

    def number(
        self, name: str, value: Any, *, least: float = -math.inf, most: float = math.inf
    ) -> float:
        """Return a number within ``[least, most]``."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._faults.append(f"{name}={value!r}: expected a number")
            return math.nan
        if not least <= value <= most:
            self._faults.append(f"{name}={value!r}: expected {_say_range(least, most)}")
        return float(value)

    def share(self, name: str, value: Any) -> float:
        """Return a number strictly between 0 and 1."""
        number = self.number(name, value)
        if number <= 0 or number >= 1:
            self._faults.append(f"{name}={value!r}: expected a number between 0 and 1")
        return number

    def level(self, name: str, value: Any) -> float:
        """Return a share that is at most the error rate of all tests of a run together."""
        number = self.share(name, value)
        if RUN_ALPHA < number < 1:
            self._faults.append(
                f"{name}={value!r}: expected at most {RUN_ALPHA:g}, which all tests of a run share"
            )
        return number

    def count(self, name: str, value: Any, *, least: int = 0) -> int:
        """Return an integer that is at least ``least``."""
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self._faults.append(f"{name}={value!r}: expected an integer >= {least}")
            return least
        return value

    def choice(self, name: str, value: Any, choices: Sequence[str]) -> str:
        """Return one of ``choices``."""
        if value not in choices:
            self._faults.append(f"{name}={value!r}: expected {' or '.join(choices)}")
        return str(value)

    def names(self, name: str, value: Any) -> frozenset[str]:
        """Return a set of names, from a list of strings or from one string."""
        items: Collection[Any] = (value,) if isinstance(value, str) else value
        if not isinstance(items, list | tuple | set | frozenset) or not all(
            isinstance(item, str) for item in items
        ):
            self._faults.append(f"{name}={value!r}: expected a name or a list of names")
            return frozenset()
        return frozenset(items)

    def comparator(self, name: str, value: Any) -> None:
        """Accept None or something that can be called with two outputs."""
        if value is not None and not callable(value):
            self._faults.append(f"{name}={value!r}: expected a function of two outputs")

    def refuse(self) -> None:
        """Raise ValueError with every fault found, if there is any."""
        if self._faults:
            raise ValueError("; ".join(self._faults))


def _say_range(least: float, most: float) -> str:
    if most == math.inf:
        return f"a number >= {least:g}"
    return f"a number from {least:g} to {most:g}"
