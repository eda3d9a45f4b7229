"""What the host's sides of a worker and of a zygote have in common: starting, and ending."""

from __future__ import annotations

import os
import pickle
import time
from abc import ABC, abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.local import frames
from pytest_metamorphic_guard.executors.local.answers import AnswerReader, drop_harness
from pytest_metamorphic_guard.executors.local.channel import Channel
from pytest_metamorphic_guard.executors.local.kin import describe_lost
from pytest_metamorphic_guard.executors.local.payloads import (
    Payload,
    describe_status,
    make_failure,
    make_timeout,
)
from pytest_metamorphic_guard.executors.local.permissions import make_permissions
from pytest_metamorphic_guard.executors.local.preparation import Preparation
from pytest_metamorphic_guard.executors.local.responses import ExpiredError, ForgedError, GoneError
from pytest_metamorphic_guard.executors.local.setup import Setup
from pytest_metamorphic_guard.executors.local.wishes import RefusedError, Wish
from pytest_metamorphic_guard.values.lookup import list_offers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_metamorphic_guard.executors.local.hints import Hints
    from pytest_metamorphic_guard.executors.local.needs import Need
    from pytest_metamorphic_guard.executors.local.process import Process

__all__ = ["LONGEST_S", "Sandbox", "make_body"]

# How long a process that closed its pipe may take to end before it is called a breach.
GRACE_S = 1.0
# Beyond what the kernel takes as milliseconds, a limit means none.
LONGEST_S = 2_000_000.0
# How long an interpreter may take until it runs our code, on a machine under load.
_START_S = 60.0


