"""One started interpreter, seen from the host: its pipes, its output, and its certain end."""

from __future__ import annotations

import contextlib
import os
import queue
import select
import signal
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import msgpack

from pytest_metamorphic_guard.executors.local.directories import SharedFolder, Workplace
from pytest_metamorphic_guard.executors.local.environment import make_environment
from pytest_metamorphic_guard.executors.local.kin import Kin
from pytest_metamorphic_guard.executors.local.output import Output

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Process"]

_BOOTSTRAP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bootstrap.py")
_CODEC = os.path.dirname(os.path.dirname(os.path.abspath(msgpack.__file__)))
# Linux moves this much at once instead of 64 KiB; more needs a privilege.
_PIPE_BYTES = 1 << 20
_F_SETPIPE_SZ = 1031
# How long a keeper may take to kill what a candidate started.
_SWEEP_S = 5.0


class Process:
    """An interpreter in a session and a directory of its own, with a cleared environment.

    Args:
        entry: Name of the harness module that it runs: ``"worker"`` or ``"zygote"``.
        folder: A new directory that will hold its working directory.
        variables: Names of environment variables that it gets besides the usual ones.
        output_cap: Most bytes of output that are read per call.
        is_kept: Whether it is asked to end first, so that it can kill what it started.
        processor: The only processor that it and what it starts run on, or None for all.

    Attributes:
        folder: See above.
        requests: Descriptor to write requests to.
        responses: Descriptor to read responses from.
        socket: Through which a zygote is given descriptors.
        pidfd: Descriptor that becomes readable when the process ends; -1 where there is none.
        output: What it prints.
        workplace: Its working directory.

    Raises:
        OSError: It could not be started.
    """

    def __init__(  # noqa: PLR0913 - what a process is started with
        self,
        entry: str,
        folder: str,
        variables: Iterable[str],
        output_cap: int,
        *,
        hash_seed: int,
        is_kept: bool,
        processor: int | None = None,
    ) -> None:
        self.folder = folder
        self.workplace = Workplace(folder)
        self._kin = Kin()
        self._shared = SharedFolder()
        # Through it a zygote gets the writing end of each call's pipe.
        self.socket, self._their_socket = socket.socketpair()
        self._is_kept = is_kept
        self._rests = False
        self._processor = processor
        self.requests = self.responses = self.pidfd = -1
        self._child: subprocess.Popen[bytes] | None = None
        # Not where the process could find them.
        self.output = Output(os.path.dirname(folder), output_cap)
        try:
            self._start(entry, make_environment(self.workplace.path, variables, hash_seed))
        except BaseException:
            self.end()
            raise

    def renew_output(self) -> Output:
        """Let what it prints from now on be in new files, once it has been given these."""
        self.output.renew()
        return self.output

    def find_inner(self) -> None:
        """Find which process it is that will read candidate code; it must not have done so yet."""
        assert self._child is not None
        self._kin = Kin(self._child.pid)
        self._shared = SharedFolder(self._kin.inner_pid)

    def renew_folders(self) -> bool:
        """Make its folders as new; return whether nothing else was there.

        Raises:
            OSError: That was not possible.
        """
        self._shared.renew()
        return self.workplace.renew()

    def rest(self) -> None:
        """Stop it until `wake`, so that it does nothing unless it is called."""
        self._kin.signal(signal.SIGSTOP)
        self._rests = True

    def wake(self) -> None:
        """Let it go on, if it rests."""
        if self._rests:
            self._kin.signal(signal.SIGCONT)
            self._rests = False

    def count_strangers(self) -> int:
        """Return how many processes came from it beside those of ours, as the kernel counts."""
        return self._kin.count_strangers()

    def find_shared(self) -> str:
        """Return what copies of it would share or lack, as part of a sentence, or nothing."""
        return self._kin.find_shared()

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._child is not None
        return self._child.pid

    @property
    def inner_pid(self) -> int:
        """Number of the process that reads candidate code; 0 where the system does not show it."""
        return self._kin.inner_pid

    def wait(self, seconds: float) -> int | None:
        """Return the exit status, negative for a signal, or None if it does not end in time."""
        assert self._child is not None
        if self.pidfd >= 0:
            if not self._await_end(seconds):
                return None
            # The group is killed before its leader is reaped: until then its number is not reused.
            self._kill_group()
        try:
            return self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def kill(self) -> None:
        """Kill it with everything in its group; its output can still be read."""
        if self._child is not None and self._child.returncode is None:
            if self._is_kept:
                self._child.terminate()
                self._await_end(_SWEEP_S)
            self._kill_group()
            self._child.kill()
            self._child.wait()
            self._await_last()

    def abort(self) -> None:
        """Kill it from another thread than the one that owns it, which then finds it ended."""
        child = self._child
        if child is not None and child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.terminate() if self._is_kept else child.kill()

    def end(self) -> None:
        """Kill it with everything in its group, and remove what belonged to it.

        It may be called again.
        """
        self.kill()
        for descriptor in (self.requests, self.responses, self.pidfd):
            if descriptor >= 0:
                os.close(descriptor)
        self.requests = self.responses = self.pidfd = -1
        self.socket.close()
        self._their_socket.close()
        self.output.close()
        self._kin.close()
        self._shared.close()
        self.workplace.remove()

    def _start(self, entry: str, environment: dict[str, str]) -> None:
        theirs_in, self.requests = _make_pipe()
        try:
            self.responses, theirs_out = _make_pipe()
            try:
                theirs = [theirs_in, theirs_out]
                if entry == "zygote":
                    theirs.append(self._their_socket.fileno())
                command = [sys.executable, "-P", "-s", _BOOTSTRAP, entry, _CODEC]
                self._child = _call_in_lasting_thread(
                    lambda: subprocess.Popen(
                        [*command, *map(str, theirs)],
                        stdin=subprocess.DEVNULL,
                        stdout=self.output.theirs[0],
                        stderr=self.output.theirs[1],
                        pass_fds=theirs,
                        cwd=self.workplace.path,
                        env=environment,
                        start_new_session=True,
                    )
                )
                if self._processor is not None:
                    # Taken from this host since, perhaps; then it runs wherever it may.
                    with contextlib.suppress(OSError):
                        os.sched_setaffinity(self._child.pid, {self._processor})
            finally:
                os.close(theirs_out)
        finally:
            os.close(theirs_in)
            self._their_socket.close()
            self.output.hand_over()
        if hasattr(os, "pidfd_open"):
            with contextlib.suppress(OSError):
                self.pidfd = os.pidfd_open(self._child.pid)

    def _await_end(self, seconds: float) -> bool:
        poll = select.poll()
        poll.register(self.pidfd, select.POLLIN)
        return bool(poll.poll(max(0, int(seconds * 1000))))

    def _await_last(self) -> None:
        # A zygote's next child holds the other end until it dies, a moment after the zygote.
        poll = select.poll()
        poll.register(self.socket, select.POLLHUP)
        poll.poll(int(_SWEEP_S * 1000))

    def _kill_group(self) -> None:
        assert self._child is not None
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, signal.SIGKILL)


