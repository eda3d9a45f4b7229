"""Many calls on their way: sent in batches of about as much work, answered in their order."""

from __future__ import annotations

import queue
from collections import deque
from typing import TYPE_CHECKING, Protocol

from pytest_metamorphic_guard.executors.dask.sent_calls import PreparedCall

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from pytest_metamorphic_guard.contracts.executors import Call
    from pytest_metamorphic_guard.executors.dask.orders import Reply
    from pytest_metamorphic_guard.executors.local.payloads import Payload

__all__ = ["Flow", "Pace"]

# Work of a batch: of less, what Dask does for it shows; of more, the last one is waited for.
_WORK_S = 0.5
_MOST_CALLS = 100
_MOST_BYTES = 4 << 20
_GROWTH = 4
# A worker that runs one batch has another one waiting.
_DEEP = 2


class Pace:
    """How long calls take, and so how many of them make a batch."""

    def __init__(self) -> None:
        self._mean_s = 0.0
        self._size = 1

    @property
    def size(self) -> int:
        """Number of calls of a batch."""
        return self._size

    def note(self, calls: int, took_s: float) -> None:
        """Take what a batch took."""
        if not calls:
            return
        mean_s = max(took_s / calls, 1e-5)
        self._mean_s = mean_s if not self._mean_s else 0.5 * self._mean_s + 0.5 * mean_s
        fitting = max(1, min(_MOST_CALLS, round(_WORK_S / self._mean_s)))
        self._size = min(fitting, _GROWTH * self._size)


class Sender(Protocol):
    """What a flow asks of its executor."""

    pace: Pace

    @property
    def parallel(self) -> int:
        """How many calls run at once."""

    @property
    def window(self) -> int:
        """How many calls are unanswered at most."""

    def prepare(self, call: Call) -> PreparedCall | Payload:
        """Return a call as it is sent, or the payload that says why it is not."""

    def send(self, calls: list[PreparedCall]) -> Future[Reply]:
        """Give calls of one group to a worker."""

    def receive(self, future: Future[Reply], calls: list[PreparedCall]) -> list[Payload]:
        """Return the payloads of the first of these calls, or of all."""

    def drop(self, future: Future[Reply]) -> None:
        """End calls that nobody waits for."""


class Flow:
    """Keeps every worker busy with the calls of an iterator.

    Args:
        executor: Sends them and reads the answers.
        calls: What is to be called; it may end at any time.
    """

    def __init__(self, executor: Sender, calls: Iterator[Call]) -> None:
        self._executor = executor
        self._calls = calls
        self._answers: dict[int, Payload] = {}
        self._waiting: dict[object, deque[tuple[int, PreparedCall]]] = {}
        self._under_way: dict[Future[Reply], list[tuple[int, PreparedCall]]] = {}
        self._done: queue.SimpleQueue[Future[Reply]] = queue.SimpleQueue()
        self._pulled = 0
        self._unanswered = 0
        self._is_over = False

    def run(self) -> Iterator[Payload]:
        """Yield a payload for each call, in their order."""
        given = 0
        while True:
            while given in self._answers:
                yield self._answers.pop(given)
                given += 1
            self._collect(wait=False)
            if given in self._answers:
                continue
            if not self._is_over and self._unanswered < self._executor.window:
                self._pull()
                self._send(self._executor.pace.size)
                continue
            self._send(1)
            if not self._under_way:
                if not self._waiting and given not in self._answers:
                    return
                continue
            self._collect(wait=True)

    def stop(self) -> None:
        """End what is under way."""
        for future in list(self._under_way):
            self._executor.drop(future)
        self._under_way.clear()

    def _pull(self) -> None:
        call = next(self._calls, None)
        if call is None:
            self._is_over = True
            return
        number, self._pulled = self._pulled, self._pulled + 1
        prepared = self._executor.prepare(call)
        if isinstance(prepared, PreparedCall):
            self._unanswered += 1
            self._waiting.setdefault(prepared.group, deque()).append((number, prepared))
        else:
            self._answers[number] = prepared

    def _send(self, least: int) -> None:
        """Send what waits, in batches of at least so many calls, where there is room."""
        for group, waiting in list(self._waiting.items()):
            while len(waiting) >= least and len(self._under_way) < self._room:
                batch = self._take(waiting)
                future = self._executor.send([call for _, call in batch])
                self._under_way[future] = batch
                future.add_done_callback(self._done.put)
            if not waiting:
                del self._waiting[group]

    @property
    def _room(self) -> int:
        return _DEEP * self._executor.parallel

    def _take(self, waiting: deque[tuple[int, PreparedCall]]) -> list[tuple[int, PreparedCall]]:
        size = self._executor.pace.size
        if self._is_over:
            # The last ones are shared out, so that all workers end at about the same time.
            size = max(1, min(size, -(-len(waiting) // self._room)))
        batch, weight = [waiting.popleft()], 0
        while waiting and len(batch) < size and weight < _MOST_BYTES:
            weight += len(waiting[0][1].sent.dumped)
            batch.append(waiting.popleft())
        return batch

    def _collect(self, *, wait: bool) -> None:
        """Take the answers that have come, and wait for one if there is none."""
        try:
            future = self._done.get(block=wait)
        except queue.Empty:
            return
        batch = self._under_way.pop(future)
        payloads = self._executor.receive(future, [call for _, call in batch])
        for (number, _), payload in zip(batch, payloads, strict=False):
            self._answers[number] = payload
        self._unanswered -= len(payloads)
        left = batch[len(payloads) :]
        if left:
            # Given back, because the time of the batch was over.
            group = left[0][1].group
            self._waiting.setdefault(group, deque()).extendleft(reversed(left))
