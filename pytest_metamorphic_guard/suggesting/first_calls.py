"""A ground that calls have been made on: its task, its sample, and what was answered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_metamorphic_guard.runner.literals import find_literals
from pytest_metamorphic_guard.runner.named_inputs import order_inputs
from pytest_metamorphic_guard.runner.sampling import draw_sample
from pytest_metamorphic_guard.suggesting.answers_seen import Answers, answer_all
from pytest_metamorphic_guard.suggesting.ground import make_task
from pytest_metamorphic_guard.suggesting.shapes import see_shape
from pytest_metamorphic_guard.tasks.inputs import FixedInputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.runner.calling import Caller
    from pytest_metamorphic_guard.runner.literals import Literals
    from pytest_metamorphic_guard.settings import Settings
    from pytest_metamorphic_guard.suggesting.ground import Ground
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["Tried", "try_grounds"]

_INPUTS = 200
_FEWEST = 20
_FIRST = 60
_MORE = 2
# So large a share of calls may raise before inputs are left out.
_FEW_RAISE = 0.04
# Of a slow function fewer inputs are drawn: so long may all ideas take.
_IDEAS_S = 15.0
_CALLS_AN_INPUT = 40
_FASTEST_S = 1e-4


class Tried(NamedTuple):
    """A ground with what was answered on it.

    Attributes:
        ground: The ground, told what exceptions are answers and how outputs are compared.
        task: Its task.
        answers: The sample, and what was answered.
        further: Inputs that are not in the sample, on which suggestions have to hold, too.
        known: The names that the code of ideas may use.
    """

    ground: Ground
    task: Task
    answers: Answers
    further: list[tuple[Any, ...]]
    known: dict[str, Any]


def try_grounds(caller: Caller, settings: Settings, grounds: Sequence[Ground]) -> Tried:
    """Choose a ground, draw its sample, and call the baseline with that.

    Args:
        caller: Calls the baseline.
        settings: The options of the run.
        grounds: The grounds, the widest inputs first.

    Raises:
        NothingToSuggest: The baseline cannot be called, or calls do not come back.
        MetamorphicGuardError: The inputs cannot be used.
    """
    names = make_task(grounds[0])[0].inputs.names
    if names is not None:
        order_inputs((caller,), names, lenient=False)
    best = _choose(caller, settings, grounds)
    task, known = make_task(best)
    caller.giving.take_task(task)
    first = answer_all(caller, draw_sample(task, replace(settings, n=_FEWEST)))
    enough = int(_IDEAS_S / _CALLS_AN_INPUT / max(first.seconds, _FASTEST_S))
    count = max(_FEWEST, min(settings.n or _INPUTS, enough))
    answers = answer_all(caller, draw_sample(task, replace(settings, n=count)))
    told = _complete(best, answers)
    if told != best:
        task, known = make_task(told)
    further = _draw_further(task, settings, answers, find_literals([caller.implementation]))
    # From here on no more is drawn: what takes two inputs takes neighbours.
    task.inputs = FixedInputs(answers.inputs or [()], task.inputs.names)
    return Tried(told, task, answers, further, known)


def _choose(caller: Caller, settings: Settings, grounds: Sequence[Ground]) -> Ground:
    """Return the ground on which far fewer calls raise than on wider ones, or the widest."""
    best, fewest = grounds[0], 3.0
    for ground in grounds if len(grounds) > 1 else ():
        task, _ = make_task(ground)
        answers = answer_all(caller, draw_sample(task, replace(settings, n=_FIRST)))
        share = sum(answers.raised.values()) / max(len(answers.outcomes), 1)
        # A few exceptions are answers like others; inputs are left out only where many raise.
        if share < fewest / 2 - _FEW_RAISE:
            best, fewest = ground, share
        if fewest <= _FEW_RAISE:
            break
    return best


def _complete(ground: Ground, answers: Answers) -> Ground:
    """Tell a task what exceptions are answers, and that fractions may differ by rounding."""
    told = dict(ground.words)
    if answers.raised and "raises" not in told:
        quoted = [f'"{name}"' for name in sorted(answers.raised)]
        several = f"({', '.join(quoted)})" if len(quoted) > 1 else quoted[0]
        ground = ground.with_words(raises=several)
    if see_shape(answers.returned).has_floats and "equivalence" not in told:
        ground = ground.with_words(equivalence="approx(rel=1e-9, abs=1e-9)")
    return ground


def _draw_further(
    task: Task, settings: Settings, answers: Answers, literals: Literals
) -> list[tuple[Any, ...]]:
    """Draw inputs with what the code looks for, which suggestions have to stand as well."""
    second = replace(settings, seed=settings.seed + 1, n=len(answers.inputs) * _MORE)
    known = set(map(repr, answers.inputs))
    drawn = draw_sample(task, second, literals=literals)
    return [one for one in drawn if repr(one) not in known]
