"""The executor ``dask``: calls are made by ``local`` on the workers of a cluster."""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import threading
import uuid
import weakref
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.executors import Call, Executor
from pytest_metamorphic_guard.executors.dask.bundles import Bundles
from pytest_metamorphic_guard.executors.dask.cluster import Cluster, LostError
from pytest_metamorphic_guard.executors.dask.configuration import read_cluster_configuration
from pytest_metamorphic_guard.executors.dask.flow import Flow, Pace
from pytest_metamorphic_guard.executors.dask.joining import join, leave
from pytest_metamorphic_guard.executors.dask.sent_calls import (
    PreparedCall,
    Terms,
    make_order,
    make_unavailable,
    read_answers,
    send_arguments,
)
from pytest_metamorphic_guard.executors.local.arguments import (
    ArgumentError,
    Arguments,
    dump_arguments,
    mark_name,
    pack_arguments,
)
from pytest_metamorphic_guard.executors.local.configuration import read_configuration
from pytest_metamorphic_guard.executors.local.payloads import Payload, make_failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_metamorphic_guard.executors.dask.orders import Reply

__all__ = ["DaskExecutor"]


class DaskExecutor(Executor):
    """Calls implementations on the workers of a Dask cluster, each isolated as ``local`` does it.

    The files of an implementation go to the workers by content. What comes back is bytes, and this
    process unpickles none of it. A payload has ``worker`` besides the keys that ``local`` has: the
    address of the worker that made the call.

    Args:
        config: Options, by key: see `ClusterConfiguration`.

    Raises:
        ModuleNotFoundError: Dask is not installed.
        ValueError: An option is unknown, or its value is not what it takes; nobody answers at the
            address, or no worker there can be used.
    """

    takes_directions = True

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        super().__init__(config)
        self._configuration = read_cluster_configuration(self.config)
        self.pace = Pace()
        self._import_s = read_configuration(self._configuration.local).import_timeout_s
        self._bundles = Bundles(
            self._configuration.files, int(self._configuration.max_files_mb * (1 << 20))
        )
        self._station = uuid.uuid4().hex
        self._ended: tuple[str, ...] = ()
        self._withheld: dict[str, dict[str, str]] = {}
        self._asked: int | None = None
        self._processor: int | None = None
        self._lock = threading.Lock()
        self._under_way: set[Future[Reply]] = set()
        self._cluster: Cluster | None = None
        # Not a bound method: that would keep every executor alive until the end.
        reference = weakref.ref(self)
        self._at_exit = lambda: _close(reference)
        self._join()

    @property
    def parallel(self) -> int:
        """As many as the workers have threads; one where durations are compared."""
        threads = max(1, self._join().members.threads)
        if self._asked is not None:
            return min(self._asked, threads)
        return 1 if self._processor is not None else threads

    @property
    def window(self) -> int:
        """Number of calls that are under way or wait to be sent."""
        return (2 * self.parallel + 1) * self.pace.size

    @property
    def ahead(self) -> int:
        """Number of calls that keep the workers busy where they are known so far ahead."""
        return 2 * self.window

    def execute(
        self,
        file_path: str,
        func_name: str,
        args: tuple[Any, ...],
        timeout_s: float,
        mem_mb: int,
    ) -> dict[str, Any]:
        """Call ``func_name(*args)`` on a worker; see `Executor.execute`."""
        prepared = self.prepare(Call(file_path, func_name, args, timeout_s, mem_mb))
        if not isinstance(prepared, PreparedCall):
            return prepared
        # Calls one after another find the same process every time, as they do on one machine.
        worker = prepared.to or self._join().members.choose(self._station.encode())
        future = self._order([prepared], prepared, worker)
        try:
            future.exception()
        except CancelledError:
            pass
        except BaseException:
            # Interrupted: nobody will read what is on its way.
            self.drop(future)
            raise
        [payload] = self.receive(future, [prepared])
        return payload

    def execute_many(self, calls: Iterator[Call]) -> Iterator[dict[str, Any]]:
        """Answer many calls in their order, sent in batches of about half a second of work."""
        flow = Flow(self, iter(calls))
        try:
            yield from flow.run()
        finally:
            flow.stop()

    def pack(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return arguments that need not be pickled again for the other role."""
        return pack_arguments(args)

    def warm_up(self, file_path: str, func_name: str, timeout_s: float, mem_mb: int) -> None:
        """Send the files to every worker, and let each start a process."""
        prepared = self.prepare(Call(file_path, func_name, (), timeout_s, mem_mb))
        if isinstance(prepared, PreparedCall):
            fit = list(self._join().members.fit)
            futures = [self._order([], prepared, worker, moves=False) for worker in fit]
            for future in futures:
                with contextlib.suppress(LostError, CancelledError):  # the first call says so
                    future.result()

    def withhold(self, file_path: str, files: Mapping[str, str]) -> None:
        """Keep files from one candidate: they are not sent, nor readable on a worker."""
        if self._withheld.get(file_path, {}) != dict(files):
            self._withheld[file_path] = dict(files)
            self._bundles.forget()

    def restart(self) -> None:
        """Let the next call run in fresh processes, on every worker."""
        with self._lock:
            self._ended = (*self._ended[-8:], self._station)
            self._station = uuid.uuid4().hex

    def share_processor(self, processor: int) -> None:
        """Make the calls of both roles with one input on one worker, on one processor there.

        They are made one after another unless several were asked for.
        """
        self._processor = processor

    def with_hash_seed(self, seed: int) -> DaskExecutor | None:
        """Return another one whose candidates have this ``PYTHONHASHSEED``.

        Raises:
            ValueError: It is no such seed.
        """
        if type(self) is not DaskExecutor:
            return None
        return DaskExecutor({**self.config, "hash_seed": seed})

    def with_parallel(self, number: int) -> DaskExecutor | None:
        """Return another one that has so many calls under way at once, or as many as there can be.

        A subclass that can do so says how: only it knows with what it is made.
        """
        if type(self) is not DaskExecutor:
            return None
        made = DaskExecutor(self.config)
        made._asked = number
        # Whoever asks for this one uses that one; this one would connect anew.
        self.close()
        return made

    def abort(self) -> None:
        """End the calls that are under way, on the workers as well."""
        for future in list(self._under_way):
            self.drop(future)

    def close(self) -> None:
        """End what the workers keep for this one, and the connection; it may be called again."""
        atexit.unregister(self._at_exit)
        cluster, self._cluster = self._cluster, None
        if cluster is None or cluster.owner != os.getpid():
            return
        for future in list(self._under_way):
            future.cancel()
        cluster.forget((*self._ended, self._station))
        leave(cluster)

    # --- for calls on their way

    def prepare(self, call: Call) -> PreparedCall | Payload:
        """Return a call as it is sent, or the payload that says why it is not."""
        try:
            arguments = dump_arguments(call.args)
            withheld = self._withheld.get(call.file_path, {})
            bundle = self._bundles.find(call.file_path, arguments.needs, withheld)
        except ArgumentError as error:
            return make_failure("argument_encoding", str(error))
        except (ValueError, OSError) as error:
            return make_failure("import_error", str(error))
        to, pair = self._choose_worker(arguments)
        return PreparedCall(
            bundle=bundle,
            file_path=call.file_path,
            function=mark_name(call.func_name, call.args),
            mem_mb=call.mem_mb,
            sent=send_arguments(arguments, call.timeout_s),
            args=call.args,
            to=to,
            pair=pair,
        )

    def send(self, calls: list[PreparedCall]) -> Future[Reply]:
        """Give calls of one group to a worker."""
        return self._order(calls, calls[0], calls[0].to)

    def receive(self, future: Future[Reply], calls: list[PreparedCall]) -> list[Payload]:
        """Return the payloads of calls, which may be only the first of those that were sent."""
        try:
            reply = future.result()
        except LostError as error:
            return [make_unavailable(str(error)) for _ in calls]
        except CancelledError:
            return [make_unavailable("the call was ended, since nobody waited for it")] * len(calls)
        self.pace.note(len(reply.answers), reply.took_s)
        payloads = read_answers(reply, calls, self._configuration.local)
        for call in calls[: len(payloads)]:
            if call.pair:
                self._join().pairs.note(call.pair, reply.worker)
        return payloads

    def drop(self, future: Future[Reply]) -> None:
        """End calls that nobody waits for."""
        future.cancel()

    def _order(
        self, calls: list[PreparedCall], first: PreparedCall, to: str, *, moves: bool = True
    ) -> Future[Reply]:
        configuration = self._configuration
        with self._lock:
            terms = Terms(
                station=self._station,
                ended=self._ended,
                config=configuration.local,
                timed=self._processor is not None,
            )
        order = make_order(calls, first, terms, self._withheld.get(first.file_path, {}))
        limit_s = max((call.sent.timeout_s for call in calls), default=0.0)
        limit_s += configuration.wait_s + self._import_s + order.enough_s
        cluster = self._join()
        work = cluster.ask(order, first.bundle.content, to, limit_s, moves=moves)
        future: Future[Reply] = cluster.begin(work)
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        return future

    def _choose_worker(self, arguments: Arguments) -> tuple[str, bytes]:
        if self._processor is None:
            return "", b""
        pair = hashlib.sha256(arguments.dumped).digest()
        # One at a time, all of them are made in one place.
        key = str(self._processor).encode() if self.parallel == 1 else pair
        return self._join().members.choose(key), pair

    def _join(self) -> Cluster:
        if self._cluster is None or self._cluster.owner != os.getpid():
            # Closed before, or in a forked copy of the process, in which no thread answers.
            self._cluster = join(self._configuration.place)
            atexit.register(self._at_exit)
        return self._cluster


def _close(reference: weakref.ref[DaskExecutor]) -> None:
    executor = reference()
    if executor is not None:
        executor.close()
