"""Calls of one implementation that are under way at once, made by threads of this process."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections import deque
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.executors import find_stand_in
from pytest_metamorphic_guard.runner.call_errors import Unusable
from pytest_metamorphic_guard.runner.offers import explain_broken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_metamorphic_guard.contracts.executors import Call
    from pytest_metamorphic_guard.contracts.outcomes import Outcome
    from pytest_metamorphic_guard.loading import LoadedExecutor

__all__ = ["Job", "Pool", "make_pool"]

# For so long an executor that wants more calls than there are keeps the others waiting.
_STARVED_S = 0.05
# What is under way when a run ends is told so again and again, for so long.
_ABORT_AGAIN_S = 0.05
_END_WITHIN_S = 20.0


@dataclass(slots=True, eq=False)
class Job:
    """A call that is to be made.

    Attributes:
        call: What is called, with which limits.
        make: Makes it at once.
        read: Reads what the executor answers.
        future: How it ended, once it did.
        started: `time.monotonic` when the executor was given it; None before.
    """

    call: Callable[[], Call]
    make: Callable[[], Outcome]
    read: Callable[[Any], Outcome]
    future: Future[Outcome] = field(default_factory=Future)
    started: float | None = None

    def begin(self) -> bool:
        """Tell whether it is still wanted, and that it begins now."""
        self.started = time.monotonic()
        return self.future.set_running_or_notify_cancel()

    def end(self, conclude: Callable[[], Outcome]) -> None:
        """Keep what came of it, an exception as well: whoever waits for it is told."""
        try:
            outcome = conclude()
        except BaseException as error:  # noqa: BLE001 - of a stranger's executor
            self.future.set_exception(error)
        else:
            self.future.set_result(outcome)


class Pool:
    """Makes calls in threads of its own, so many at once.

    The threads end with the process, whatever the executor does: nobody waits for them.

    Args:
        loaded: The executor, which may be called from several threads.
        width: Number of calls at once.

    Attributes:
        is_lost: The executor failed, so that calls of it may never come back: `stop` leaves them.
    """

    def __init__(self, loaded: LoadedExecutor, width: int) -> None:
        self.width = width
        self.slots = threading.BoundedSemaphore(width)
        self._loaded = loaded
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._waiting: deque[Job] = deque()
        self._threads = 0
        self.is_lost = False
        self._lock = threading.Lock()

    @property
    def ahead(self) -> int:
        """How many calls it is to be given before they are needed.

        Twice as many as are under way at once, so that none waits to be begun; an executor that
        sends many together may want more.
        """
        wanted = getattr(self._loaded.executor, "ahead", 0)
        return max(2 * self.width, wanted if type(wanted) is int else 0)

    def submit(self, job: Job) -> None:
        """Let a call be made as soon as there is room for it; from any thread."""
        with self._lock:
            self._waiting.append(job)
            while self._waiting[0].future.done():
                self._waiting.popleft()
            begins = self._threads < self._most_threads
            self._threads += begins
        self._jobs.put(job)
        if begins:
            threading.Thread(target=self._work, name="mg-call", daemon=True).start()

    def stop(self) -> None:
        """Forget the calls that wait, and end those that are under way, if the executor can."""
        with self._lock:
            waiting = [*self._waiting]
            self._waiting.clear()
        begun = [job for job in waiting if not (job.future.cancel() or job.future.done())]
        self._abort([job.future for job in begun], _END_WITHIN_S)
        if self.is_lost:
            self._begin_anew()

    def forget_ended(self) -> None:
        """Keep nothing of calls that have ended."""
        with self._lock:
            self._waiting = deque(job for job in self._waiting if not job.future.done())

    def _begin_anew(self) -> None:
        """Leave its threads to an executor that is lost: calls of it may never come back."""
        with self._lock:
            for _ in range(self._threads):
                self._jobs.put(None)
            self._jobs, self._threads = queue.SimpleQueue(), 0
            self.slots, self.is_lost = threading.BoundedSemaphore(self.width), False

    def close(self) -> None:
        """Stop, and let the threads end."""
        self.stop()
        for _ in range(self._threads):
            self._jobs.put(None)
        self._threads = 0

    def _abort(self, begun: list[Future[Outcome]], within_s: float) -> None:
        """End calls: one whose process was just starting is only there for a later try."""
        abort = getattr(self._loaded.executor, "abort", None)
        until = time.monotonic() + within_s
        while begun and callable(abort) and time.monotonic() < until:
            with contextlib.suppress(Exception):  # a stranger's; nobody waits for these calls
                abort()
            begun = list(wait(begun, timeout=_ABORT_AGAIN_S).not_done)

    @property
    def _most_threads(self) -> int:
        return self.width

    def _work(self) -> None:
        jobs = self._jobs
        while (job := jobs.get()) is not None:
            if job.begin():
                job.end(partial(self._make, job))

    def _make(self, job: Job) -> Outcome:
        try:
            return job.make()
        except BaseException:
            # No failing call, which is an answer: the executor broke its contract.
            self.is_lost = True
            raise


class _ManyPool(Pool):
    """Hands calls to an executor that takes many: pulled as it likes, answered in their order."""

    @property
    def _most_threads(self) -> int:
        return 1

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            if not self._serve(job):
                return

    def _serve(self, first: Job) -> bool:
        """Make this call and those that follow it closely; false where there are to be no more."""
        given: deque[Job] = deque()
        goes_on = [True]
        answers = None
        try:
            answers = iter(self._loaded.executor.execute_many(self._pull(first, given, goes_on)))  # type: ignore[attr-defined]
            for payload in answers:
                job = given.popleft()
                job.end(lambda job=job, payload=payload: job.read(payload))  # type: ignore[misc]
            fault: Exception = RuntimeError(f"it ended before {len(given)} calls were answered")
        except Exception as error:  # noqa: BLE001 - a stranger's
            fault = error
        for job in given:
            job.future.set_exception(Unusable(explain_broken(self._loaded, "execute_many", fault)))
        close = getattr(answers, "close", None)
        if callable(close):
            with contextlib.suppress(Exception):
                close()
        return goes_on[0]

    def _pull(self, job: Job | None, given: deque[Job], goes_on: list[bool]) -> Iterator[Call]:
        while job is not None:
            if job.begin():
                given.append(job)
                yield job.call()
            try:
                job = self._jobs.get(timeout=_STARVED_S)
            except queue.Empty:
                # Whoever waits for an answer may be waited for with the next call.
                return
        goes_on[0] = False


def make_pool(loaded: LoadedExecutor, width: int) -> Pool:
    """Return what keeps so many calls of an executor under way."""
    many = find_stand_in(loaded.executor, "execute_many")
    return (Pool if many is None else _ManyPool)(loaded, width)