class Sandbox(ABC):
    """A process that was started and confined, and that loaded one candidate.

    Args:
        wish: What is wanted.
        process: One that runs the entry of this class and was told nothing yet.

    Attributes:
        missing: What this system lacks for the confinement.
        file: Where the imported module says it comes from.
        threads: How many threads it says it had after the import.

    Raises:
        RefusedError: It did not start, or the candidate did not import; the process has ended.
    """

    entry: str
    _is_fresh = False
    takes_many = False

    def __init__(self, wish: Wish, process: Process) -> None:
        self._wish = wish
        self._configuration = wish.configuration
        self._process = process
        self._reader = AnswerReader(
            wish.target, wish.configuration, self._process, lambda: self._hints
        )
        try:
            self._channel = Channel(self._process, wish.configuration.result_bytes)
            self._preparation = Preparation(
                self._channel,
                self._reader,
                wish.configuration.import_timeout_s,
                has_room=wish.has_needs,
            )
            self.missing = self._start(process.folder)
            self._process.find_inner()
            self.file, self.threads = self._load()
            self._process.rest()
        except BaseException:
            self._process.end()
            raise

    @cached_property
    def _hints(self) -> Hints:
        # Not loaded for calls that do not fail, which starts sooner.
        from pytest_metamorphic_guard.executors.local.hints import Hints

        wish = self._wish
        return Hints(wish.configuration, wish.mem_mb, is_confined=wish.is_confined)

    @property
    def pid(self) -> int:
        """Number of the process that answers."""
        return self._process.inner_pid or self._process.pid

    def is_usable(self) -> bool:
        """Return whether it lives and nothing of an earlier call is left in its pipe."""
        return self._channel.is_quiet()

    def find_shared(self) -> str:
        """Return what copies of it would share or lack, as part of a sentence, or nothing."""
        # Its own word counts where the system shows the host nothing of it.
        seen = self._process.find_shared()
        return seen or (describe_lost(self.threads - 1) if self.threads > 1 else "")

    def abort(self) -> None:
        """Kill it; whoever waits for its answer cleans up."""
        self._process.abort()

    def end(self) -> None:
        """Kill it."""
        self._process.end()

    def call(
        self, func_name: str, arguments: bytes, timeout_s: float, *, is_held: bool = False
    ) -> tuple[Payload, bool]:
        """Call a function and return the payload, and whether another call can be made.

        The arguments are pickled, and ``timeout_s`` is what the call may take. It rests afterwards
        unless it is held for the next call.
        """
        self._preparation.begin_calls()
        payload, is_usable = self._call_woken(func_name, arguments, min(timeout_s, LONGEST_S))
        if is_usable and not is_held:
            self._process.rest()
        return payload, is_usable

    def rest(self) -> None:
        """Stop it until its next call."""
        self._process.rest()

    def _call_woken(
        self, func_name: str, arguments: bytes, timeout_s: float
    ) -> tuple[Payload, bool]:
        body = make_body(func_name, arguments, timeout_s)
        try:
            return self._exchange(func_name, body, timeout_s)
        except (ExpiredError, GoneError, ForgedError) as end:
            return self._conclude(end, timeout_s), False

    def prepare(self, needs: Iterable[Need]) -> bool:
        """Import what inputs need, so that no call has to; return whether it is all there.

        It is not where that would take the memory of a process that is started for it.

        Raises:
            UnpreparedError: A module cannot be imported.
        """
        left = self._preparation.find_left(needs)
        if not left:
            return True
        self._process.wake()
        is_complete = self._preparation.run(left, self._explain_end)
        self._process.output.take()
        self._process.rest()
        return is_complete

    def _explain_end(self) -> str:
        status = self._process.wait(GRACE_S)
        how = "closed its channel" if status is None else describe_status(status)
        return f"the process {how}"

    @abstractmethod
    def _exchange(self, func_name: str, body: bytes, timeout_s: float) -> tuple[Payload, bool]:
        """Wake the process and make one call; the channel's errors are what the caller expects."""

    @abstractmethod
    def _name_loss(self, status: int) -> Payload:
        """Return the payload for a process that ended during a call."""

    def _start(self, directory: str) -> list[str]:
        wish, configuration = self._wish, self._configuration
        permissions = None
        if wish.is_confined:
            permissions = make_permissions(
                wish.target, directory, wish.search_path, configuration, wish.withheld
            )
        setup = Setup(
            host_pid=os.getpid(),
            target=wish.target,
            search_path=wish.search_path,
            permissions=permissions,
            use_namespaces=configuration.namespaces,
            is_kept=wish.is_kept,
            is_fresh=self._is_fresh,
            import_timeout_s=configuration.import_timeout_s,
            needs_mb=configuration.import_mem_mb if wish.has_needs else 0,
            mem_mb=wish.mem_mb,
            shared_mb=configuration.find_shared_mb(wish.mem_mb),
            file_mb=configuration.file_mb,
            open_files=configuration.open_files,
            result_bytes=configuration.result_bytes,
            kinds=list_offers(),
        )
        try:
            response = self._channel.exchange(
                frames.START, pickle.dumps(setup, 5), time.monotonic() + _START_S
            )
            return self._reader.read_missing(response)
        except (ExpiredError, GoneError, ForgedError) as end:
            raise self._refuse(make_failure("not_started", self._explain_start(end))) from None

    def _explain_start(self, end: Exception) -> str:
        match end:
            case ExpiredError():
                reason = f"it took longer than {_START_S:g} s"
            case GoneError():
                self._process.wait(GRACE_S)
                # No candidate code ran: the last line of its traceback is ours, or Python's.
                lines = self._process.output.read_stderr().splitlines()
                reason = lines[-1] if lines else "it ended"
            case _:
                reason = str(end)
        return f"the process did not get ready: {reason}"

    def _load(self) -> tuple[str, int]:
        limit, where = self._configuration.import_timeout_s, self._reader.where
        try:
            response = self._channel.exchange(frames.LOAD, b"", time.monotonic() + limit)
            found = self._reader.read_loaded(response)
        except ExpiredError:
            hint = self._hints.explain_import_time()
            text = f"importing {where} took longer than {limit:g} s{hint}"
        except GoneError:
            how = self._explain_end()
            hint = self._hints.explain_import_end(drop_harness(self._process.output.read_stderr()))
            text = f"importing {where} did not finish: {how}{hint}"
        except ForgedError as error:
            text = f"importing {where} broke the protocol: {error}"
        else:
            if isinstance(found, tuple):
                self._process.output.take()
                return found
            raise self._refuse(found)
        raise self._refuse(make_failure("import_error", text))

    def _refuse(self, payload: Payload) -> RefusedError:
        self._process.kill()
        payload["stdout"], stderr = self._process.output.take()
        payload["stderr"] = drop_harness(stderr)
        return RefusedError(payload)

    def _conclude(self, end: Exception, timeout_s: float) -> Payload:
        match end:
            case ExpiredError():
                payload = make_timeout(timeout_s)
                payload["duration_ms"] = timeout_s * 1e3
            case GoneError():
                status = self._process.wait(GRACE_S)
                if status is None:
                    payload = make_failure("protocol", "closed its channel and kept running")
                else:
                    payload = self._name_loss(status)
                    stderr = self._process.output.read_stderr()
                    payload["error"] += self._hints.explain_end(stderr)
            case _:
                payload = make_failure("protocol", f"the worker broke the protocol: {end}")
        # Dead before its output is read, so that nothing is added meanwhile.
        self._process.kill()
        payload["stdout"], stderr = self._process.output.take()
        payload["stderr"] = drop_harness(stderr)
        return payload


def make_body(func_name: str, arguments: bytes, timeout_s: float) -> bytes:
    """Return the body of a request for a call."""
    name = func_name.encode()
    return frames.CALL_HEAD.pack(len(name), timeout_s) + name + arguments