def _make_pipe() -> tuple[int, int]:
    reader, writer = os.pipe()
    if sys.platform == "linux":
        import fcntl  # not on every system

        with contextlib.suppress(OSError):
            fcntl.fcntl(writer, _F_SETPIPE_SZ, _PIPE_BYTES)
    return reader, writer


class _LastingThread:
    """A thread that lives as long as this process.

    The kernel sends the parent-death signal when the thread ends that started a process, not when
    its process does.
    """

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._tasks: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="metamorphic-guard-start", daemon=True).start()

    def call(self, start: Callable[[], subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
        """Call ``start`` in the thread and return, or raise, what it does."""
        results: queue.SimpleQueue[subprocess.Popen[bytes] | BaseException] = queue.SimpleQueue()

        def task() -> None:
            try:
                results.put(start())
            except BaseException as error:  # noqa: BLE001 - raised again in the calling thread
                results.put(error)

        self._tasks.put(task)
        result = results.get()
        if isinstance(result, BaseException):
            raise result
        return result

    def _run(self) -> None:
        while True:
            self._tasks.get()()


_lasting: _LastingThread | None = None
_lasting_lock = threading.Lock()


def _call_in_lasting_thread(
    start: Callable[[], subprocess.Popen[bytes]],
) -> subprocess.Popen[bytes]:
    global _lasting  # noqa: PLW0603 - one thread per process is enough for all executors
    if threading.current_thread() is threading.main_thread():
        return start()
    with _lasting_lock:
        if _lasting is None or _lasting.pid != os.getpid():
            _lasting = _LastingThread()
        thread = _lasting
    return thread.call(start)
