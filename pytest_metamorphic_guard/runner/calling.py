"""Calls of an implementation through its executor."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.arguments import Call
from pytest_metamorphic_guard.contracts.outcomes import (
    NotCalled,
    Outcome,
    Returned,
    Unavailable,
    find_refusal,
)
from pytest_metamorphic_guard.contracts.refused import Refused, RefusedCounter
from pytest_metamorphic_guard.errors import PluginError
from pytest_metamorphic_guard.runner.answering import find_raised
from pytest_metamorphic_guard.runner.availability import Availability
from pytest_metamorphic_guard.runner.call_errors import CallFailed, NotAvailable, Unusable
from pytest_metamorphic_guard.runner.cases import snapshot
from pytest_metamorphic_guard.runner.giving import Giving
from pytest_metamorphic_guard.runner.offers import use_offer
from pytest_metamorphic_guard.runner.remembering import Remembered
from pytest_metamorphic_guard.runner.requests import Answered, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_metamorphic_guard.contracts.refused import RefusedCalls
    from pytest_metamorphic_guard.loading import LoadedExecutor
    from pytest_metamorphic_guard.relations.raised import ExceptionKind
    from pytest_metamorphic_guard.runner.cases import Case
    from pytest_metamorphic_guard.runner.known_outcomes import SharedOutcomes
    from pytest_metamorphic_guard.runner.pools import Job, Pool
    from pytest_metamorphic_guard.runner.purse import Purse
    from pytest_metamorphic_guard.runner.time_outs import TimeOuts
    from pytest_metamorphic_guard.tasks.implementations import Implementation

__all__ = ["LEAST_CALLS", "Caller"]

# Before so many calls of an implementation nobody knows how long one takes.
LEAST_CALLS = 100
# A call with a source input, and a law's first one, which most often is one.
_FIRST_KINDS = ("source", "call")


@dataclass(slots=True)
class Caller:
    """Calls one implementation, in one role, for one item.

    Attributes:
        role: ``"baseline"`` or ``"candidate"``.
        implementation: What is called.
        loaded: The executor of the role.
        timeout_s: Seconds one call may take, of ``mem_mb`` MiB.
        deadline: `time.monotonic` at which the item itself must end.
        observe: Called with the caller and the outcome after every real execution.
        kind: What the next call is made with, numbered from the second on, or a law's ``call``.
        giving: How the inputs of the task become its arguments.
        executions: Number of executions, with those that another entry has waited for in vain.
        entry: Name of the entry for which it calls.
        time_outs: The source inputs that timed out for entries of the task, or None.
        pending: A call has begun and not ended.
        unusable: Why it could not be called at all, the last time it could not.
        returned: Number of executions that returned, or raised what counts as an answer.
        refused: Number of those that were kept from what they wanted, see ``refused_calls``.
        first_failure: How the first one ended that did not return.
        reseeded: The same under another hash seed, where a monitor asked for it and there is one.
        availability: How many calls the executor could make.
        pool: Keeps several calls under way; None where one call follows another.
        shared: The outcomes of source inputs that entries of the task share, or None.
        purse: What the run may spend; None where nothing is counted.
        not_available: The last call of the case that runs that it could not make.
        answers: Exceptions that count as answers, see `RaisedAnswer`.
        label: What tells calls from others with the same arguments.
        goes_together: Whether calls may be made together, as nobody compares how long they take.
        spent_ms: What all executions took.
    """

    role: str
    implementation: Implementation
    loaded: LoadedExecutor
    timeout_s: float
    mem_mb: int
    deadline: float | None = None
    observe: Callable[[Caller, Outcome], None] | None = None
    kind: str = "source"
    giving: Giving = field(default_factory=Giving)
    executions: int = 0
    entry: str = ""
    time_outs: TimeOuts | None = None
    pending: bool = False
    unusable: CallFailed | None = None
    returned: int = 0
    refused: int = 0
    refused_calls: RefusedCounter = field(default_factory=RefusedCounter)
    first_failure: str = ""
    reseeded: LoadedExecutor | None = None
    availability: Availability = field(default_factory=Availability)
    not_available: CallFailed | None = None
    pool: Pool | None = None
    shared: SharedOutcomes | None = None
    purse: Purse | None = None
    label: str = ""
    goes_together: bool = False
    spent_ms: float = 0.0
    answers: tuple[ExceptionKind, ...] = ()
    _remembered: Remembered | None = field(default=None, repr=False)

    @property
    def packs(self) -> bool:
        """Whether the executor is one that takes arguments packed, and changes none."""
        return self._pack is not None

    @property
    def _pack(self) -> Callable[[tuple[Any, ...]], tuple[Any, ...]] | None:
        can = self.loaded.is_ours and self.giving.is_plain
        return getattr(self.loaded.executor, "pack", None) if can else None

    def call(
        self, args: tuple[Any, ...], *, by_position: bool = False, case: Case | None = None
    ) -> Outcome:
        """Execute once, or repeat the outcome where outcomes are remembered.

        Args:
            args: The inputs in the order of the task.
            by_position: They are in the order of the implementation, as in a law's own call.
            case: Whose arguments they are, where both roles are called with the same ones.

        Raises:
            Unusable: The executor broke its contract, or the function cannot be called at all.
        """
        __tracebackhide__ = True
        key = None
        if self._remembered is not None:
            key = snapshot((self.label, args) if self.label else args)
            known = None if key is None else self._remembered.find(key)
            if known is not None:
                return known
        arranged = args if by_position else self.giving.arrange(args)
        shared = self.shared if case is not None and self.kind == "source" else None
        outcome = None if shared is None or case is None else shared.find(case.identity, self.entry)
        if outcome is not None:
            self.executions += 1
            self._take(outcome)
            return outcome
        job = None if case is None else case.ahead.pop((self.role, self.kind), None)
        if isinstance(job, Answered) and job.payload["success"]:
            outcome = self._conclude(job)
        else:
            outcome = self._call(arranged, self.give(arranged, args, case), job)
        if shared is not None and case is not None:
            shared.add(case.identity, self.entry, outcome)
        if key is not None and self._remembered is not None:
            self._remembered.add(key, outcome)
        return outcome

    def give(
        self, arranged: tuple[Any, ...], args: tuple[Any, ...], case: Case | None
    ) -> tuple[Any, ...]:
        """Return arguments as the executor takes them: packed once for both roles, if it can."""
        if not self.giving.is_plain or type(arranged) is Call:
            return self.giving.direct(arranged, args, self.loaded, self.implementation)
        pack = self._pack if arranged is args else None
        return arranged if pack is None or case is None else case.pack(args, pack)

    def remember(self, calls: list[tuple[tuple[Any, ...], Outcome]]) -> None:
        """From now on repeat outcomes instead of executing again, starting with these calls."""
        self._remembered = self._remembered or Remembered()
        self._remembered.add_all(calls)

    def forget(self) -> None:
        """Execute again from now on."""
        self._remembered = None

    def restart(self) -> bool:
        """Ask the executor to start afresh; False where it does not offer that."""
        done = False
        for loaded in self.all_loaded:
            try:
                offered = use_offer(loaded, "restart")
            except PluginError as error:
                raise Unusable(error) from error
            done = done or (offered and loaded is self.loaded)
        return done

    def withhold(self, files: Mapping[str, str]) -> None:
        """Keep these files from the implementation, each with what it is, if the executor can."""
        for loaded in self.all_loaded:
            use_offer(loaded, "withhold", self.implementation.target, files)

    def warm_up(self) -> None:
        """Let the executor prepare for calls, where it offers that."""
        named = (self.implementation.target, self.implementation.function or "")
        use_offer(self.loaded, "warm_up", *named, self.timeout_s, self.mem_mb)

    @property
    def all_loaded(self) -> list[LoadedExecutor]:
        """Its executor, and the one with another hash seed if there is one."""
        return [self.loaded, *([self.reseeded] if self.reseeded is not None else [])]

    def _conclude(self, job: Answered) -> Outcome:
        """Take the answer of a call that returned, of which no other entry knew before."""
        outcome = job.request.read(job.payload)
        self.availability.note_made()
        self.executions += 1
        self._take(outcome)
        return outcome

    def _call(
        self, args: tuple[Any, ...], given: tuple[Any, ...], job: Job | Answered | None
    ) -> Outcome:
        """Call with ``args``, which the executor is given as ``given``."""
        __tracebackhide__ = True
        time_outs = self.time_outs if self.kind in _FIRST_KINDS else None
        if time_outs is None:
            return self._execute(given, job)
        outcome, is_known = time_outs.ask(
            args,
            self.entry,
            lambda: self._execute(given, job),
            # Taken before the call where a stranger's may change them.
            changes=not self.packs,
            # An item whose time ends shortens its last call.
            keeps=self.deadline is None or time.monotonic() + self.timeout_s <= self.deadline,
        )
        if is_known:
            self.executions += 1
            self._take(outcome)
        return outcome

    def _execute(self, given: tuple[Any, ...], job: Job | Answered | None) -> Outcome:
        __tracebackhide__ = True
        default_s, jobs = getattr(self.loaded.executor, "retry_after_s", None), [job] if job else []
        request = self.make_request(given)
        # Where it has to be asked again, it is asked here.
        outcome = self.availability.ask(
            lambda: self._ask(request, jobs.pop() if jobs else None), default_s, self.deadline
        )
        self.executions += 1
        if isinstance(outcome, Unavailable):
            # Nobody is shown it: it says nothing about the implementation.
            raise self._lose(outcome)
        self._take(outcome)
        if isinstance(outcome, NotCalled):
            self.unusable = self._fail(outcome)
            raise Unusable(self.unusable)
        return outcome

    def _lose(self, outcome: Unavailable) -> Unusable:
        """Return what ends the case or, where there is no hope for another one, the item."""
        self.not_available = self._fail(outcome)
        if self.availability.is_gone:
            said = f"{self.availability.describe()}, and the last ones in a row"
            return Unusable(CallFailed(self._name, said, outcome.error_type, outcome))
        return NotAvailable(self.not_available)

    def take_refused(self) -> tuple[RefusedCalls, ...]:
        """Return what was refused to it since this was last asked."""
        return self.refused_calls.take(self.role, self.implementation.specification)

    def describe_lost(self) -> str:
        """Say in words how many calls could not be made."""
        return self.availability.describe(f" of {self._name}")

    def _fail(self, outcome: NotCalled | Unavailable) -> CallFailed:
        return CallFailed(self._name, outcome.error, outcome.error_type, outcome)

    @property
    def _name(self) -> str:
        name = f"{self.role} {self.implementation.specification}"
        return f"{name} under another hash seed" if self.loaded is self.reseeded else name

    def _ask(self, request: Request, job: Job | Answered | None) -> Outcome:
        __tracebackhide__ = True
        self.pending = True  # and stays so where the item's time ends first
        outcome = request.make() if job is None else request.wait(job)
        self.pending = False
        return outcome

    def make_request(self, given: tuple[Any, ...]) -> Request:
        """Return what asks for a call with arguments that are given in this way."""
        slots = None if self.pool is None else self.pool.slots
        target, limits = self.implementation, (self.timeout_s, self.mem_mb, self.deadline)
        return Request(self.loaded, target, given, *limits, slots, self.purse, self.role)

    def _take(self, outcome: Outcome) -> None:
        self.spent_ms += outcome.duration_ms
        if isinstance(outcome, Returned) or find_raised(outcome, self.answers) is not None:
            self.returned += 1
        else:
            refused = Refused.from_payload(outcome.payload)
            if refused is not None:
                self.refused_calls.add(refused)
            self.refused += find_refusal(outcome) is not None
            self.first_failure = self.first_failure or " ".join(outcome.error.split())
        if self.observe is not None:
            self.observe(self, outcome)
