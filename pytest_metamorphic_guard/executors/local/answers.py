"""What the host makes of a worker's responses: payloads, or an error that says why not."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.arguments import ARGUMENTS_KEY
from pytest_metamorphic_guard.contracts.outcomes import BASES_KEY
from pytest_metamorphic_guard.contracts.refused import PAYLOAD_KEY
from pytest_metamorphic_guard.contracts.texts import clean, clean_name
from pytest_metamorphic_guard.executors.local import frames
from pytest_metamorphic_guard.executors.local.arguments import explain_unreadable
from pytest_metamorphic_guard.executors.local.payloads import (
    Payload,
    make_failure,
    make_missing,
    make_result,
)
from pytest_metamorphic_guard.executors.local.responses import ForgedError, Response
from pytest_metamorphic_guard.values import wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.executors.local.configuration import Configuration
    from pytest_metamorphic_guard.executors.local.hints import Hints
    from pytest_metamorphic_guard.executors.local.process import Process
    from pytest_metamorphic_guard.executors.local.setup import Target

__all__ = ["AnswerReader", "drop_harness"]

_OURS = f'  File "{os.path.dirname(os.path.abspath(__file__))}{os.sep}'
_FAILURE_FIELDS = 5
_MOST_BASES = 20
_MOST_MESSAGE = 2_500
_MOST_TRACEBACK = 10_000
# Longer ones cannot be opened.
_LONGEST_PATH = 4096
# More threads or processes than this no system has.
_MOST = 1 << 30
_KINDS_OF_FAILURE = frozenset(
    {
        "argument_encoding",
        "exception",
        "function_missing",
        "import_error",
        "keyboard_interrupt",
        "memory",
        "result_encoding",
        "result_endless",
        "result_too_large",
        "system_exit",
    }
)


class AnswerReader:
    """Reads the responses of one process.

    Every method raises `ForgedError` for a response that no harness of ours sends.

    Args:
        target: What the process imported.
        configuration: The executor's.
        process: Whose output belongs to them.
        get_hints: Gives what else is said about failures.
    """

    def __init__(
        self,
        target: Target,
        configuration: Configuration,
        process: Process,
        get_hints: Callable[[], Hints],
    ) -> None:
        self.where = target.file or target.name
        self._configuration = configuration
        self._process = process
        self._get_hints = get_hints
        self._limits = wire.Limits(max_bytes=configuration.result_bytes)

    def read_call(self, response: Response, func_name: str, observed_s: float) -> Payload:
        """Return the payload of a call that took at most ``observed_s`` seconds."""
        duration_ms = _require_duration(response, observed_s)
        try:
            answer = wire.decode(response.body, self._limits)
        except wire.BrokenKindError as error:
            return make_failure("result_encoding", f"the result cannot be read: {error}")
        except wire.DecodeError as error:
            raise ForgedError(str(error)) from None
        if response.kind == frames.RETURNED:
            left, marks = None, func_name[-3:]
            if frames.WATCHED in marks:
                answer, left = _part_arguments(answer)
            if frames.STEPS in marks:
                # Not loaded for calls of one function, which start sooner.
                from pytest_metamorphic_guard.executors.local.step_answers import read_steps

                answer = read_steps(answer, self._limits)
            payload = make_result(answer, duration_ms, *self._process.output.take())
            if left is not None:
                payload[ARGUMENTS_KEY] = left
        else:
            payload = self._make_failed(response, answer, func_name)
            payload["duration_ms"] = duration_ms
            payload["stdout"], payload["stderr"] = self._process.output.take()
        payload["resource_usage"] = {
            "cpu_ms": max(0, response.cpu_ns) / 1e6,
            "peak_memory_mb": max(0, response.peak_kib) / 1024,
        }
        return payload

    def read_missing(self, response: Response) -> list[str]:
        """Return what the system lacks for the confinement that was asked for."""
        match self.decode(response.body):
            case list(missing) if response.kind == frames.STARTED:
                return [str(item) for item in missing]
            case _:
                raise ForgedError("the response is of no known kind")

    def read_loaded(self, response: Response) -> tuple[str, int] | Payload:
        """Return the file of the imported module and its number of threads, or why it failed."""
        answer = self.decode(response.body)
        if response.kind != frames.LOADED:
            return self.make_import_failed(response, answer)
        match answer:
            case (str(file), int(threads)) if 0 < threads <= _MOST:
                return file if len(file) <= _LONGEST_PATH else "", threads
            case _:
                raise ForgedError("the response is of no known kind")

    def read_ended(self, response: Response, observed_s: float) -> tuple[int, int, int]:
        """Return the exit status, the phase in which time ran out or 0, and how many were swept."""
        _require_duration(response, observed_s)
        match self.decode(response.body):
            case (int(status), int(phase), int(swept)) if (
                response.kind == frames.ENDED and abs(swept) <= _MOST
            ):
                try:
                    return os.waitstatus_to_exitcode(status), phase, swept
                except (ValueError, OverflowError):
                    raise ForgedError("it claims an end that is impossible") from None
            case _:
                raise ForgedError("the response is of no known kind")

    def decode(self, body: memoryview) -> object:
        """Return the value of a body."""
        try:
            return wire.decode(body, self._limits)
        except wire.DecodeError as error:
            raise ForgedError(str(error)) from None

    def make_import_failed(self, response: Response, answer: object) -> Payload:
        """Return the payload that says why the candidate did not import."""
        _, exception_type, message, traceback, _ = self._read_failure(response, answer)
        hint = self._get_hints().explain_failure(exception_type, message, traceback)
        text = f"importing {self.where} failed: {_join(exception_type, message)}{hint}"
        payload = make_failure("import_error", text) | self._note_refused(message, traceback)
        return payload | {"exception_type": exception_type, "traceback": traceback}

    def read_known(self, response: Response) -> bool:
        """Return whether a module is imported there."""
        match self.decode(response.body):
            case bool(is_known) if response.kind == frames.KNOWN:
                return is_known
            case _:
                raise ForgedError("the response is of no known kind")

    def read_prepared(self, response: Response) -> str:
        """Return nothing if a module was imported that arguments need, or why not."""
        if response.kind == frames.LOADED:
            return ""
        answer = self.decode(response.body)
        _, exception_type, message, *_ = self._read_failure(response, answer)
        if exception_type == "MemoryError":
            most = f"{self._configuration.import_mem_mb:,} MiB"
            return f"needs more than {most}: set import_mem_mb in --mg-executor-config"
        return (
            f"failed in the worker: {_join(exception_type, message)};"
            " define it in a module that can be imported by name"
        )

    def _make_failed(self, response: Response, answer: object, func_name: str) -> Payload:
        category, exception_type, message, traceback, bases = self._read_failure(response, answer)
        match category:
            case "import_error":
                return self.make_import_failed(response, answer)
            case "function_missing":
                return make_missing(func_name.rstrip(frames.MARKS), self.where, message)
            case "argument_encoding":
                return make_failure(category, explain_unreadable(exception_type, message))
            case "result_too_large" if message.endswith(" bytes"):
                most = self._configuration.max_result_mb
                message += f" ({most:g} MiB): set max_result_mb in --mg-executor-config"
            case "exception" if self._process.output.measure() >= self._configuration.file_mb << 20:
                return make_failure(
                    "output_limit",
                    f"printed more than {self._configuration.file_mb} MiB, the limit of a file",
                )
        hint = self._get_hints().explain_failure(exception_type, message, traceback)
        payload = make_failure(category, _join(exception_type, message) + hint)
        payload |= self._note_refused(message, traceback)
        if exception_type:
            payload |= {"exception_type": exception_type, "traceback": traceback}
            payload[BASES_KEY] = [clean_name(name) for name in bases.splitlines()[:_MOST_BASES]]
        return payload

    def _note_refused(self, message: str, traceback: str) -> Payload:
        refused = self._get_hints().find_refused(message, traceback)
        return {} if refused is None else {PAYLOAD_KEY: refused.to_payload()}

    @staticmethod
    def _read_failure(response: Response, answer: object) -> tuple[str, str, str, str, str]:
        if response.kind == frames.FAILED and type(answer) is tuple:
            texts = [part for part in answer if type(part) is str]
            if len(answer) == len(texts) == _FAILURE_FIELDS and texts[0] in _KINDS_OF_FAILURE:
                # The host's own limits, whatever process answered.
                name, message = clean_name(texts[1]), clean(texts[2], _MOST_MESSAGE)
                trace = clean(texts[3][-_MOST_TRACEBACK:])
                return texts[0], name, message, trace, texts[4][:_MOST_MESSAGE]
        raise ForgedError("the response is of no known kind")


def drop_harness(stderr: str) -> str:
    """Return the report of a crash without the frames that are ours."""
    return "".join(line for line in stderr.splitlines(keepends=True) if _OURS not in line)


def _part_arguments(answer: object) -> tuple[object, list[object]]:
    """Return the result and what the call has left of its arguments."""
    match answer:
        case (result, list(left)) if type(answer) is tuple:
            return result, left
        case _:
            raise ForgedError("the response is of no known kind")


def _require_duration(response: Response, observed_s: float) -> float:
    duration_ms = response.duration_ns / 1e6
    if not 0 <= duration_ms <= observed_s * 1e3:
        raise ForgedError("it claims a duration that is impossible")
    return duration_ms


def _join(exception_type: str, message: str) -> str:
    return (
        f"{exception_type}: {message}" if exception_type and message else exception_type or message
    )
