"""Which of the items a replay runs, and what of it cannot be run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_metamorphic_guard.evaluation.replaying import Playable, Replay
from pytest_metamorphic_guard.pytest_side.task_classes import find_plan, find_variant
from pytest_metamorphic_guard.pytest_side.warning_classes import warn_of_run

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["choose_replayed"]


def choose_replayed(
    replay: Replay,
    items: list[pytest.Item],
    tasks: Mapping[str, tuple[str, ...]],
    config: pytest.Config,
) -> None:
    """Leave only the items of tasks that were violated, and say what cannot be replayed.

    Args:
        replay: The violations of an earlier report.
        items: The collected items, which are changed.
        tasks: The names of the tasks that were seen, with those of their entries.
        config: pytest's configuration.
    """
    playable = {}
    for item in items:
        plan = find_plan(item)
        if plan is not None and isinstance(item, pytest.Function):
            playable[item.nodeid] = Playable(plan.task.name, plan.entry.name, find_variant(item))
    replay.assign(playable)
    items[:] = [i for i in items if find_plan(i) is None or replay.find_inputs(i.nodeid)]
    said = [f"{name} is not among the tests" for name in replay.find_unknown(tasks)]
    if replay.lost:
        said.append(f"{replay.lost} violations have inputs that a report cannot carry")
    for text in said:
        warn_of_run(config, f"--mg-replay: {text}")
