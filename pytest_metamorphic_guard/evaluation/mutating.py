"""The strength of a task's entries: mutants of an implementation, against them, in one go."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from pytest_metamorphic_guard.contracts.strengths import Strength
from pytest_metamorphic_guard.evaluation.evaluation import Evaluation
from pytest_metamorphic_guard.gate.rules import Rules
from pytest_metamorphic_guard.statistics.binomial import clopper_pearson
from pytest_metamorphic_guard.strength.definition import find_definition
from pytest_metamorphic_guard.strength.killing import Trial, count_kills, try_mutants
from pytest_metamorphic_guard.strength.mutants import draw_mutants
from pytest_metamorphic_guard.strength.planting import Bed
from pytest_metamorphic_guard.tasks.implementations import Assignment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from typing import Any

    from pytest_metamorphic_guard.contracts.strengths import TriedMutant
    from pytest_metamorphic_guard.settings import Settings
    from pytest_metamorphic_guard.strength.mutants import MutantSample
    from pytest_metamorphic_guard.tasks import Entry, Task
    from pytest_metamorphic_guard.tasks.implementations import Implementation

    Progress = Callable[[int], None] | None
    Follow = Callable[[int], AbstractContextManager[Progress]]

__all__ = ["Measured", "isolate", "measure_strength"]

# Of the executors, the one that calls in this process.
_INSIDE = "inprocess"
_DEFAULT = "local"


@contextlib.contextmanager
def _follow_nobody(_: int) -> Iterator[Progress]:
    yield None


class Measured(NamedTuple):
    """The task whose strength is measured.

    Attributes:
        task: The task.
        entries: The entries that judge, as items have them.
        inputs: The sample of the run.
        where: What tells the task from others of its name; empty where it is alone.
    """

    task: Task
    entries: Sequence[Entry]
    inputs: Sequence[tuple[Any, ...]]
    where: str = ""


def isolate(settings: Settings, role: str, original: Implementation) -> Settings:
    """Return the options under which mutants of an implementation run: by themselves, isolated.

    They have its executor, but never one that calls in this process, which a mutant could harm.

    Args:
        settings: The options of the run.
        role: The role that the original has in it.
        original: What mutants are made of.
    """
    name = settings.find_executor(role, original)
    config = dict(settings.find_executor_config(role, original))
    if name.lower() == _INSIDE:
        name, config = _DEFAULT, {}
    if name.lower() == _DEFAULT and config.get("isolation") == "none":
        del config["isolation"]
    return replace(
        settings,
        candidates=(Assignment(original),),
        baselines=(),
        executor=name,
        executor_config=config,
        candidate_executor=None,
        baseline_executor=None,
        candidate_executor_config=None,
        baseline_executor_config=None,
        gate=False,
        monitors=(),
        parallel=None,
    )


def measure_strength(
    measured: Measured,
    original: Implementation,
    settings: Settings,
    follow: Follow = _follow_nobody,
) -> Strength:
    """Return what the entries of a task notice of small changes of an implementation.

    Args:
        measured: The task.
        original: What is changed, with its function named.
        settings: The options, see `isolate`.
        follow: Called with the number of mutants; its block is given what is to be called with the
            number of those that are done.

    Raises:
        MetamorphicGuardError: It cannot be changed, or not called.
    """
    begun, limit = time.monotonic(), settings.strength_limit
    drawn = draw_mutants(original, limit=limit.mutants, seed=settings.seed)
    evaluation = Evaluation(settings, Rules(), [])
    try:
        with Bed(original) as bed, follow(len(drawn.mutants)) as progress:
            trial = Trial(
                measured.task,
                measured.entries,
                measured.inputs,
                original=bed.plant(),
                make_run=evaluation.make_run,
                settings=settings,
            )
            mutants = drawn.mutants if trial.judges else ()
            tried = try_mutants(
                trial,
                bed,
                mutants,
                may_go_on=lambda: time.monotonic() - begun < limit.seconds,
                progress=progress,
            )
    finally:
        evaluation.executors.close()
    return _conclude(measured, original, settings, (trial, drawn, tried), time.monotonic() - begun)


def _conclude(
    measured: Measured,
    original: Implementation,
    settings: Settings,
    done: tuple[Trial, MutantSample, list[TriedMutant]],
    duration_s: float,
) -> Strength:
    trial, drawn, tried = done
    counted = sum(one.status != "same" for one in tried)
    interval = clopper_pearson(sum(one.status == "killed" for one in tried), counted)
    left_out = [*trial.left_out]
    if not trial.judges:
        left_out.append("no entry is left that could notice anything")
    elif len(tried) < len(drawn.mutants):
        left_out.append(
            f"{len(drawn.mutants) - len(tried)} of {len(drawn.mutants)} changes were not tried in "
            f"{settings.strength_limit.seconds:g} s (--mg-strength-limit)"
        )
    return Strength(
        task=measured.task.name,
        where=measured.where,
        implementation=original.specification,
        file=find_definition(original).file.name,
        seed=settings.seed,
        inputs=len(measured.inputs),
        entries=count_kills((judge.label for judge in trial.judges), tried),
        mutants=tuple(tried),
        possible=drawn.possible,
        equal=drawn.equal,
        left_out=tuple(left_out),
        lower=interval.lower,
        upper=interval.upper,
        duration_s=round(duration_s, 3),
    )
