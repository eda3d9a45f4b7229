"""The host's side of a zygote: every call runs in a fork of a process that made no call yet."""

from __future__ import annotations

import os
import socket
import time
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.local import frames
from pytest_metamorphic_guard.executors.local.answers import drop_harness
from pytest_metamorphic_guard.executors.local.durations import (
    CPU_SLACK_MS,
    FORK_SLACK_MS,
    FORK_STEPS,
    Stopwatch,
    is_contradicted,
)
from pytest_metamorphic_guard.executors.local.payloads import (
    Payload,
    describe_status,
    make_ended,
    make_failure,
    make_timeout,
)
from pytest_metamorphic_guard.executors.local.responses import Collected, ForgedError, GoneError
from pytest_metamorphic_guard.executors.local.sandbox import Sandbox

if TYPE_CHECKING:
    from pytest_metamorphic_guard.executors.local.process import Process
    from pytest_metamorphic_guard.executors.local.responses import Response
    from pytest_metamorphic_guard.executors.local.wishes import Wish

__all__ = ["ForkingZygote", "FreshZygote"]

# The zygote keeps the time itself; beyond this the host stops believing in it.
_ZYGOTE_GRACE_S = 1.0


class ForkingZygote(Sandbox):
    """A zygote that imported the candidate: a call sees the import, and no other call."""

    entry = "zygote"

    def __init__(self, wish: Wish, process: Process) -> None:
        super().__init__(wish, process)
        self._watch = Stopwatch(self._process.pid)

    def end(self) -> None:
        """Kill it."""
        self._watch.close()
        super().end()

    def _load(self) -> tuple[str, int]:
        found = super()._load()
        # What an import made there would be there for the first call alone.
        self._clear_up()
        return found

    def _exchange(self, func_name: str, body: bytes, timeout_s: float) -> tuple[Payload, bool]:
        self._process.wake()
        limit = timeout_s + _ZYGOTE_GRACE_S
        if self._is_fresh:
            limit += self._configuration.import_timeout_s
        start = self._watch.begin()
        reader, writer = os.pipe()
        try:
            output = self._process.renew_output()
            try:
                socket.send_fds(self._process.socket, [b"w"], [writer, *output.theirs])
            except OSError:
                raise GoneError from None
            finally:
                os.close(writer)
                output.hand_over()
            collected = self._channel.collect(body, reader, start + limit)
        finally:
            os.close(reader)
        observed_s = time.monotonic() - start
        status, phase, swept = self._reader.read_ended(collected.response, observed_s)
        payload = self._read_end(collected, status, phase, func_name, timeout_s)
        self._add_usage(payload, collected.response)
        if not self._is_fresh and payload.get("error_type") != "timeout":
            self._settle_duration(payload, collected, len(body))
        if swept:
            payload["notes"] = [f"{abs(swept)} processes that the call had left were killed"]
        return payload, swept >= 0 and self._clear_up()

    def _clear_up(self) -> bool:
        """Return whether nothing is left of the call, in the directory or among the processes."""
        try:
            return self._process.renew_folders() and not self._process.count_strangers()
        except OSError:
            return False

    def _name_loss(self, status: int) -> Payload:
        # Its child may have killed it, or a fault of ours; the call's own end is unknown.
        return make_failure(
            "sandbox_lost", f"the process behind the call {describe_status(status)}"
        )

    def _read_end(
        self, collected: Collected, status: int, phase: int, func_name: str, timeout_s: float
    ) -> Payload:
        if phase == frames.CALL_PHASE:
            return self._with_output(make_timeout(timeout_s))
        if phase == frames.IMPORT_PHASE:
            limit = self._configuration.import_timeout_s
            hint = self._hints.explain_import_time()
            text = f"importing {self._reader.where} took longer than {limit:g} s{hint}"
            return self._with_output(make_failure("import_error", text))
        try:
            answer = collected.read_answer()
        except ForgedError as error:
            text = f"the call broke the protocol: {error}"
            return self._with_output(make_failure("protocol", text))
        if answer is None:
            payload = self._with_output(make_ended(status))
            payload["error"] += self._hints.explain_end(payload["stderr"])
            return payload
        try:
            return self._reader.read_call(answer, func_name, collected.response.duration_ns / 1e9)
        except ForgedError as error:
            text = f"the call broke the protocol: {error}"
            return self._with_output(make_failure("protocol", text))

    def _with_output(self, payload: Payload) -> Payload:
        payload["stdout"], stderr = self._process.output.take()
        payload["stderr"] = drop_harness(stderr)
        return payload

    def _settle_duration(self, payload: Payload, collected: Collected, request: int) -> None:
        """Believe the kernel, or the zygote, where the child claims less than it took."""
        ended, claimed_ms = collected.response, payload["duration_ms"]
        waited_ms = FORK_STEPS * self._watch.read_waited_ms()
        for seen_ns, slack_ms in (
            (ended.cpu_ns, CPU_SLACK_MS),
            (ended.duration_ns, FORK_SLACK_MS + waited_ms),
        ):
            if is_contradicted(claimed_ms, seen_ns / 1e6, (request, len(collected.data)), slack_ms):
                payload["duration_ms"] = max(payload["duration_ms"], seen_ns / 1e6)

    @staticmethod
    def _add_usage(payload: Payload, ended: Response) -> None:
        if payload.get("error_type") == "timeout":
            payload["duration_ms"] = ended.duration_ns / 1e6
        claimed = payload.get("resource_usage", {}).get("cpu_ms", float("inf"))
        # The kernel counts all of the child, its start included; only the child can leave it out.
        payload["resource_usage"] = {
            "cpu_ms": min(claimed, max(0, ended.cpu_ns) / 1e6),
            "peak_memory_mb": max(0, ended.peak_kib) / 1024,
        }


class FreshZygote(ForkingZygote):
    """A zygote that never runs candidate code: every call imports it anew."""

    _is_fresh = True
