"""One of the last runs, in a few numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_metamorphic_guard.report.earlier import Earlier

__all__ = ["PastRun", "sum_up_run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """A run in its history.

    Attributes:
        started_at: When it began.
        outcome: What was decided; None for nothing.
        candidates: What ran.
        violations: Number of violations that were reported.
        passed: Checks of inputs that held for the candidates, of ``ran``.
        alerts: Number of alerts of its monitors.
    """

    started_at: str
    outcome: str | None
    candidates: tuple[str, ...]
    violations: int
    passed: int
    ran: int
    alerts: int


def sum_up_run(run: Earlier) -> PastRun:
    """Return the numbers of a run."""
    return PastRun(
        started_at=run.started_at,
        outcome=run.outcome,
        candidates=run.candidates,
        violations=len(run.violations),
        passed=sum(passed for passed, _ in run.rates.values()),
        ran=sum(ran for _, ran in run.rates.values()),
        alerts=run.alerts,
    )
