"""The host's side of a warm worker: one process that imported the candidate and answers calls."""

from __future__ import annotations

import os
import pickle
import time
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors import wire
from pytest_metamorphic_guard.executors.local import frames
from pytest_metamorphic_guard.executors.local.arguments import explain_unreadable, needs_imports
from pytest_metamorphic_guard.executors.local.channel import (
    Channel,
    ExpiredError,
    ForgedError,
    GoneError,
    Response,
)
from pytest_metamorphic_guard.executors.local.payloads import (
    Payload,
    describe_status,
    make_ended,
    make_failure,
    make_missing,
    make_result,
    make_timeout,
)
from pytest_metamorphic_guard.executors.local.process import Process
from pytest_metamorphic_guard.executors.local.setup import Setup

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_metamorphic_guard.executors.local.configuration import Configuration
    from pytest_metamorphic_guard.executors.local.setup import Target

__all__ = ["ImportFailedError", "WarmWorker"]

_OURS = f'  File "{os.path.dirname(os.path.abspath(__file__))}{os.sep}'
# How long a worker that closed its pipe may take to end before it is called a breach.
_GRACE_S = 1.0
_FAILURE_FIELDS = 4
_KINDS_OF_FAILURE = frozenset(
    {
        "argument_encoding",
        "exception",
        "function_missing",
        "import_error",
        "keyboard_interrupt",
        "memory",
        "result_encoding",
        "result_too_large",
        "system_exit",
    }
)


class ImportFailedError(Exception):
    """The candidate cannot be imported; ``payload`` says why."""

    def __init__(self, payload: Payload) -> None:
        super().__init__(payload)
        self.payload = payload


