"""One search: for a baseline and what it stands on, with a run of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.evaluation.evaluation import Evaluation
from pytest_metamorphic_guard.gate.rules import Rules
from pytest_metamorphic_guard.suggesting.searching import search
from pytest_metamorphic_guard.tasks.implementations import Assignment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_metamorphic_guard.settings import Settings
    from pytest_metamorphic_guard.suggesting.ground import Ground
    from pytest_metamorphic_guard.suggesting.suggestion import Found
    from pytest_metamorphic_guard.tasks.implementations import Implementation

__all__ = ["find_suggestions"]

SECONDS = 45.0


def find_suggestions(
    settings: Settings,
    implementation: Implementation,
    grounds: Sequence[Ground],
    *,
    seconds: float = SECONDS,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Found, list[str]]:
    """Search for relations of a baseline, in its executor.

    Args:
        settings: The options of the session.
        implementation: The baseline, with its function named.
        grounds: What suggestions may stand on, the widest inputs first.
        seconds: After so many no other idea is tried, and no other mutant.
        progress: Called with what is being done, in a few words.

    Returns:
        What was found, and what went wrong when the executors were closed.

    Raises:
        NothingToSuggest: Nothing was found, or nothing can be.
    """
    # A run judges what is in the place of a candidate.
    own = replace(
        settings,
        candidates=(Assignment(implementation),),
        baselines=(),
        candidate_executor=settings.baseline_executor,
        candidate_executor_config=settings.baseline_executor_config,
        gate=False,
        measure=False,
        monitors=(),
        shrink="off",
        shard=None,
    )
    evaluation = Evaluation(own, Rules(), ())
    faults: list[str] = []
    try:
        found = search(evaluation, implementation, grounds, seconds=seconds, progress=progress)
    finally:
        faults += map(str, evaluation.executors.close())
    return found, faults
