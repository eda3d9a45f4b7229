"""One call with its limits: made at once, or waited for where it is under way already."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_metamorphic_guard.contracts.arguments import DirectedArguments
from pytest_metamorphic_guard.contracts.executors import Call
from pytest_metamorphic_guard.contracts.outcomes import Returned, to_outcome
from pytest_metamorphic_guard.errors import PluginError
from pytest_metamorphic_guard.runner.call_errors import Unusable
from pytest_metamorphic_guard.runner.offers import explain_broken, explain_overdue
from pytest_metamorphic_guard.runner.waiting import wait_for
from pytest_metamorphic_guard.runner.watchdog import Overdue, guard_call
from pytest_metamorphic_guard.values.wire.settling import settle

if TYPE_CHECKING:
    from threading import BoundedSemaphore

    from pytest_metamorphic_guard.contracts.outcomes import Outcome
    from pytest_metamorphic_guard.loading import LoadedExecutor
    from pytest_metamorphic_guard.runner.pools import Job
    from pytest_metamorphic_guard.runner.purse import Purse
    from pytest_metamorphic_guard.tasks.implementations import Implementation

__all__ = ["OVERDUE_AFTER_S", "Answered", "Request"]

# The signal that ends an item comes first, or its last call would look like a violation.
_GRACE_S = 0.25
# How long past its limit a stranger's executor may take before the item ends without it.
OVERDUE_AFTER_S = 5.0
_NOTHING = contextlib.nullcontext()


class Request(NamedTuple):
    """What an executor is asked for.

    Attributes:
        loaded: The executor.
        implementation: What is called.
        args: The arguments, as the executor is given them.
        timeout_s: Seconds that the call may take.
        mem_mb: MiB that it may use.
        deadline: `time.monotonic` at which the item itself must end, or None.
        slots: Room for calls at once, where several threads make calls.
        purse: What the run may spend, and where its cost is counted.
        role: In which role it is called.
    """

    loaded: LoadedExecutor
    implementation: Implementation
    args: tuple[Any, ...]
    timeout_s: float
    mem_mb: int
    deadline: float | None = None
    slots: BoundedSemaphore | None = None
    purse: Purse | None = None
    role: str = ""

    def make(self) -> Outcome:
        """Make the call and return how it ended.

        Raises:
            Unusable: The executor broke its contract, or nothing is left to spend.
        """
        __tracebackhide__ = True
        if self.purse is not None:
            self.purse.require_left()
        call = self.to_call()
        overdue_s = call.timeout_s + OVERDUE_AFTER_S
        # Ours kill what overruns; a stranger's may hang, and nobody else would ever end it.
        watched = _NOTHING if self.loaded.is_ours else guard_call(overdue_s)
        try:
            with self.slots or _NOTHING, watched:
                payload = self.loaded.executor.execute(*call)
        except Overdue:
            raise Unusable(explain_overdue(self.loaded, overdue_s, call.timeout_s)) from None
        except (Exception, SystemExit) as error:
            raise Unusable(explain_broken(self.loaded, "execute", error)) from error
        return self.read(payload)

    def read(self, payload: Any) -> Outcome:
        """Return what an executor's answer says.

        Raises:
            Unusable: The executor broke its contract.
        """
        try:
            outcome = to_outcome(payload, self.loaded.identity)
        except PluginError as error:
            raise Unusable(error) from error
        if self.purse is not None:
            self.purse.count(self.role, self.loaded.identity.name, outcome.payload)
        if isinstance(outcome, Returned) and not self.loaded.is_ours:
            # Ours do it themselves, where the value was made.
            outcome = replace(outcome, value=settle(outcome.value))
        if type(self.args) is DirectedArguments and self.args.directions.steps:
            # Not loaded for calls of one function, for a run that starts sooner.
            from pytest_metamorphic_guard.runner.step_answers import read_step_answers

            outcome = read_step_answers(outcome, len(self.args[-1]), self.loaded.identity)
        return outcome

    def to_call(self) -> Call:
        """Return the call with what is left of the item's time."""
        timeout_s = self.timeout_s
        if self.deadline is not None:
            left_s = self.deadline - time.monotonic()
            timeout_s = max(0.01, min(timeout_s, left_s + _GRACE_S))
        target = self.implementation
        return Call(target.target, target.function or "", self.args, timeout_s, self.mem_mb)

    def make_job(self) -> Job:
        """Return it as something that other threads make."""
        # Not loaded where calls are made one by one, which starts sooner.
        from pytest_metamorphic_guard.runner.pools import Job

        return Job(self.to_call, self.make, self.read)

    def wait(self, job: Job | Answered) -> Outcome:
        """Return how a call ended that was made before, or that other threads make.

        Raises:
            Unusable: The executor broke its contract.
        """
        __tracebackhide__ = True
        if isinstance(job, tuple):
            return self.read(job.payload)
        if self.loaded.is_ours:
            return wait_for(job.future)

        def look() -> None:
            overdue_s = self.timeout_s + OVERDUE_AFTER_S
            if job.started is not None and time.monotonic() > job.started + overdue_s:
                raise Unusable(explain_overdue(self.loaded, overdue_s, self.timeout_s))

        return wait_for(job.future, look)


class Answered(NamedTuple):
    """A call that was made before the turn of its case.

    Attributes:
        payload: What the executor answered.
        request: What it was asked for.
    """

    payload: Any
    request: Request
