"""Whether an entry holds for what answers calls: an implementation, or what pretends to be one."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_metamorphic_guard.contracts.outcomes import Returned
from pytest_metamorphic_guard.errors import MetamorphicGuardError
from pytest_metamorphic_guard.runner.call_errors import Unusable
from pytest_metamorphic_guard.runner.calling import Caller
from pytest_metamorphic_guard.runner.cases import Case
from pytest_metamorphic_guard.runner.examples import try_case
from pytest_metamorphic_guard.runner.functions import count_sources
from pytest_metamorphic_guard.runner.run import Run
from pytest_metamorphic_guard.runner.skips import allow_assume
from pytest_metamorphic_guard.tasks.declarations import MetamorphicRelation, Property

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_metamorphic_guard.contracts.outcomes import Outcome
    from pytest_metamorphic_guard.runner.case_results import CaseResult
    from pytest_metamorphic_guard.settings import Settings
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["Observed", "Pretender", "answer_at_random", "try_entry"]


class Observed(NamedTuple):
    """What became of an entry on some inputs.

    Attributes:
        held: On how many it held, and said something.
        violated: On how many it did not hold.
        idle: On how many it said nothing: a precondition refused them, or the calls were all the
            same one.
        fault: Why it cannot be judged at all; empty where it can.
    """

    held: int = 0
    violated: int = 0
    idle: int = 0
    fault: str = ""

    @property
    def rate(self) -> float:
        """The share of the inputs on which it held, of those on which it said something."""
        return self.held / (self.held + self.violated) if self.held or self.violated else 0.0


class Pretender(Caller):
    """Answers calls by itself, where nobody need be called.

    Attributes:
        answer: Takes the arguments, and what tells calls of different functions apart.
    """

    answer: Callable[[tuple[Any, ...], str], Outcome]

    def call(
        self, args: tuple[Any, ...], *, by_position: bool = False, case: Case | None = None
    ) -> Outcome:
        """Answer, as if the call had been made."""
        del by_position, case
        return self.answer(args, self.label)

    @classmethod
    def like(cls, caller: Caller, answer: Callable[[tuple[Any, ...], str], Outcome]) -> Pretender:
        """Return one that stands in the place of a caller."""
        made = cls(caller.role, caller.implementation, caller.loaded, 1.0, 0)
        made.answer = answer
        return made


def answer_at_random(
    outcomes: Sequence[Outcome], seed: int
) -> Callable[[tuple[Any, ...], str], Outcome]:
    """Return a function that answers each call with an outcome of another, the same every time."""

    def answer(args: tuple[Any, ...], label: str) -> Outcome:
        return random.Random(f"{seed} {label} {args!r}").choice(outcomes)  # noqa: S311 - no secret

    return answer


def try_entry(  # noqa: PLR0913 - a trial is what all of these together say
    task: Task,
    entry: Entry,
    settings: Settings,
    caller: Caller,
    sample: Sequence[tuple[Any, ...]],
    *,
    to_end: bool = False,
) -> Observed:
    """Try an entry on inputs.

    Args:
        task: The task.
        entry: One of its entries.
        settings: The options of the run.
        caller: What answers.
        sample: The inputs.
        to_end: Go on after the first violation.
    """
    count, size = count_sources(entry), len(sample)
    held = violated = idle = 0
    try:
        run = Run(task=task, entry=entry, settings=settings, candidate=caller)
        with allow_assume():
            for index in range(size):
                sources = tuple(sample[(index + further) % size] for further in range(count))
                results = try_case(run, Case(sources))
                if results is None or results[0].skip is not None:
                    idle += 1
                elif results[0].fault is not None:
                    violated += 1
                    if not to_end:
                        break
                elif _says_something(entry, results[0]):
                    held += 1
                else:
                    idle += 1
    except (MetamorphicGuardError, Unusable) as error:
        return Observed(held, violated, idle, str(error) or type(error).__name__)
    return Observed(held, violated, idle)


def _says_something(entry: Entry, result: CaseResult) -> bool:
    """Tell whether a case could have been violated: one call says nothing about itself."""
    if isinstance(entry.subject, Property):
        return all(isinstance(source.outcome, Returned) for source in result.sources)
    executions = result.executions
    if not any(isinstance(execution.outcome, Returned) for execution in executions):
        return False
    if isinstance(entry.subject, MetamorphicRelation):
        known = {repr(source.args) for source in result.sources}
        return any(repr(followup.args) not in known for followup in result.followups)
    return len({repr(execution.args) for execution in executions}) > 1
