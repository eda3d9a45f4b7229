"""The samples of a run: how many inputs each task gets, drawn once for all of its items."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_metamorphic_guard.errors import MetamorphicGuardError
from pytest_metamorphic_guard.gate.policies import Strict, correct_policy
from pytest_metamorphic_guard.runner.listing import count_cases, find_default_count
from pytest_metamorphic_guard.tasks.inputs import FixedInputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.gate.rules import Rules
    from pytest_metamorphic_guard.runner.literals import Literals
    from pytest_metamorphic_guard.settings import Settings
    from pytest_metamorphic_guard.tasks import Task

__all__ = ["Sample", "Samples", "UndrawnError"]


class UndrawnError(MetamorphicGuardError):
    """A task of which no inputs can be drawn: its strategy raises, or finds none.

    Args:
        fault: What it raises.
    """

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault

    def __str__(self) -> str:
        return f"no inputs can be drawn: {self.fault}"


class Sample(NamedTuple):
    """The sample of one task.

    Attributes:
        inputs: The argument tuples, in the order in which they run.
        settings: The options under which they were drawn.
        first_look: Number of inputs that were asked for, where the run may go on beyond them.
        available: Number of distinct inputs that exist; None where there is no end of them.
    """

    inputs: Sequence[tuple[Any, ...]]
    settings: Settings
    first_look: int | None = None
    available: int | None = None


class Samples:
    """Draws the sample of every task, once.

    Where a margin is to be kept, a sample has at least as many inputs as any candidate needs to be
    adopted; where it may be extended it has as many as the run may come to.

    Args:
        settings: The options.
        rules: What the gate judges by.
    """

    def __init__(self, settings: Settings, rules: Rules) -> None:
        self._settings = settings
        self._rules = rules
        self._drawn: dict[tuple[int, bool], Sample] = {}
        self._searched: dict[tuple[int, bool, Literals], Sequence[tuple[Any, ...]]] = {}

    def get(self, task: Task, *, paired: bool) -> Sample:
        """Return the sample of a task; ``paired`` says that there is a baseline.

        Raises:
            Unusable: The task's inputs cannot be read.
        """
        key = (id(task), paired)
        if key not in self._drawn:
            self._drawn[key] = self._draw(task, paired=paired)
        return self._drawn[key]

    def get_inputs(self, task: Task, *, paired: bool) -> Sequence[tuple[Any, ...]]:
        """Return the inputs of a sample beside the items, of which each says what is wrong itself.

        Raises:
            Unusable: As `get`.
            UndrawnError: The user's strategy raises.
        """
        try:
            return self.get(task, paired=paired).inputs
        except MetamorphicGuardError:
            raise
        except Exception as error:
            raise UndrawnError(f"{type(error).__name__}: {error}") from error

    def search(self, task: Task, literals: Literals, *, paired: bool) -> Sequence[tuple[Any, ...]]:
        """Return inputs that are tried beside the sample of a task, to find more.

        Args:
            task: The task.
            literals: Those of the code under test.
            paired: Which sample of the task: that for a comparison with a baseline, or without.

        Raises:
            Unusable: The task's inputs cannot be read.
        """
        key = (id(task), paired, literals)
        if key not in self._searched:
            # Not loaded for a run that measures nothing, which starts sooner.
            from pytest_metamorphic_guard.runner.sampling import draw_searched

            sample = self.get(task, paired=paired).inputs
            self._searched[key] = draw_searched(task, self._settings, literals, sample)
        return self._searched[key]

    def describe(self) -> str | None:
        """Return what can be expected of the run, in a line; None where no margin is to be kept."""
        if not self._settings.gate or not self._settings.baselines:
            return None
        # Not loaded for a run that decides nothing, which starts sooner.
        from pytest_metamorphic_guard.gate.planning import find_fewest_inputs, plan_run

        policy = correct_policy(self._rules.policy, len(self._settings.candidates))
        asked = self._settings.n or find_default_count()
        fewest = find_fewest_inputs(policy, looks=self._rules.looks)
        extended = self._rules.extend
        if extended is not None and extended > asked:
            plan = plan_run(policy, asked, looks=True)
            return None if plan is None else f"{plan}; goes on to {extended} until it is decided"
        plan = plan_run(policy, max(asked, fewest), looks=self._rules.looks)
        if plan is None:
            return None
        if asked >= fewest:
            return str(plan)
        return f"{plan}; n={asked} is raised to {fewest}: with fewer no candidate can be adopted"

    def _draw(self, task: Task, *, paired: bool) -> Sample:
        settings, rules = self._settings, self._rules
        asked = count_cases(task, settings)
        policy = rules.find_policy(task.name)
        least, most = asked, asked
        if settings.gate and paired and not isinstance(policy, Strict):
            # Not loaded for a run that decides nothing, which starts sooner.
            from pytest_metamorphic_guard.gate.planning import find_fewest_inputs

            candidates = len(settings.find_candidates(task.name, task.function))
            policy = correct_policy(policy, candidates)
            most = max(find_fewest_inputs(policy, looks=rules.looks), rules.extend or 0, asked)
            least = asked if rules.extend is not None else most
        if most > asked:
            settings = replace(settings, n=most)
        # As above.
        from pytest_metamorphic_guard.runner.sampling import draw_sample

        inputs = draw_sample(task, settings, stops_early=rules.looks)
        available = len(inputs) if len(inputs) < most else None
        if isinstance(task.inputs, FixedInputs):
            available = len(task.inputs.cases)
        return Sample(
            inputs=inputs,
            settings=settings,
            first_look=least if most > least and len(inputs) > least else None,
            available=available,
        )
