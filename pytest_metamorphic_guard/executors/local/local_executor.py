"""The executor ``local``: candidates run in processes of their own on this machine."""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
import weakref
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.executors import Executor
from pytest_metamorphic_guard.executors.local.arguments import (
    ArgumentError,
    Arguments,
    dump_arguments,
    mark_name,
    name_unreadable,
    pack_arguments,
)
from pytest_metamorphic_guard.executors.local.bringing_up import Processes
from pytest_metamorphic_guard.executors.local.configuration import read_configuration
from pytest_metamorphic_guard.executors.local.lanes import Lanes
from pytest_metamorphic_guard.executors.local.levels import choose_level
from pytest_metamorphic_guard.executors.local.one_case import Hold
from pytest_metamorphic_guard.executors.local.payloads import Payload, make_failure
from pytest_metamorphic_guard.executors.local.roster import Roster

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pytest_metamorphic_guard.executors.inprocess import InprocessExecutor
    from pytest_metamorphic_guard.executors.local.callee import Callee

__all__ = ["LocalExecutor"]

_NOTHING = contextlib.nullcontext()


class LocalExecutor(Executor):
    """Runs candidates in processes of their own, and never their code or their pickles in this one.

    ``file_path`` is the path of a Python file or a dotted module name. A file in a package is
    imported under its dotted name; a single file can import the files beside it. The process starts
    with a cleared environment in an empty directory, and is killed when a call exceeds its time or
    memory. A candidate that was edited is imported anew before its next call.

    Besides the contract's keys a payload has ``resource_usage`` (``cpu_ms``, ``peak_memory_mb``),
    for raised exceptions ``exception_type`` and ``traceback``, and ``notes`` where there is
    something to say about the process.

    Args:
        config: Options, by key: see `Configuration`.

    Raises:
        ValueError: An option is unknown, or its value is not what it takes.
    """

    watches_arguments = True
    takes_directions = True

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        super().__init__(config)
        self._configuration = read_configuration(self.config)
        self._level = choose_level(self._configuration)
        self._processes = Processes(self._configuration, self._level)
        self._direct: InprocessExecutor | None = None
        if self._level == "none":
            # Not loaded for the other levels, which start sooner.
            from pytest_metamorphic_guard.executors.inprocess import InprocessExecutor

            self._direct = InprocessExecutor()
        self._roster = Roster(self._configuration.max_workers)
        self._lock = threading.RLock()
        self._owner = os.getpid()
        self._inherited: list[object] = []
        # Not a bound method: that would keep every executor alive until the end.
        reference = weakref.WeakMethod(self.close)
        self._at_exit = lambda: (close := reference()) and close()
        atexit.register(self._at_exit)

    def execute(
        self,
        file_path: str,
        func_name: str,
        args: tuple[Any, ...],
        timeout_s: float,
        mem_mb: int,
    ) -> dict[str, Any]:
        """Call ``func_name(*args)`` in the candidate's process; see `Executor.execute`."""
        if self._direct is not None:
            return self._direct.execute(file_path, func_name, args, timeout_s, mem_mb)
        try:
            arguments = dump_arguments(args)
        except ArgumentError as error:
            return make_failure("argument_encoding", str(error))
        if type(args) is not tuple:
            func_name = mark_name(func_name, args)
        self._leave_to_parent()
        with self._lock:
            try:
                implementation = self._roster.find(file_path, mem_mb)
            except ValueError as error:
                return make_failure("import_error", str(error))
            try:
                payload = self._call(implementation, func_name, arguments, timeout_s)
            except BaseException:
                # Interrupted between request and response: nobody will read what is on its way.
                implementation.end()
                raise
        if payload.get("error_type") == "argument_encoding":
            payload["error"] = name_unreadable(args) or payload["error"]
        return payload

    def begin_all(
        self,
        file_path: str,
        func_name: str,
        given: Sequence[tuple[Any, ...]],
        timeout_s: float,
        mem_mb: int,
    ) -> Callable[[], list[dict[str, Any]]] | None:
        """Send calls together, one with each of these arguments, in their order.

        Returns:
            What waits for their payloads and returns those of the first calls, at least of one:
            the others were not made. None where calls have to be made one by one.
        """
        if self._level != "worker":
            return None
        # Not loaded for calls one by one, which start sooner.
        from pytest_metamorphic_guard.executors.local.together import begin_together

        self._leave_to_parent()
        with self._lock:
            callee = self._roster.seek(file_path, mem_mb)
            if callee is None:
                return None
            return begin_together(self._processes, callee, func_name, given, timeout_s)

    def hold(self, file_path: str, mem_mb: int, *, is_brief: bool = False) -> Hold | None:
        """Return a block for the calls of one case; None where each call has to be for itself.

        They may be known to be brief, so that it pays to make little of the way to them.
        """
        if self._level != "worker":
            return None
        self._leave_to_parent()
        with self._lock:
            callee = self._roster.seek(file_path, mem_mb)
            return None if callee is None else Hold(callee, is_brief=is_brief)

    def pack(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return arguments that `execute`, of this executor or another one, need not pickle again.

        They must not change until the last of these calls. Where they cannot be sent they come back
        as they are, and the call says why.
        """
        if self._direct is not None:
            return args
        return pack_arguments(args)

    def start_ahead(self) -> None:
        """Start a process that is up by the time of the first call; it returns at once."""
        if self._direct is None:
            self._leave_to_parent()
            with self._lock:
                if not self._roster:
                    self._processes.start_ahead()

    def warm_up(self, file_path: str, func_name: str, timeout_s: float, mem_mb: int) -> None:  # noqa: ARG002
        """Start the candidate's process, so that no call has to wait for its import."""
        if self._direct is not None:
            return
        self._leave_to_parent()
        with self._lock:
            implementation = self._roster.seek(file_path, mem_mb)
            if implementation is None:
                return
            try:
                self._processes.bring_up(implementation)
            except BaseException:
                implementation.end()
                raise

    def withhold(self, file_path: str, files: Mapping[str, str]) -> None:
        """Keep files from one candidate, where the kernel confines it; see `Executor`."""
        with self._lock:
            self._roster.withhold(file_path, files)

    def set_up(self, file_path: str, functions: tuple[str, ...]) -> None:
        """Call functions of a candidate once in every process, as a part of its import."""
        with self._lock:
            if self._direct is not None:
                self._direct.set_up(file_path, functions)
            self._roster.prepare(file_path, functions)

    def restart(self) -> None:
        """End all processes and forget failed imports: the next call runs in a fresh process."""
        self._leave_to_parent()
        with self._lock:
            if self._direct is not None:
                self._direct.restart()
            self._roster.end()

    def share_processor(self, processor: int) -> None:
        """Keep all processes that are started from now on on one processor of this machine.

        Args:
            processor: Its number, as ``os.sched_getaffinity`` has it.
        """
        self._processes.processor = processor

    def with_hash_seed(self, seed: int) -> LocalExecutor | None:
        """Return another one whose processes have this ``PYTHONHASHSEED``; None without processes.

        A subclass that can do so says how: only it knows with what it is made.

        Raises:
            ValueError: It is no such seed.
        """
        if self._direct is not None or type(self) is not LocalExecutor:
            return None
        return LocalExecutor({**self.config, "hash_seed": seed})

    def with_parallel(self, number: int) -> Lanes | None:
        """Return one that takes so many calls at once; None where calls run in this process.

        A subclass that can do so says how: only it knows with what it is made.
        """
        if self._direct is not None or type(self) is not LocalExecutor:
            return None
        return Lanes(lambda: LocalExecutor(self.config), number)

    def abort(self) -> None:
        """End the call that another thread has under way; its processes come up anew."""
        self._roster.abort()

    def close(self) -> None:
        """End all processes and remove their directories. It may be called again."""
        self._leave_to_parent()
        with self._lock:
            self.restart()
            self._roster.clear()
            self._processes.close()
        atexit.unregister(self._at_exit)

    def _leave_to_parent(self) -> None:
        """In a forked copy of the host, forget what belongs to the original without ending it."""
        if os.getpid() == self._owner:
            return
        # Kept, because what is collected may close or complain.
        self._inherited += [self._roster.clear(), self._processes.leave()]
        self._lock = threading.RLock()
        self._owner = os.getpid()

    def _call(
        self, implementation: Callee, func_name: str, arguments: Arguments, timeout_s: float
    ) -> Payload:
        needs = arguments.needs
        self._processes.get_ready(implementation, needs)
        lost = implementation.find_lost(needs)
        if lost:
            return implementation.explain(make_failure("argument_encoding", lost))
        sandbox = implementation.sandbox
        if sandbox is None:
            assert implementation.refusal is not None
            return dict(implementation.refusal)
        with implementation.turns or _NOTHING:
            payload, is_usable = sandbox.call(
                func_name, arguments.dumped, timeout_s, is_held=implementation.is_held
            )
        payload = implementation.explain(payload)
        if not is_usable or self._level == "spawn":
            sandbox.end()
            implementation.sandbox = None
        if implementation.notes:
            payload["notes"] = [*implementation.notes, *payload.get("notes", ())]
            implementation.notes = []
        return payload
