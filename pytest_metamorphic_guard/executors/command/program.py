"""One program as the host sees it: started when it is first needed, asked, ended."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.executors.command.answers import read_answer, read_output
from pytest_metamorphic_guard.executors.command.json_values import write_json
from pytest_metamorphic_guard.executors.command.launching import (
    Launcher,
    LostError,
    RefusedError,
)
from pytest_metamorphic_guard.executors.command.payloads import (
    Payload,
    describe_end,
    make_failure,
)
from pytest_metamorphic_guard.executors.command.streams import (
    EndedError,
    ExpiredError,
    FloodedError,
    Streams,
)
from pytest_metamorphic_guard.executors.isolation import warn_once

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_metamorphic_guard.executors.command.configuration import Configuration

__all__ = ["Program"]

_BUFFERS = (
    "if it answers without a time limit, it may keep its output in a buffer: it has to flush it "
    "after every line"
)


class Program:
    """A program that is kept running, or started for every call.

    Args:
        cage: What it is kept in; see `Cage`.
        told: How it is started: its ``program``, ``words`` and ``environment``.
        configuration: The executor's.
    """

    def __init__(
        self, cage: dict[str, Any], told: dict[str, Any], configuration: Configuration
    ) -> None:
        self._cage, self._told, self._configuration = cage, told, configuration
        self._launcher: Launcher | None = None
        self._streams: Streams | None = None
        self._number = 0
        self._answered = False
        self._slowest_start_s: float | None = None
        self.processor: int | None = None

    def ask(self, function: str, args: Sequence[object], timeout_s: float) -> Payload:
        """Make one call of a program that is kept running, started where it does not run."""
        body = b'"function":%b,"args":%b}\n' % (write_json(function), write_json(args))
        payload = self._guard(lambda: self._converse(body, timeout_s))
        if payload is None:
            # It ended of its own accord after an answer, as one that serves a single line does.
            payload = self._guard(lambda: self._converse(body, timeout_s))
        assert payload is not None  # a program that was just started has answered nothing yet
        return payload

    def run(self, words: Sequence[str], data: bytes, timeout_s: float) -> Payload:
        """Make one call of a program that is started for it.

        Args:
            words: Words beyond those of the command.
            data: Its standard input.
            timeout_s: Seconds that it may take.
        """
        payload = self._guard(lambda: self._run_once(words, data, timeout_s))
        self.stop()
        assert payload is not None
        return payload

    def start(self, words: Sequence[str] = ()) -> Streams:
        """Start it, unless it runs.

        Raises:
            RefusedError: It cannot be started.
            LostError: Nothing can.
        """
        if self._streams is None:
            if self._launcher is None:
                self._launcher = Launcher(self._cage)
                if self._launcher.missing:
                    listed = ", ".join(self._launcher.missing)
                    warn_once(f"programs run with less isolation than asked for: without {listed}")
            told = {
                **self._told,
                "words": [*self._told["words"], *words],
                "directory": self._cage["directory"],
                "processor": self.processor,
            }
            options = self._configuration
            self._streams = Streams(
                self._launcher, told, options.result_bytes, max(1, options.output_bytes)
            )
            self._number, self._answered = 0, False
        return self._streams

    def stop(self) -> None:
        """End it with all that it started; the next call starts it anew."""
        streams, self._streams = self._streams, None
        if streams is not None:
            try:
                streams.stop()
            except LostError:
                self.close()

    def abort(self) -> None:
        """Kill it, whoever waits for it; any thread may call this."""
        launcher = self._launcher
        if launcher is not None:
            launcher.kill()

    def close(self) -> None:
        """End it, and what starts it. It may be called again."""
        launcher, self._launcher = self._launcher, None
        if launcher is not None:
            if self._streams is not None:
                self.stop()
            launcher.close()

    def _guard(self, call: Callable[[], Payload | None]) -> Payload | None:
        """Return the payload of a call; where it has no answer, the program is ended."""
        begun = time.perf_counter()
        try:
            payload = call()
            if payload is None or payload["success"] or payload["error_code"] == "COMMAND_ERROR":
                return payload
        except FloodedError:
            most = self._configuration.max_result_mb
            said = f"answered more than {most:g} MiB, of which no more was read (max_result_mb)"
            payload = make_failure("result_too_large", said)
        except RefusedError as error:
            payload = make_failure("not_started", f"{self._told['program']}: {error}")
        except LostError as error:
            self.close()
            return make_failure("sandbox_lost", str(error))
        except BaseException:
            # Ctrl-C, say: nobody knows what it would answer next.
            self.stop()
            raise
        if payload["duration_ms"] == 0.0:
            payload["duration_ms"] = (time.perf_counter() - begun) * 1000
        self.stop()
        return payload

    def _converse(self, body: bytes, timeout_s: float) -> Payload | None:
        unasked = self._drain()
        if unasked:
            return self._explain_unasked(unasked)
        allowed_s = self._find_allowance() if self._streams is None else 0.0
        streams = self.start()
        self._number += 1
        begun, deadline = time.perf_counter(), time.monotonic() + timeout_s + allowed_s
        try:
            line = streams.ask(b'{"id":%d,' % self._number + body, deadline)
        except ExpiredError:
            return self._explain_expired(timeout_s, allowed_s, streams.stderr)
        except EndedError as ended:
            status = ended.said["ended"]
            if status == 0 and self._answered:
                self.stop()
                return None
            return self._explain_ended(status, streams.stderr, "without answering")
        took_s = time.perf_counter() - begun
        if not self._answered:
            self._slowest_start_s = max(took_s, self._slowest_start_s or 0.0)
        payload = read_answer(line, self._number, took_s * 1000, streams.stderr)
        more = streams.take_more()
        if more and payload.get("error_type") != "protocol":
            return self._explain_unasked(more) | {"stderr": payload["stderr"]}
        self._answered = self._answered or payload["success"]
        return payload

    def _drain(self) -> bytes:
        """Return what it said since the last call; one that has ended is forgotten."""
        if self._streams is None:
            return b""
        try:
            return self._streams.drain()
        except EndedError:
            self.stop()
            return b""

    def _run_once(self, words: Sequence[str], data: bytes, timeout_s: float) -> Payload:
        begun = time.perf_counter()
        streams = self.start(words)
        deadline = time.monotonic() + timeout_s
        try:
            output = streams.ask_once(data, deadline)
        except ExpiredError:
            return make_failure(
                "timeout", f"timed out after {timeout_s:g} s", stderr=streams.stderr
            )
        took_ms, stderr, end = (time.perf_counter() - begun) * 1000, streams.stderr, streams.end
        assert end is not None
        usage = {"cpu_ms": end["cpu_ms"], "peak_memory_mb": end["peak_memory_mb"]}
        if end["ended"]:
            payload = self._explain_ended(end["ended"], stderr, "")
            return payload | {"duration_ms": took_ms, "resource_usage": usage}
        payload = read_output(output, self._configuration.output, took_ms, stderr)
        return payload | {"resource_usage": usage}

    def _find_allowance(self) -> float:
        """Return the seconds that a start may take: as long as one took, generously."""
        most = self._configuration.start_timeout_s
        seen = self._slowest_start_s
        return most if seen is None else min(most, 2 * seen + 0.5)

    def _explain_unasked(self, unasked: bytes) -> Payload:
        said = read_answer(unasked.partition(b"\n")[0], self._number + 1, 0.0, "")
        # Of an answer to the next call there is no code.
        if said.get("error_code") in ("COMMAND_TWICE", "COMMAND_NOT_JSON"):
            return said
        shown = unasked[:60].decode("utf-8", "replace")
        return make_failure("protocol", f"wrote without being asked: {shown!r}", "UNASKED")

    def _explain_expired(self, timeout_s: float, allowed_s: float, stderr: str) -> Payload:
        more = f", and {allowed_s:g} s more for its start" if allowed_s else ""
        said = f"timed out after {timeout_s:g} s{more}; {_BUFFERS}"
        return make_failure("timeout", said, stderr=stderr)

    def _explain_ended(self, status: int, stderr: str, how: str) -> Payload:
        said = describe_end(status, stderr)
        if how:
            end, colon, rest = said.partition(":")
            said = f"{end} {how}{colon}{rest}"
        if status < 0:
            return make_failure("crash", said, "SIGNAL", stderr=stderr)
        if how:
            return make_failure("process_exit", said, "NO_ANSWER", stderr=stderr)
        return make_failure("exit_status", said, f"EXIT_{status}", stderr=stderr)
