"""A connection to a cluster: orders are given to its workers, and given again where one is lost."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.errors import ClusterWarning
from pytest_metamorphic_guard.executors.dask.library import import_library
from pytest_metamorphic_guard.executors.dask.members import Members, look
from pytest_metamorphic_guard.executors.dask.orders import Order, Reply
from pytest_metamorphic_guard.executors.dask.pairs import Pairs
from pytest_metamorphic_guard.executors.isolation import warn_once

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from concurrent.futures import Future

    from pytest_metamorphic_guard.executors.dask.configuration import Place

__all__ = ["Cluster", "LostError"]

# This process refuses to read everything else, pickles before all.
_PLAIN = ["dask", "msgpack"]
_MOST_TRIES = 4
_LOOK_S = 0.5
_REFRESH_S = 5.0
_CLOSE_S = 2.0


class LostError(Exception):
    """An order that nobody answered; its text says why, and it is no fault of the candidate."""


class Cluster:
    """Gives orders to workers, and to other workers what lost ones were given.

    It happens on an event loop in a thread of its own, so that whoever waits for an answer can be
    interrupted.

    Args:
        place: The scheduler's.

    Raises:
        ModuleNotFoundError: Dask is not installed.
        ValueError: Nobody answers there, or no worker can be used.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.owner = os.getpid()
        self.members = Members({}, {})
        self.pairs = Pairs()
        self._library = import_library()
        # Loaded after it, which it needs.
        from pytest_metamorphic_guard.executors.dask import on_worker

        self._remote = on_worker
        self._answered = time.monotonic()
        self._refreshed = 0.0
        self._left: set[asyncio.Task[None]] = set()
        self._client: Any = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mg-dask", daemon=True)
        self._thread.start()
        try:
            self.begin(self._connect()).result()
        except BaseException:
            self._stop_loop()
            raise

    def begin(self, work: Coroutine[Any, Any, Any]) -> Future[Any]:
        """Begin something on the loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def ask(
        self, order: Order, content: bytes, to: str, limit_s: float, *, moves: bool = True
    ) -> Reply:
        """Return the reply to an order.

        Args:
            order: What is asked for.
            content: The files that it names.
            to: Address of the worker that is to have it, if it is there; empty for any.
            limit_s: Seconds without any answer after which nobody waits for this one.
            moves: Whether another worker may have it where that one is lost.

        Raises:
            LostError: Nobody answered.
        """
        said = ""
        for _ in range(_MOST_TRIES):
            await self._refresh(_REFRESH_S if self.members.fit else 0.0)
            if not self.members.fit:
                raise LostError(self._explain_none())
            if not moves and to not in self.members.fit:
                break
            try:
                reply = Reply.from_bytes(await self._submit(order, to, limit_s))
            except _FailedError as error:
                said = str(error)
                self._refreshed = 0.0
                continue
            except ValueError as error:
                raise LostError(str(error)) from error
            self._answered = time.monotonic()
            if reply.unknown:
                said = await self._send(order.files, content, reply.worker)
            elif reply.unfit:
                said = f"{reply.worker} is of another version"
                self._refreshed = 0.0
            elif reply.broken:
                said = f"{reply.worker}: {reply.broken}"
            else:
                return reply
        raise LostError(said or f"the worker {to} is gone")

    def forget(self, stations: tuple[str, ...]) -> None:
        """End what the workers keep for an executor; nobody waits for it."""
        with contextlib.suppress(Exception):
            work = self._run(self._remote.end, stations)
            self.begin(asyncio.wait_for(work, _CLOSE_S)).result(_CLOSE_S + 1)

    def close(self) -> None:
        """Close the connection, also one to a scheduler that is gone."""
        with contextlib.suppress(Exception):
            self.begin(self._close()).result(3 * _CLOSE_S)
        self._stop_loop()

    # --- on the loop

    async def _connect(self) -> None:
        place, library = self.place, self._library
        tls = {}
        if place.tls_ca_file:
            tls = {
                "tls_ca_file": place.tls_ca_file,
                "tls_client_cert": place.tls_client_cert,
                "tls_client_key": place.tls_client_key,
            }
        end = time.monotonic() + place.connect_s
        try:
            self._client = await library.Client(
                place.address,
                asynchronous=True,
                timeout=place.connect_s,
                security=library.Security(require_encryption=bool(tls), **tls),
                deserializers=_PLAIN,
                set_as_default=False,
                name="metamorphic-guard",
            )
        except Exception as error:
            said = " ".join(str(error.__cause__ or error).split())[:200]
            raise ValueError(
                f"no scheduler answers at {place.address} within {place.connect_s:g} s: start one "
                f"with 'dask scheduler' ({type(error).__name__}: {said})"
            ) from error
        await self._refresh()
        while not (self.members.fit or self.members.unfit) and time.monotonic() < end:
            await asyncio.sleep(_LOOK_S / 5)
            self._refreshed = 0.0
            await self._refresh()
        if not self.members.fit:
            said = self._explain_none()
            await self._close()
            raise ValueError(said)
        if self.members.unfit:
            said = self.members.describe_unfit()
            warn_once(f"some workers of the cluster are not used: {said}", ClusterWarning)

    def _explain_none(self) -> str:
        if self._client.status != "running":
            return f"the scheduler at {self.place.address} is gone"
        if self.members.unfit:
            said = self.members.describe_unfit()
            return f"no worker of the cluster at {self.place.address} can be used: {said}"
        return (
            f"the scheduler at {self.place.address} has no workers: start one on each machine "
            f"with 'dask worker {self.place.address}'"
        )

    async def _refresh(self, age_s: float = _REFRESH_S) -> None:
        """Look again who is there, if the last look is so long ago."""
        now = time.monotonic()
        if self._refreshed and now < self._refreshed + age_s:
            return
        self._refreshed = now
        # Of a scheduler that is gone, which is found out otherwise.
        with contextlib.suppress(Exception):
            self.members = await asyncio.wait_for(look(self._client, self.members), _REFRESH_S)

    async def _submit(self, order: Order, to: str, limit_s: float) -> object:
        if self._client.status != "running":
            raise LostError(self._explain_none())
        workers = [to] if to in self.members.fit else []
        if not workers and self.members.unfit:
            workers = list(self.members.fit)
        # Without a choice: a wish is not kept by workers that have nothing to do.
        future = self._client.submit(
            self._remote.work,
            order,
            key=f"metamorphic_guard-{order.token}-{time.monotonic_ns():x}",
            pure=False,
            workers=workers or None,
        )
        waiting = asyncio.ensure_future(future.result())
        begun, is_done = time.monotonic(), False
        try:
            while not waiting.done():
                await asyncio.wait({waiting}, timeout=_LOOK_S)
                if not waiting.done():
                    await self._refresh(_LOOK_S if workers else _REFRESH_S)
                    self._check(workers, max(begun, self._answered) + limit_s)
            is_done = True
            return self._read(waiting)
        finally:
            if is_done:
                future.release()
            else:
                waiting.cancel()
                dropping = self._loop.create_task(self._drop(future, order.token))
                self._left.add(dropping)
                dropping.add_done_callback(self._left.discard)

    def _check(self, only: list[str], end: float) -> None:
        """Raise where there is nothing to wait for."""
        if self._client.status != "running":
            raise LostError(self._explain_none())
        if only and not set(only) & set(self.members.fit):
            raise _FailedError("the worker that was given the calls is gone")
        if time.monotonic() > end:
            raise LostError("no worker answered in time (wait_s in --mg-executor-config)")

    def _read(self, waiting: asyncio.Future[object]) -> object:
        try:
            return waiting.result()
        except (asyncio.CancelledError, self._library.CancelledError):
            raise LostError(f"the scheduler at {self.place.address} is gone") from None
        except self._library.KilledWorker:
            raise LostError("the workers that were given the calls ended, one after another") from (
                None
            )
        except Exception as error:
            said = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            raise _FailedError(f"a worker failed: {said}") from error

    async def _send(self, digest: str, content: bytes, worker: str) -> str:
        """Send files to a worker, and return why that failed."""
        try:
            found = await self._client.run(
                self._remote.receive, digest, content, workers=[worker], on_error="ignore"
            )
        except Exception as error:  # noqa: BLE001 - lost meanwhile, as the next try finds
            found = {worker: f"{type(error).__name__}: {error}"}
        return f"{worker}: {found.get(worker, 'it is gone') or 'it lost the files at once'}"

    async def _drop(self, future: Any, token: str) -> None:
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self._client.cancel([future]), _CLOSE_S)
            await asyncio.wait_for(self._run(self._remote.abort, token), _CLOSE_S)

    async def _run(self, function: Callable[..., object], argument: object) -> None:
        if self._client.status == "running":
            await self._client.run(
                function, argument, workers=list(self.members.fit), on_error="ignore"
            )

    async def _close(self) -> None:
        for task in list(self._left):
            with contextlib.suppress(Exception):
                await asyncio.wait_for(task, _CLOSE_S)
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self._client.close(timeout=_CLOSE_S), _CLOSE_S + 1)
        # Of a client whose scheduler is gone, which goes on looking for it.
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        if others:
            await asyncio.wait(others, timeout=_CLOSE_S)

    def _stop_loop(self) -> None:
        # What Dask leaves half done would be said on the terminal when it is collected.
        self._loop.set_exception_handler(lambda _loop, _context: None)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_CLOSE_S)
        if not self._thread.is_alive():
            self._loop.close()


class _FailedError(Exception):
    """An order that may be given to another worker; its text says why."""
