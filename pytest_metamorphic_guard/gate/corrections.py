"""P-values corrected for everything that could reject one candidate by chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.statistics.multiple import holm

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Corrected", "PValues", "correct"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PValues:
    """What one task tests.

    Attributes:
        rows: Per relation, against "not worse"; none without a baseline.
        difference: Against "the whole task reaches the policy's threshold"; None where it is not
            judged by its rate.
        hidden: Per relation, against "it loses no more than is tolerated"; none where the whole
            task is not shown to be good enough, as then nothing hides a loss.
        minima: Per minimum of a pass rate, against "it is reached".
    """

    rows: tuple[float, ...] = ()
    difference: float | None = None
    hidden: tuple[float, ...] = ()
    minima: tuple[float, ...] = ()


# The same numbers after correction.
Corrected = PValues


def correct(tasks: Sequence[PValues]) -> list[Corrected]:
    """Return the p-values of a run, corrected so that its chance of rejecting falsely is alpha.

    The tasks' differences and minima are one family, after Holm. Losses of single relations are
    looked at only where a task as a whole is good enough, so within one task the two hardly ever
    err together, and they are a family of their own; of several tasks some may be good enough and
    others not, so there they join the first. What the rows say is a third family: it decides
    nothing.
    """
    rows = iter(holm([p for task in tasks for p in task.rows]))
    whole = [p for task in tasks for p in (*_list(task.difference), *task.minima)]
    hidden = [p for task in tasks for p in task.hidden]
    if len(tasks) > 1:
        together = holm([*whole, *hidden])
        wholes, hiddens = iter(together[: len(whole)]), iter(together[len(whole) :])
    else:
        wholes, hiddens = iter(holm(whole)), iter(holm(hidden))
    return [
        Corrected(
            rows=tuple(next(rows) for _ in task.rows),
            difference=None if task.difference is None else next(wholes),
            minima=tuple(next(wholes) for _ in task.minima),
            hidden=tuple(next(hiddens) for _ in task.hidden),
        )
        for task in tasks
    ]


def _list(value: float | None) -> tuple[float, ...]:
    return () if value is None else (value,)
