"""What a run is judged by: a policy, thresholds and how alerts count; some tasks differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from pytest_metamorphic_guard.errors import suggest
from pytest_metamorphic_guard.gate.policies import Policy, PolicyError, Strict

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "FAIL_ON_ALERT",
    "FailOnAlert",
    "Rules",
    "TaskRules",
    "find_count_fault",
    "find_rate_fault",
]

FailOnAlert = Literal["error", "warning", "never"]
FAIL_ON_ALERT: tuple[FailOnAlert, ...] = get_args(FailOnAlert)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRules:
    """What differs for one task.

    Attributes:
        policy: Replaces the run's policy; None keeps it.
        min_pass_rate: Replaces the run's threshold on the share of inputs on which all relations
            hold for the candidate.
        relations: Thresholds on the share of inputs on which one relation holds, by its name.
    """

    policy: Policy | None = None
    min_pass_rate: float | None = None
    relations: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rates = {"min_pass_rate": self.min_pass_rate, **self.relations}
        _check({f"task rules, {name}": rate for name, rate in rates.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What every task is judged by, unless its own rules say otherwise.

    Attributes:
        policy: When a candidate may replace its baseline.
        min_pass_rate: Share of inputs on which all relations must hold for the candidate.
        fail_on_alert: The lowest severity of an alert that rejects, or ``"never"``.
        early_stop: Whether the decision may fall before all planned inputs ran.
        extend: Number of inputs up to which a run that is undecided goes on; None for no further
            than asked.
        tasks: Rules of single tasks, by their name.
    """

    policy: Policy = field(default_factory=Strict)
    min_pass_rate: float | None = None
    fail_on_alert: FailOnAlert = "error"
    early_stop: bool = False
    extend: int | None = None
    tasks: Mapping[str, TaskRules] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check({"min_pass_rate": self.min_pass_rate})
        fault = None if self.extend is None else find_count_fault(self.extend)
        if fault:
            raise PolicyError("extend", [fault])
        if self.fail_on_alert not in FAIL_ON_ALERT:
            expected = f"expected {', '.join(FAIL_ON_ALERT)}"
            hint = suggest(str(self.fail_on_alert), FAIL_ON_ALERT)
            raise PolicyError("fail_on_alert", [f"{self.fail_on_alert!r}; {expected}{hint}"])

    @property
    def looks(self) -> bool:
        """Whether a run may end where enough was seen, at a number that nobody fixed before."""
        return self.early_stop or self.extend is not None

    def find_policy(self, task: str) -> Policy:
        """Return the policy of one task."""
        own = self.tasks.get(task)
        return self.policy if own is None or own.policy is None else own.policy

    def find_min_pass_rate(self, task: str) -> float | None:
        """Return the threshold on a task's inputs, or None where there is none."""
        own = self.tasks.get(task)
        if own is None or own.min_pass_rate is None:
            return self.min_pass_rate
        return own.min_pass_rate

    def find_relation_rate(self, task: str, relation: str) -> float | None:
        """Return the threshold on one relation, or None where there is none."""
        own = self.tasks.get(task)
        return None if own is None else own.relations.get(relation)

    def find_declared_rate(
        self, task: str, relation: str, *, own: float | None, whole: float | None
    ) -> float | None:
        """Return the threshold on one relation, as far as anything sets one.

        Args:
            task: The task's name.
            relation: The relation's name.
            own: What the relation declares.
            whole: What the task declares for each of its relations.
        """
        rates = (self.find_relation_rate(task, relation), own, self.find_min_pass_rate(task), whole)
        return next((rate for rate in rates if rate is not None), None)


def find_rate_fault(value: object) -> str | None:
    """Say what is wrong with a threshold on a rate; None if nothing is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"expected a number between 0 and 1, got {value!r}"
    if not 0.0 <= value <= 1.0:
        hint = f" ({value:g} % is {value / 100:g})" if 1.0 < value <= 100.0 else ""  # noqa: PLR2004
        return f"must be between 0 and 1, got {value:g}{hint}"
    return None


def find_count_fault(value: object) -> str | None:
    """Say what is wrong with a number of inputs; None if nothing is."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        return f"expected a whole number of inputs from 1, got {value!r}"
    return None


def _check(rates: Mapping[str, float | None]) -> None:
    for name, rate in rates.items():
        fault = None if rate is None else find_rate_fault(rate)
        if fault:
            raise PolicyError(name, [fault])
