"""Calls of an implementation through its executor."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.outcomes import (
    NotCalled,
    Outcome,
    Returned,
    TimedOut,
    Unavailable,
    find_refusal,
    to_outcome,
)
from pytest_metamorphic_guard.contracts.refused import Refused, RefusedCounter
from pytest_metamorphic_guard.errors import PluginError
from pytest_metamorphic_guard.runner.availability import Availability
from pytest_metamorphic_guard.runner.call_errors import CallFailed, NotAvailable, Unusable
from pytest_metamorphic_guard.runner.cases import snapshot
from pytest_metamorphic_guard.runner.offers import explain_broken, explain_overdue, use_offer
from pytest_metamorphic_guard.runner.remembering import Remembered
from pytest_metamorphic_guard.runner.watchdog import Overdue, guard_call
from pytest_metamorphic_guard.values.wire.settling import settle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pytest_metamorphic_guard.contracts.refused import RefusedCalls
    from pytest_metamorphic_guard.loading import LoadedExecutor
    from pytest_metamorphic_guard.runner.cases import Case
    from pytest_metamorphic_guard.runner.time_outs import TimeOuts
    from pytest_metamorphic_guard.tasks.implementations import Implementation

__all__ = ["Caller"]

# The signal that ends an item comes first, or its last call would look like a violation.
_GRACE_S = 0.25
# A call with a source input, and a law's first one, which most often is one.
_FIRST_KINDS = ("source", "call")
# How long past its limit a stranger's executor may take before the item ends without it.
OVERDUE_AFTER_S = 5.0


@dataclass(slots=True)
class Caller:
    """Calls one implementation, in one role, for one item.

    Attributes:
        role: ``"baseline"`` or ``"candidate"``.
        implementation: What is called.
        loaded: The executor of the role.
        timeout_s: Seconds one call may take.
        mem_mb: MiB one call may use.
        deadline: `time.monotonic` at which the item itself must end.
        observe: Called with the caller and the outcome after every real execution.
        kind: What the next call is made with: ``source``, ``followup``, or ``call`` for a law's,
            numbered from the second on.
        order: Positions of the task's named inputs in the order in which this implementation takes
            them; None for the order that they have.
        executions: Number of executions, with those that another entry has waited for in vain.
        entry: Name of the entry for which it calls.
        time_outs: The calls with source inputs that timed out for entries of the task; None where
            every call is made.
        pending: A call has begun and not ended.
        unusable: Why the implementation could not be called at all, the last time it could not.
        returned: Number of executions that returned.
        refused: Number of those that never ran, or that a sandbox kept from what they wanted.
        refused_calls: What a sandbox kept them from.
        first_failure: How the first one ended that did not return.
        reseeded: The same under another hash seed, where a monitor asked for it and there is one.
        availability: How many calls the executor could make.
        not_available: The last call that it could not make, in the case that runs.
    """

    role: str
    implementation: Implementation
    loaded: LoadedExecutor
    timeout_s: float
    mem_mb: int
    deadline: float | None = None
    observe: Callable[[Caller, Outcome], None] | None = None
    kind: str = "source"
    order: tuple[int, ...] | None = None
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
    _remembered: Remembered | None = field(default=None, repr=False)

    @property
    def packs(self) -> bool:
        """Whether the executor is one that takes arguments packed, and changes none."""
        return self._pack is not None

    @property
    def _pack(self) -> Callable[[tuple[Any, ...]], tuple[Any, ...]] | None:
        return getattr(self.loaded.executor, "pack", None) if self.loaded.is_ours else None

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
            key = snapshot(args)
            known = None if key is None else self._remembered.find(key)
            if known is not None:
                return known
        arranged = args if by_position else self._arrange(args)
        pack = None if case is None or arranged is not args else self._pack
        if case is None or pack is None:
            outcome = self._call(arranged, arranged)
        else:
            outcome = self._call(args, case.pack(args, pack))
        if key is not None and self._remembered is not None:
            self._remembered.add(key, outcome)
        return outcome

    @contextlib.contextmanager
    def calling_again(self) -> Iterator[None]:
        """Make every call in the block, whatever is known of its time-out."""
        known, self.time_outs = self.time_outs, None
        try:
            yield
        finally:
            self.time_outs = known

    @contextlib.contextmanager
    def calling_reseeded(self) -> Iterator[None]:
        """Make every call in the block under the other hash seed, which there must be."""
        assert self.reseeded is not None
        own, self.loaded = self.loaded, self.reseeded
        try:
            yield
        finally:
            self.loaded = own

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
        for loaded in self._all_loaded:
            try:
                offered = use_offer(loaded, "restart")
            except PluginError as error:
                raise Unusable(error) from error
            done = done or (offered and loaded is self.loaded)
        return done

    def withhold(self, files: Mapping[str, str]) -> None:
        """Keep these files from the implementation, each with what it is, if the executor can."""
        for loaded in self._all_loaded:
            use_offer(loaded, "withhold", self.implementation.target, files)

    def warm_up(self) -> None:
        """Let the executor prepare for calls, where it offers that."""
        target = self.implementation
        named = (target.target, target.function or "")
        use_offer(self.loaded, "warm_up", *named, self.timeout_s, self.mem_mb)

    @property
    def _all_loaded(self) -> list[LoadedExecutor]:
        return [self.loaded, *([self.reseeded] if self.reseeded is not None else [])]

    def _arrange(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        return args if self.order is None else tuple(args[index] for index in self.order)

    def _call(self, args: tuple[Any, ...], given: tuple[Any, ...]) -> Outcome:
        """Call with ``args``, which the executor is given as ``given``."""
        __tracebackhide__ = True
        time_outs = self.time_outs if self.kind in _FIRST_KINDS else None
        if time_outs is None:
            return self._execute(given)
        # Taken before the call where a stranger's may change them, or where others are known.
        is_early = bool(time_outs) or not self.packs
        key = snapshot(args) if is_early else None
        known = None if key is None else time_outs.find(key, self.entry)
        if known is not None:
            self.executions += 1
            self._take(known)
            return known
        # An item whose time ends shortens its last call.
        is_whole = self.deadline is None or time.monotonic() + self.timeout_s <= self.deadline
        outcome = self._execute(given)
        if isinstance(outcome, TimedOut) and is_whole:
            key = key if is_early else snapshot(args)
            if key is not None:
                time_outs.add(key, self.entry, outcome)
        return outcome

    def _execute(self, args: tuple[Any, ...]) -> Outcome:
        __tracebackhide__ = True
        default_s = getattr(self.loaded.executor, "retry_after_s", None)
        outcome = self.availability.ask(lambda: self._ask(args), default_s, self.deadline)
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

    def _ask(self, args: tuple[Any, ...]) -> Outcome:
        __tracebackhide__ = True
        timeout_s = self.timeout_s
        if self.deadline is not None:
            left_s = self.deadline - time.monotonic()
            timeout_s = max(0.01, min(timeout_s, left_s + _GRACE_S))
        target = self.implementation
        self.pending = True  # and stays so where the item's time ends first
        overdue_s = timeout_s + OVERDUE_AFTER_S
        # Ours kill what overruns; a stranger's may hang, and nobody else would ever end it.
        watched = contextlib.nullcontext() if self.loaded.is_ours else guard_call(overdue_s)
        try:
            with watched:
                payload = self.loaded.executor.execute(
                    target.target, target.function or "", args, timeout_s, self.mem_mb
                )
        except Overdue:
            raise Unusable(explain_overdue(self.loaded, overdue_s, timeout_s)) from None
        except (Exception, SystemExit) as error:
            raise Unusable(explain_broken(self.loaded, "execute", error)) from error
        self.pending = False
        try:
            outcome = to_outcome(payload, self.loaded.identity)
        except PluginError as error:
            raise Unusable(error) from error
        if isinstance(outcome, Returned) and not self.loaded.is_ours:
            # Ours do it themselves, where the value was made.
            outcome = replace(outcome, value=settle(outcome.value))
        return outcome

    def _take(self, outcome: Outcome) -> None:
        if isinstance(outcome, Returned):
            self.returned += 1
        else:
            refused = Refused.from_payload(outcome.payload)
            if refused is not None:
                self.refused_calls.add(refused)
            self.refused += find_refusal(outcome) is not None
            self.first_failure = self.first_failure or " ".join(outcome.error.split())
        if self.observe is not None:
            self.observe(self, outcome)