class WarmWorker:
    """A process that imported one candidate. It is started at once.

    Args:
        target: What to import.
        directory: A new directory for the process alone.
        mem_mb: Memory limit in MiB; 0 for none.
        configuration: The executor's.
        search_path: The host's ``sys.path``.

    Raises:
        ImportFailedError: The candidate did not import; the process has ended.
    """

    def __init__(
        self,
        target: Target,
        directory: str,
        mem_mb: int,
        configuration: Configuration,
        search_path: Iterable[str],
    ) -> None:
        self._target = target
        self._mem_mb = mem_mb
        self._configuration = configuration
        self._result_bytes = int(configuration.max_result_mb * (1 << 20))
        self._limits = wire.Limits(max_bytes=self._result_bytes)
        self._is_prepared = False
        self._process = Process(
            "worker", directory, configuration.env, int(configuration.max_output_kb * 1024)
        )
        try:
            self._channel = Channel(self._process, self._result_bytes)
            self.file = self._load(directory, tuple(search_path))
        except BaseException:
            self._process.end()
            raise

    def is_usable(self) -> bool:
        """Return whether it lives and nothing of an earlier call is left in its pipe."""
        return self._channel.is_quiet()

    def end(self) -> None:
        """Kill it."""
        self._process.end()

    def call(self, func_name: str, arguments: bytes, timeout_s: float) -> tuple[Payload, bool]:
        """Call a function and return the payload, and whether the worker may serve another call.

        Args:
            func_name: Name of the function.
            arguments: Pickled arguments.
            timeout_s: Seconds that the call may take.
        """
        if not self._is_prepared:
            unusable = self._prepare(arguments)
            if unusable is not None:
                return unusable
        name = func_name.encode()
        body = frames.NAME_LENGTH.pack(len(name)) + name + arguments
        start = time.monotonic()
        try:
            response = self._channel.exchange(frames.CALL, body, start + timeout_s)
            payload = self._read_call(response, func_name, time.monotonic() - start)
        except (ExpiredError, GoneError, ForgedError) as end:
            return self._conclude(end, timeout_s), False
        # What did not fit into the file is still in the buffers, and a later call would print it.
        return payload, payload.get("error_type") != "output_limit"

    def _load(self, directory: str, search_path: tuple[str, ...]) -> str:
        setup = Setup(
            host_pid=os.getpid(),
            target=self._target,
            search_path=search_path,
            directory=directory,
            mem_mb=self._mem_mb,
            file_mb=self._configuration.file_mb,
            open_files=self._configuration.open_files,
            result_bytes=self._result_bytes,
        )
        deadline = time.monotonic() + self._configuration.import_timeout_s
        where = self._target.file or self._target.name
        try:
            response = self._channel.exchange(frames.LOAD, pickle.dumps(setup, 5), deadline)
            answer = self._decode(response.body)
            if response.kind == frames.LOADED:
                self._process.output.take()
                return self._read_loaded(answer)
            fields = self._read_failure(response, answer)
        except ExpiredError:
            limit = self._configuration.import_timeout_s
            raise self._refuse(f"importing {where} took longer than {limit:g} s") from None
        except GoneError:
            status = self._process.wait(_GRACE_S)
            how = "closed its channel" if status is None else describe_status(status)
            raise self._refuse(f"importing {where} did not finish: the process {how}") from None
        except ForgedError as error:
            raise self._refuse(f"importing {where} broke the protocol: {error}") from None
        _, exception_type, message, traceback = fields
        refusal = self._refuse(f"importing {where} failed: {_join(exception_type, message)}")
        if exception_type == "MemoryError":
            refusal.payload["error"] += f" (its memory limit is {self._mem_mb} MiB)"
        refusal.payload |= {"exception_type": exception_type, "traceback": traceback}
        raise refusal

    @staticmethod
    def _read_loaded(answer: object) -> str:
        match answer:
            case (str(file), int()):
                return file
            case _:
                raise ForgedError("the response is of no known kind")

    def _refuse(self, text: str) -> ImportFailedError:
        payload = make_failure("import_error", text)
        payload["stdout"], payload["stderr"] = self._process.output.take()
        return ImportFailedError(payload)

    def _prepare(self, arguments: bytes) -> tuple[Payload, bool] | None:
        self._is_prepared = True
        if not needs_imports(arguments):
            return None
        limit = self._configuration.import_timeout_s
        try:
            response = self._channel.exchange(frames.PREPARE, arguments, time.monotonic() + limit)
            if response.kind == frames.LOADED:
                return None
            return self._read_call(response, "", limit), True
        except (ExpiredError, GoneError, ForgedError) as end:
            return self._conclude(end, limit), False

    def _read_call(self, response: Response, func_name: str, observed_s: float) -> Payload:
        duration_ms = response.duration_ns / 1e6
        if not 0 <= duration_ms <= observed_s * 1e3:
            raise ForgedError("it claims a duration that is impossible")
        answer = self._decode(response.body)
        stdout, stderr, is_full = self._take_output()
        if response.kind == frames.RETURNED:
            payload = make_result(answer, duration_ms, stdout, stderr)
        else:
            payload = self._make_failed(
                self._read_failure(response, answer), func_name, is_full=is_full
            )
            payload |= {"duration_ms": duration_ms, "stdout": stdout, "stderr": stderr}
        payload["resource_usage"] = {
            "cpu_ms": max(0, response.cpu_ns) / 1e6,
            "peak_memory_mb": max(0, response.peak_kib) / 1024,
        }
        return payload

    def _make_failed(
        self, fields: tuple[str, str, str, str], func_name: str, *, is_full: bool
    ) -> Payload:
        category, exception_type, message, traceback = fields
        match category:
            case "function_missing":
                where = self._target.file or self._target.name
                return make_missing(func_name, where, message)
            case "argument_encoding":
                return make_failure(category, explain_unreadable(exception_type, message))
            case "exception" if is_full:
                return make_failure(
                    "output_limit",
                    f"printed more than {self._configuration.file_mb} MiB, the limit of a file",
                )
        payload = make_failure(category, _join(exception_type, message))
        if exception_type:
            payload |= {"exception_type": exception_type, "traceback": traceback}
        return payload

    def _conclude(self, end: Exception, timeout_s: float) -> Payload:
        match end:
            case ExpiredError():
                payload = make_timeout(timeout_s)
                payload["duration_ms"] = timeout_s * 1e3
            case GoneError():
                status = self._process.wait(_GRACE_S)
                if status is None:
                    payload = make_failure("protocol", "closed its channel and kept running")
                else:
                    payload = make_ended(status)
            case _:
                payload = make_failure("protocol", f"the worker broke the protocol: {end}")
        # Dead before its output is read, so that nothing is added meanwhile.
        self._process.kill()
        payload["stdout"], payload["stderr"], _ = self._take_output()
        payload["stderr"] = _drop_harness(payload["stderr"])
        return payload

    def _take_output(self) -> tuple[str, str, bool]:
        output = self._process.output
        is_full = output.measure() >= self._configuration.file_mb << 20
        return *output.take(), is_full

    def _decode(self, body: memoryview) -> object:
        try:
            return wire.decode(body, self._limits)
        except wire.DecodeError as error:
            raise ForgedError(str(error)) from None

    def _read_failure(self, response: Response, answer: object) -> tuple[str, str, str, str]:
        if response.kind == frames.FAILED and type(answer) is tuple:
            texts = [part for part in answer if type(part) is str]
            if len(answer) == len(texts) == _FAILURE_FIELDS and texts[0] in _KINDS_OF_FAILURE:
                return texts[0], texts[1], texts[2], texts[3]
        raise ForgedError("the response is of no known kind")


def _drop_harness(stderr: str) -> str:
    # A crash is reported with the whole stack, and its outer frames are ours.
    return "".join(line for line in stderr.splitlines(keepends=True) if _OURS not in line)


def _join(exception_type: str, message: str) -> str:
    return (
        f"{exception_type}: {message}" if exception_type and message else exception_type or message
    )
