"""A search for a violation: inputs that are drawn ahead run in order, up to the first that counts.

Hypothesis tries what it knows to fail before, draws the inputs, and shrinks what violates.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest import SkipTest

import hypothesis
import hypothesis.errors
from hypothesis import Phase
from hypothesis.statistics import note_statistics

from pytest_metamorphic_guard.runner.drawn_ahead import (
    DrawnAhead,
    NotAhead,
    draw_ahead,
    find_own,
    find_seed,
)
from pytest_metamorphic_guard.runner.functions import count_sources, find_examples
from pytest_metamorphic_guard.runner.in_flight import Flights
from pytest_metamorphic_guard.runner.inside_hypothesis import Seeded, run_inside
from pytest_metamorphic_guard.runner.sequences import Mapped
from pytest_metamorphic_guard.runner.shrinking import ShrinkBudget
from pytest_metamorphic_guard.runner.skips import allow_assume
from pytest_metamorphic_guard.runner.sources import to_sources, to_strategy
from pytest_metamorphic_guard.runner.violations import Skipped, Violated

if TYPE_CHECKING:
    from pytest_metamorphic_guard.runner.holders import FindingHolder
    from pytest_metamorphic_guard.runner.run import Run

__all__ = ["Finding"]

# Hypothesis gives up, too, when so many times the inputs that were asked for did not count.
_TRIED_AT_MOST = 10
_KNOWN = (Phase.explicit, Phase.reuse)


@dataclass(slots=True)
class Finding:
    """One search.

    Attributes:
        given: The test of hypothesis, which checks one case; its settings and seed are set here.
        chosen: The settings that count for the entry.
        holder: Has the run, and what is drawn for all entries.
        fixtures: Values of the pytest fixtures that a law asked for.
    """

    given: Any
    chosen: hypothesis.settings
    holder: FindingHolder
    fixtures: dict[str, Any]

    @property
    def _run(self) -> Run:
        return self.holder.run

    def search(self) -> None:
        """Look for a violation.

        Raises:
            Violated: With the smallest input that was found.
            Unusable: Nothing can be concluded.
        """
        __tracebackhide__ = True
        wanted = self.chosen.max_examples - self._try_known()
        counts = self._run.cases, self._run.skipped
        try:
            self._search_ahead(max(wanted, 1))
        except NotAhead:
            _begin_again(self._run, *counts)
            self._call(phases=tuple(p for p in self.chosen.phases if p not in _KNOWN))

    def _try_known(self) -> int:
        """Try declared examples, and what is known to fail; return how many inputs that were."""
        __tracebackhide__ = True
        run, phases = self._run, self.chosen.phases
        examples = len(find_examples(run.task, run.entry)) if Phase.explicit in phases else 0
        if not examples and Phase.reuse not in phases:
            return 0
        self.holder.tried = 0
        # What is known may be refused by now.
        with contextlib.suppress(hypothesis.errors.Unsatisfiable):
            try:
                self._call(phases=tuple(p for p in phases if p is not Phase.generate))
            except SkipTest:
                if self.holder.tried:
                    raise
                # There is nothing known.
        return max(self.holder.tried - examples, 0)

    def _search_ahead(self, wanted: int) -> None:
        """Run inputs until so many took part.

        Raises:
            NotAhead: They have to be drawn one by one.
        """
        __tracebackhide__ = True
        tried = number = 0
        while wanted > 0 and tried < _TRIED_AT_MOST * self.chosen.max_examples:
            asked = self.chosen.max_examples if number == 0 else wanted
            try:
                ahead = self._draw(number, asked)
            except hypothesis.errors.Unsatisfiable:
                if number == 0:
                    raise
                return
            count = min(len(ahead.inputs), wanted)
            wanted -= self._run_through(ahead, count, number, asked)
            if len(ahead.inputs) < asked:
                return  # there are no more
            tried, number = tried + count, number + 1

    def _draw(self, number: int, asked: int) -> DrawnAhead:
        __tracebackhide__ = True
        run = self._run
        task, entry = run.task, run.entry
        own = find_own(entry)
        chosen = hypothesis.settings(self.chosen, max_examples=asked)
        draw = partial(
            draw_ahead,
            run,
            to_strategy(task, count_sources(entry)),
            partial(to_sources, task, entry),
            chosen,
            self._find_seed(number),
            None if own or number else "drawn",
        )
        # What was skipped is made up for, which is an entry's own business.
        ahead = draw() if number else self.holder.drawn.get(run, (own, asked), draw)
        if ahead.statistics is not None:
            note_statistics(dict(ahead.statistics))  # type: ignore[arg-type]
        return ahead

    def _find_seed(self, number: int) -> int | str:
        seed = find_seed(self._run)
        return f"{seed} {number}" if number else seed

    def _run_through(self, ahead: DrawnAhead, count: int, number: int, asked: int) -> int:
        """Run so many inputs and return how many took part.

        Raises:
            Violated: By one of them, or by a smaller one.
            NotAhead: They have to be drawn one by one.
        """
        __tracebackhide__ = True
        run = self._run
        sample = Mapped(partial(to_sources, run.task, run.entry), ahead.inputs, count)
        flights = Flights(run, sample, ahead.name)
        took_part = index = 0

        def check_all() -> None:
            nonlocal took_part, index
            __tracebackhide__ = True
            seeded = flights.seeded = Seeded()
            for index in range(count):
                run.skipped += ahead.refused[index]
                case = flights.take(index)
                seeded.restore()
                try:
                    run.check_case(case)
                except Skipped:
                    continue
                except hypothesis.errors.UnsatisfiedAssumption:
                    run.count_skipped()
                else:
                    took_part += 1

        try:
            with allow_assume():  # in the threads of laws that run side by side
                needs_it = run_inside(check_all)
        except Violated as violated:
            self._shrink(ahead, index, number, asked)
            # Should it come to another end, the violation is reported as it is.
            raise violated from None
        finally:
            flights.stop()
        if needs_it:
            raise NotAhead
        if count == len(ahead.inputs):
            run.skipped += ahead.refused[count]
        return took_part

    def _shrink(self, ahead: DrawnAhead, index: int, number: int, asked: int) -> None:
        """Let hypothesis draw the same inputs again, up to this one, and shrink it."""
        __tracebackhide__ = True
        self.holder.tried, self.holder.passed = 0, ahead.accepted[: ahead.find_draw(index)]
        phases = tuple(p for p in self.chosen.phases if p not in _KNOWN)
        self._call(phases=phases, seed=self._find_seed(number), max_examples=asked)

    def _call(self, *, seed: int | str | None = None, **changes: Any) -> None:
        """Let hypothesis run its test under other settings."""
        __tracebackhide__ = True
        before = self.given._hypothesis_internal_use_seed  # noqa: SLF001
        if seed is not None:
            self.given._hypothesis_internal_use_seed = seed  # noqa: SLF001
        changed = hypothesis.settings(self.chosen, **changes)
        self.given._hypothesis_internal_use_settings = changed  # noqa: SLF001
        try:
            self.given(**self.fixtures)
        finally:
            self.given._hypothesis_internal_use_seed = before  # noqa: SLF001
            self.holder.passed = ()


def _begin_again(run: Run, cases: int, skipped: int) -> None:
    """Forget the cases since there were so many: they are run in another way."""
    run.cases, run.skipped, run.skipped_after = cases, skipped, 0
    run.soft_violations = run.shared_violations = run.differences = 0
    run.difference = run.soft_example = run.undecided = run.first = run.smallest = None
    run.shrinking = ShrinkBudget()
    if run.excuses is not None:
        run.excuses.forget()
    for caller in run.callers:
        caller.forget()
