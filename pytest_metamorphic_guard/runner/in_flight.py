"""Calls of a sample that are under way while earlier ones are judged.

The inputs and follow-up inputs of relations and properties are known before any output. What is
concluded is taken from the calls in the order of the inputs, so it depends on no other order.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.runner.ahead import call_ahead
from pytest_metamorphic_guard.runner.calling import LEAST_CALLS
from pytest_metamorphic_guard.runner.cases import Case, Plan
from pytest_metamorphic_guard.runner.followups import applies, find_followups, sees_output
from pytest_metamorphic_guard.runner.solving import number_kind
from pytest_metamorphic_guard.tasks.declarations import Law, MetamorphicRelation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from typing import Any

    from pytest_metamorphic_guard.runner.calling import Caller
    from pytest_metamorphic_guard.runner.inside_hypothesis import Seeded
    from pytest_metamorphic_guard.runner.laws_aside import LawAside
    from pytest_metamorphic_guard.runner.pools import Job
    from pytest_metamorphic_guard.runner.run import Run

__all__ = ["Flights"]

# Inputs that wait for their turn hold memory: so many at most, and so many bytes.
_MOST_BYTES = 64 << 20
# More than this does not fit into a pipe at once.
_MOST_TOGETHER_BYTES = 32 << 10
# Cases of later calls are made for so long while others are called; where they took longer several
# times, which a pause of this host does once, no more.
_MOST_READY_S = 0.01
_MOST_OVERRUNS = 3
# Cases after calls that were not worth making together, before that is tried again.
_FIRST_PAUSE = 32
# Bodies of laws whose calls are ended get so long to end themselves.
_END_WITHIN_S = 1.0


@dataclass(slots=True)
class Flights:
    """The cases of a sample, with their calls begun before their turn.

    Attributes:
        run: The item's run.
        sample: The source inputs of every case, in order.
        name: What tells these inputs from others that the entries of the task share; None where
            the entry has them alone, as in a replay.
        seeded: Brings global generators to where they are before each case; None leaves them.
        then: What runs after these if nothing comes between: begun while the last ones are awaited.
    """

    run: Run
    sample: Sequence[tuple[tuple[Any, ...], ...]]
    name: str | None = "sample"
    seeded: Seeded | None = None
    then: Flights | None = None
    _cases: dict[int, Case] = field(default_factory=dict)
    _ready: dict[int, Case] = field(default_factory=dict)
    _under_way: deque[Job | LawAside] = field(default_factory=deque)
    _bodies: list[LawAside] = field(default_factory=list)
    _next: int = 0
    _alone_until: int = 0
    _pause: int = _FIRST_PAUSE
    _overruns: int = 0
    _bytes: int = 0

    @property
    def _most(self) -> int:
        """Number of calls that are begun before their turn; 0 for none."""
        subject = self.run.entry.subject
        if isinstance(subject, Law) and not subject.parallel:
            return 0  # it calls as it goes along
        most = 0
        for caller in self.run.callers:
            if caller.purse is not None and caller.purse.is_spent:
                return 0
            if caller.pool is not None:
                most += caller.pool.ahead
        return most

    def take(self, index: int) -> Case:
        """Return the case with this number, and begin calls of those that follow."""
        most, own = self._most, self.run.settings.list_share(len(self.sample))
        self._next = max(self._next, index)
        self._begin_while_room(most, index)
        if self.then is not None and self._next == len(self.sample):
            self.then.begin_behind(self)
        if not most and index not in self._cases:
            self._call_together(own, index)
        case = self._cases.pop(index, None)
        if case is None:
            case = self._ready.pop(index, None) or self._make(index)
        elif case.plan is not None:
            self._bytes -= len(case.key or b"")
        if self.seeded is not None and case.plan is None:
            self._plan(case)  # at the same point, however many calls are under way
        return case

    def begin_behind(self, others: Flights) -> None:
        """Begin the first calls as long as those of others leave room for them."""
        self._begin_while_room(self._most - others.count_waiting(), 0)

    def stop(self) -> None:
        """Forget what was begun: nobody asks for it any more."""
        for body in self._bodies:
            body.stop()
        pools = [caller.pool for caller in self.run.callers if caller.pool is not None]
        ends = self.count_waiting() > 0 or any(pool.is_lost for pool in pools)
        for pool in pools:
            # All calls of a pool end, whoever began them.
            pool.stop() if ends else pool.forget_ended()
        if ends and self.then is not None:
            self.then.stop()
        until = time.monotonic() + _END_WITHIN_S
        for body in self._bodies:
            body.wait(max(until - time.monotonic(), 0.0))
        self._bodies.clear()
        self._cases.clear()
        self._ready.clear()
        self._under_way.clear()
        self._next, self._bytes = 0, 0

    def _call_together(self, own: Collection[int], index: int) -> None:
        """Make the calls of this case and of the next ones together, where that is worth it."""
        # A run of few calls makes none together, and starts sooner.
        if index < self._alone_until or self.run.candidate.executions < LEAST_CALLS:
            return
        from pytest_metamorphic_guard.runner.together import call_together, count_together

        last = min(index + count_together(self.run), len(self.sample))
        for number in range(index, last):
            if number not in own:
                continue
            case = self._cases[number] = self._make_ready(number)
            self._bytes += len(case.key or b"") if case.plan is not None else 0
            if self._bytes > _MOST_TOGETHER_BYTES:
                break
        cases = [*self._cases.values()]
        if len(cases) < 2:  # noqa: PLR2004 - one alone is no several
            return
        following = range(number + 1, min(number + 1 + len(cases), len(self.sample)))
        if not call_together(self.run, cases, partial(self._get_ready, own, following)):
            # It may have been this host that had other things to do.
            self._alone_until = index + len(cases) + self._pause
            self._pause *= 2

    def _get_ready(self, own: Collection[int], numbers: Iterable[int]) -> None:
        """Make cases for later, while others are called."""
        size, until = 0, time.monotonic() + _MOST_READY_S
        for number in numbers:
            # A call that takes too long must not be seen later for what takes long here.
            self._overruns += time.monotonic() > until
            if self._overruns > _MOST_OVERRUNS or time.monotonic() > until:
                break
            if number not in own:
                continue
            case = self._ready[number] = self._make_ready(number)
            size += len(case.key or b"")
            if size > _MOST_TOGETHER_BYTES:
                break

    def _make_ready(self, index: int) -> Case:
        case = self._ready.pop(index, None)
        if case is None:
            case = self._make(index)
            self._plan(case)
        return case

    def count_waiting(self) -> int:
        """Return how many calls are begun and have not ended."""
        while self._under_way and self._under_way[0].future.done():
            self._under_way.popleft()
        return sum(not job.future.done() for job in self._under_way)

    def _begin_while_room(self, most: int, index: int) -> None:
        own = self.run.settings.list_share(len(self.sample))
        while most > 0 and self._next < len(self.sample) and self._has_room(most, index):
            if self._next in own:
                self._begin(self._next)
            self._next += 1

    def _has_room(self, most: int, index: int) -> bool:
        ahead = self._next - index
        if ahead == 0:
            return True
        return ahead <= 4 * most and self._bytes < _MOST_BYTES and self.count_waiting() < most

    def _make(self, index: int) -> Case:
        sources = self.sample[index]
        is_law = isinstance(self.run.entry.subject, Law)
        shares = self.name is not None and not is_law and len(sources) == 1
        name = f"{self.name} {index}" if shares else None
        return Case(sources, name, partial(self.sample.__getitem__, index))

    def _begin(self, index: int) -> None:
        run, case = self.run, self._make(index)
        self._cases[index] = case
        self._plan(case)
        if case.plan is None:
            return
        self._bytes += len(case.key or b"")
        is_relation = isinstance(run.entry.subject, MetamorphicRelation)
        needs_followup = is_relation and not sees_output(run.entry)
        if not case.plan.applies or (needs_followup and not case.plan.followups):
            return
        for caller in run.order_callers(case):
            if isinstance(run.entry.subject, Law):
                self._begin_law(case, caller)
                continue
            sources = case.sources if caller.packs else case.copy()
            for kind, inputs in (("source", sources), ("followup", case.plan.followups)):
                for number, args in enumerate(inputs):
                    job = call_ahead(caller, number_kind(kind, number), args, case)
                    if job is not None:
                        self._under_way.append(job)

    def _begin_law(self, case: Case, caller: Caller) -> None:
        if caller.pool is None:
            return
        # Not loaded for laws whose cases run in order, for a run that starts sooner.
        from pytest_metamorphic_guard.runner.laws_aside import LawAside

        body = LawAside(self.run, case, caller)
        case.aside[caller.role] = body.conclude
        self._under_way.append(body)
        self._bodies = [*(one for one in self._bodies if not one.future.done()), body]

    def _plan(self, case: Case) -> None:
        run = self.run
        if self.seeded is not None:
            self.seeded.restore()
        try:
            if not applies(run.task, run.entry, case):
                case.plan = Plan(applies=False)
            else:
                followups = find_followups(run.task, run.entry, case, run.settings.seed)
                # What is made of outputs is known when the source calls have ended.
                known = () if callable(followups) else followups
                case.plan = Plan(applies=True, followups=known)
        except BaseException as error:
            if not isinstance(error, Exception) and not hasattr(error, "error"):
                raise  # Ctrl-C, or the item's time is over
            # It is raised again when it is the turn of this case.
