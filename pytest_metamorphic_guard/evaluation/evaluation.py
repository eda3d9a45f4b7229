"""One run: made from settings, rules and monitors, and asked for one entry at a time.

A pytest item asks for its own entry, a program for all entries of a task.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.errors import ImplementationError
from pytest_metamorphic_guard.evaluation.quota import Sample, Samples
from pytest_metamorphic_guard.evaluation.role_executors import Executors
from pytest_metamorphic_guard.gate.policies import Strict
from pytest_metamorphic_guard.runner.availability import LastAvailability
from pytest_metamorphic_guard.runner.calling import Caller
from pytest_metamorphic_guard.runner.drawn_ahead import DrawnSamples
from pytest_metamorphic_guard.runner.functions import count_sources
from pytest_metamorphic_guard.runner.known_outcomes import RunOutcomes
from pytest_metamorphic_guard.runner.offers import use_offer
from pytest_metamorphic_guard.runner.purse import Purse
from pytest_metamorphic_guard.runner.repeating import plan_repeats
from pytest_metamorphic_guard.runner.run import Run
from pytest_metamorphic_guard.runner.time_outs import TimeOuts
from pytest_metamorphic_guard.settings import DEFAULT_MEM_MB, DEFAULT_TIMEOUT_S
from pytest_metamorphic_guard.tasks.claims import calls_python
from pytest_metamorphic_guard.tasks.declarations import makes_noise

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_metamorphic_guard.evaluation.answer_keeping import AnswerKeeper
    from pytest_metamorphic_guard.evaluation.known.covering import KnownViolations
    from pytest_metamorphic_guard.gate.rules import Rules
    from pytest_metamorphic_guard.runner.sample_run import Measuring
    from pytest_metamorphic_guard.runner.tuples import SourceCases
    from pytest_metamorphic_guard.settings import Settings
    from pytest_metamorphic_guard.tasks import Entry, Task
    from pytest_metamorphic_guard.tasks.implementations import Implementation
    from pytest_metamorphic_guard.watch.setting_up import LoadedMonitor

__all__ = ["Evaluation"]


class Evaluation:
    """Owns what the entries of a run share: executors, samples, and what timed out.

    Args:
        settings: The options.
        rules: What the gate judges by.
        monitors: What watches the calls.
        worker: The name of this process among several of one run; empty where it is alone.
        replays: Whether the inputs are those of an earlier report instead of a sample.
        known: Known violations; None for none.
    """

    def __init__(  # noqa: PLR0913 - all that a run is made of
        self,
        settings: Settings,
        rules: Rules,
        monitors: Sequence[LoadedMonitor],
        *,
        worker: str = "",
        replays: bool = False,
        known: KnownViolations | None = None,
    ) -> None:
        self.settings = settings
        self.known = known
        self.rules = rules
        self.samples = Samples(settings, rules)
        self.purse = Purse(_share_budget(settings.budget_usd, worker))
        self.drawn = DrawnSamples()
        self.outcomes = RunOutcomes()
        self.answers: AnswerKeeper | None = None
        is_timed = any(monitor.compares_durations for monitor in monitors)
        self._goes_together = not is_timed
        self.executors = Executors(
            settings=settings,
            repeats=plan_repeats(monitors, settings.seed),
            timed=settings.shares_executor and is_timed,
            worker=worker,
        )
        self._availability = LastAvailability()
        self._watched = bool(monitors)
        self._replays = replays
        self._time_outs: dict[tuple[str, str, int], TimeOuts] = {}
        self._withheld: dict[str, dict[str, str]] = {}
        self._set_ups: dict[tuple[str, str], dict[str, None]] = {}

    def forget_shared(self) -> None:
        """Keep nothing that only entries share: none follows, and what is kept costs time."""
        self.drawn.forget()
        self.outcomes.forget()

    def make_caller(
        self, role: str, implementation: Implementation, task: Task | None = None, entry: str = ""
    ) -> Caller:
        """Return what calls an implementation in a role, with the limits of a task."""
        settings, time_outs, shared = self.settings, None, None
        mem_mb = settings.mem_mb
        if task is not None:
            key = (role, implementation.specification, id(task))
            time_outs = self._time_outs.setdefault(key, TimeOuts())
            shared = self.outcomes.get(role, implementation.specification, task)
            mem_mb = task.mem_mb if mem_mb is None else mem_mb
        make: Callable[..., Caller] = Caller
        if role == "baseline" and self.answers is not None and task is not None:
            make = self.answers.make_maker(task, implementation)
        caller = make(
            time_outs=time_outs,
            shared=shared,
            purse=self.purse,
            goes_together=self._goes_together,
            availability=self._availability.begin(role, implementation.specification),
            pool=self.executors.get_pool(role, implementation) if task is not None else None,
            entry=entry,
            role=role,
            implementation=implementation,
            loaded=self.executors.get(role, implementation),
            reseeded=self.executors.get_reseeded(role, implementation)
            if task is not None
            else None,
            timeout_s=settings.timeout_s or (task.timeout_s if task else None) or DEFAULT_TIMEOUT_S,
            mem_mb=DEFAULT_MEM_MB if mem_mb is None else mem_mb,
        )
        if task is not None and task.setup is not None:
            self._set_up(caller, task)
        if role == "candidate" and settings.gate:
            # Not loaded for a run that decides nothing, which starts sooner.
            from pytest_metamorphic_guard.evaluation.borrowing import find_withheld

            target = implementation.target
            if target not in self._withheld:
                self._withheld[target] = find_withheld(implementation, settings)
            caller.withhold(self._withheld[target])
        return caller

    def _set_up(self, caller: Caller, task: Task) -> None:
        """Have a function of the implementation called once in each of its processes.

        Raises:
            ImplementationError: Its executor calls Python, and does not do this.
        """
        target = caller.implementation.target
        known = self._set_ups.setdefault((caller.role, target), {})
        known[task.setup or ""] = None
        does = [use_offer(one, "set_up", target, tuple(known)) for one in caller.all_loaded]
        executor = caller.loaded.identity.name
        if not all(does) and calls_python(executor):
            said = f"the executor {executor!r} calls no setup={task.setup!r}"
            raise ImplementationError(caller.implementation.specification, said)

    def make_run(  # noqa: PLR0913 - all that tells one item from others
        self,
        task: Task,
        entry: Entry,
        candidate: Implementation,
        baseline: Implementation | None,
        *,
        where: str = "",
        variant: str = "",
    ) -> Run:
        """Return the run of one entry for one candidate; see `make_measuring`."""
        before = excuses = None
        if self.known is not None:
            excuses = self.known.select(task, entry, candidate, where=where, variant=variant)
        if baseline is not None:
            before = self.make_caller("baseline", baseline, task, entry.name)
        run = Run(
            task=task,
            entry=entry,
            settings=self.settings,
            candidate=self.make_caller("candidate", candidate, task, entry.name),
            baseline=before,
            excuses=excuses,
        )
        for caller in run.callers:
            # Its process is up when the inputs are drawn.
            start = getattr(caller.loaded.executor, "start_ahead", None)
            if start is not None and caller.loaded.is_ours:
                start()
        return run

    def make_measuring(  # one of its lines per word of the measuring
        self,
        run: Run,
        position: int = 0,
        *,
        where: str = "",
        variant: str = "",
        replayed: list[tuple[tuple[Any, ...], ...]] | None = None,
    ) -> Measuring:
        """Return what runs the whole sample of an entry.

        Args:
            run: The entry's run.
            position: Number of the candidate among the task's candidates.
            where: What tells the task from others of its name.
            variant: The parameters of the item apart from its candidate.
            replayed: The inputs to run instead of a sample.

        Raises:
            Unusable: The task's inputs cannot be read.
        """
        # Not loaded for a run that measures nothing, which starts sooner.
        from pytest_metamorphic_guard.runner.sample_run import Measuring
        from pytest_metamorphic_guard.runner.sequences import Mapped

        task, entry = run.task, run.entry
        sample, cases, examples = self._find_cases(run, replayed)
        minimum = self._find_min_pass_rate(task, entry)
        by_rates = self._is_judged_by_rates(run)
        # What is allowed to fail at some rate may fail on any input.
        is_weighed = minimum is not None or by_rates or makes_noise(entry.subject)
        searches = not is_weighed and replayed is None and _has_room(run)
        paired = run.baseline is not None
        searched = self.samples.search(task, run.literals, paired=paired) if searches else []
        return Measuring(
            run=run,
            sample=cases.sources,
            overlap=cases.overlap,
            first_look=sample.first_look,
            available=sample.available,
            examples=examples,
            searched=Mapped(lambda source: (source,), searched),
            position=position,
            where=where,
            variant=variant,
            min_pass_rate=minimum,
            judged_elsewhere=by_rates,
            repeats=self.executors.repeats,
            watched=self._watched,
            timed=self.executors.timed,
            searches=not self._replays,
        )

    def is_measured(self, entry: Entry, task: Task) -> bool:
        """Tell whether an entry runs its whole sample."""
        return (
            self.settings.measures
            or self._replays
            or self._watched
            or makes_noise(entry.subject)
            or self._find_min_pass_rate(task, entry) is not None
        )

    def _find_cases(
        self, run: Run, replayed: list[tuple[tuple[Any, ...], ...]] | None
    ) -> tuple[Sample, SourceCases, Sequence[tuple[tuple[Any, ...], ...]]]:
        """Return a sample, the cases that an entry makes of it, and the entry's examples."""
        # Not loaded for a run that measures nothing, which starts sooner.
        from pytest_metamorphic_guard.runner.examples import list_examples
        from pytest_metamorphic_guard.runner.tuples import SourceCases, gather_sources

        if replayed is not None:
            # Examples that were violated are among the replayed inputs.
            return Sample(inputs=[], settings=self.settings), SourceCases(replayed), []
        sample = self.samples.get(run.task, paired=run.baseline is not None)
        cases = gather_sources(run.task, run.entry, sample.settings, sample.inputs)
        # Of what answers at random one input says nothing.
        noisy = makes_noise(run.entry.subject)
        return sample, cases, [] if noisy else list_examples(run.task, run.entry)

    def _is_judged_by_rates(self, run: Run) -> bool:
        return (
            self.settings.gate
            and not self._replays
            and run.baseline is not None
            and not isinstance(self.rules.find_policy(run.task.name), Strict)
        )

    def _find_min_pass_rate(self, task: Task, entry: Entry) -> float | None:
        return self.rules.find_declared_rate(
            task.name, entry.name, own=entry.subject.min_pass_rate, whole=task.min_pass_rate
        )


def _share_budget(budget_usd: float | None, worker: str) -> float | None:
    """Return what a process may spend: of several each has its share."""
    count = os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1") if worker else "1"
    return None if budget_usd is None else budget_usd / int(count)


def _has_room(run: Run) -> bool:
    """Tell whether inputs can be tried beside the sample: a recorded baseline answers no others."""
    is_recorded = run.baseline is not None and run.baseline.implementation.claim == "recorded"
    return not is_recorded and count_sources(run.entry) == 1
