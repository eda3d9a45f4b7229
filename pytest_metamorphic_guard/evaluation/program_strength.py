"""What a program's evaluation finds beside its decision: strength, and answers that do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pytest_metamorphic_guard.evaluation.gaps import Missing, miss_vacuous

if TYPE_CHECKING:
    from pytest_metamorphic_guard.contracts.strengths import Accepted, Strength
    from pytest_metamorphic_guard.evaluation.evaluation import Evaluation
    from pytest_metamorphic_guard.tasks import Task

__all__ = ["Beside", "look_beside"]


class Beside(NamedTuple):
    """What was found beside the decision.

    Attributes:
        strengths: The strength of the task, where it was asked for.
        accepted: The task, where trivial answers satisfy it.
        missing: What the gate makes of that.
    """

    strengths: tuple[Strength, ...]
    accepted: tuple[Accepted, ...]
    missing: list[Missing]


def look_beside(evaluation: Evaluation, task: Task) -> Beside:
    """Try trivial answers and mutants on a task when its entries have run.

    Raises:
        MetamorphicGuardError: Strength was asked for, and cannot be measured.
    """
    settings = evaluation.settings
    entries = [member for declared in task.entries for member in declared.members]
    accepted: tuple[Accepted, ...] = ()
    if settings.tries_trivial_answers:
        # Not loaded where nobody asks, for a run that starts sooner.
        from pytest_metamorphic_guard.evaluation.emptiness import find_vacuous

        found = find_vacuous(evaluation, task, entries)
        accepted = () if found is None else (found,)
    strengths: tuple[Strength, ...] = ()
    named = settings.find_original(task.name, task.function)
    if settings.strength is not None and named is not None:
        # As above.
        from pytest_metamorphic_guard.evaluation.mutating import Measured, isolate, measure_strength

        role, original = named
        paired = settings.find_baseline(task.name, task.function) is not None
        inputs = evaluation.samples.get_inputs(task, paired=paired)
        options = isolate(settings, role, original)
        strengths = (measure_strength(Measured(task, entries, inputs), original, options),)
    fails = settings.vacuity == "error"
    return Beside(strengths, accepted, [miss_vacuous(one) for one in accepted if fails])
