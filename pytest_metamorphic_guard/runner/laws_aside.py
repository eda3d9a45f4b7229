"""Bodies of a law that run side by side, for inputs whose turn comes later.

A body runs once, in a thread. What its calls came to is counted and shown to monitors when it is
the turn of its input, so nothing that is concluded depends on which thread was first.
"""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import CancelledError, Future
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.outcomes import NotCalled, Unavailable
from pytest_metamorphic_guard.runner.case_check import evaluate
from pytest_metamorphic_guard.runner.solving import labelling, number_kind
from pytest_metamorphic_guard.runner.user_errors import is_control
from pytest_metamorphic_guard.runner.waiting import wait_for

if TYPE_CHECKING:
    from pytest_metamorphic_guard.contracts.outcomes import Outcome
    from pytest_metamorphic_guard.runner.call_errors import CallFailed
    from pytest_metamorphic_guard.runner.calling import Caller
    from pytest_metamorphic_guard.runner.case_results import CaseResult
    from pytest_metamorphic_guard.runner.cases import Case
    from pytest_metamorphic_guard.runner.pools import Job
    from pytest_metamorphic_guard.runner.run import Run
    from pytest_metamorphic_guard.tasks.implementations import Implementation

__all__ = ["LawAside"]


class _Stopped(BaseException):
    """Ends a body that nobody waits for, or that is to run again when it is its turn."""


class _Calls:
    """Stands for a caller in a body: notes what it asks for, or repeats what is known.

    Args:
        caller: Makes the calls.
        known: What the first calls came to.
    """

    def __init__(self, caller: Caller, known: list[Outcome] | None = None) -> None:
        self.role = caller.role
        self.implementation: Implementation = caller.implementation
        self.kind = "call"
        self.label = ""
        self.time_outs = None
        self.made: list[tuple[tuple[Any, ...], Job, Outcome]] = []
        self.is_stopped = False
        self._caller = caller
        self._known = None if known is None else deque(known)

    @property
    def unusable(self) -> CallFailed | None:
        """Why nothing could be called in order; what could not be called aside is asked again."""
        return None if self._known is None else self._caller.unusable

    @property
    def not_available(self) -> CallFailed | None:
        """The last call in order that the executor could not make."""
        return None if self._known is None else self._caller.not_available

    @not_available.setter
    def not_available(self, failed: CallFailed | None) -> None:
        if self._known is not None:
            self._caller.not_available = failed

    def call(self, args: tuple[Any, ...], *, by_position: bool = False) -> Outcome:
        """Call, or say what is known."""
        __tracebackhide__ = True
        if self._known is not None:
            if self._known:
                return self._known.popleft()
            self._caller.kind = self.kind
            with labelling(self._caller, self.label, function=self.label):
                return self._caller.call(args, by_position=by_position)
        if self.is_stopped or self.label:
            raise _Stopped  # another function is called in order
        caller = self._caller
        assert caller.pool is not None  # or nothing runs aside
        given = caller.give(args, args, None)
        job = caller.make_request(given).make_job()
        caller.pool.submit(job)
        try:
            outcome = job.future.result()
        except CancelledError:
            raise _Stopped from None
        if isinstance(outcome, NotCalled | Unavailable):
            raise _Stopped  # whoever asks again, or gives up, does so in order
        self.made.append((args, job, outcome))
        return outcome


class LawAside:
    """The body of a law that runs in a thread, for one input and one role.

    Args:
        run: The item's run.
        case: The input.
        caller: Makes the calls of the role.

    Attributes:
        future: What it concluded, once it did.
    """

    def __init__(self, run: Run, case: Case, caller: Caller) -> None:
        self.future: Future[CaseResult | None] = Future()
        self._run = run
        self._case = case
        self._caller = caller
        self._calls = _Calls(caller)
        self._fixtures = run.find_fixtures(case)
        self._thread = threading.Thread(
            target=copy_context().run, args=(self._work,), name="mg-law", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Let it end with its next call."""
        self._calls.is_stopped = True

    def wait(self, seconds: float) -> None:
        """Wait until it ended, for so long at most."""
        self._thread.join(seconds)

    def conclude(self) -> CaseResult:
        """Count its calls, and return what it concluded.

        Raises:
            BaseException: What the body raised beyond what violates the law.
        """
        __tracebackhide__ = True
        try:
            result: CaseResult | BaseException | None = wait_for(self.future)
        except BaseException as error:
            if not self.future.done() or error is not self.future.exception():
                raise  # of whoever waits, as Ctrl-C is
            result = error
        known: list[Outcome] = []
        for number, (args, job, seen) in enumerate(self._calls.made):
            self._caller.kind = number_kind("call", number)
            self._case.ahead[self._caller.role, self._caller.kind] = job
            known.append(self._caller.call(args, by_position=True, case=self._case))
            if known[-1] is not seen:
                result = None  # it was asked again, or is known by now to time out
                break
        if isinstance(result, BaseException):
            raise result
        if result is not None:
            return result
        calls: Any = _Calls(self._caller, known)
        run = self._run
        fixtures = run.find_fixtures(self._case)
        return evaluate(run.task, run.entry, self._case, (), calls, fixtures)

    def _work(self) -> None:
        run, calls = self._run, self._calls
        result: CaseResult | None = None
        try:
            result = evaluate(run.task, run.entry, self._case, (), calls, self._fixtures)  # type: ignore[arg-type]
        except _Stopped:
            pass
        except BaseException as error:  # noqa: BLE001 - raised again when it is its turn
            # What wants hypothesis beside it has it there.
            if not isinstance(error, Exception) or not is_control(error):
                self.future.set_exception(error)
                return
        self.future.set_result(result)
