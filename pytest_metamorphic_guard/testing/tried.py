"""Calls of an executor under check, judged as they come back."""

from __future__ import annotations

import os
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.outcomes import (
    Outcome,
    PluginIdentity,
    Unavailable,
    to_outcome,
)
from pytest_metamorphic_guard.errors import PluginError
from pytest_metamorphic_guard.testing import candidates

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.contracts.executors import SupportsExecute

__all__ = ["Answer", "Bench", "Finding"]


class Finding(Exception):  # noqa: N818 - what a check found is no error of the check
    """Something that does not hold, in one sentence."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call came back with, after how many seconds."""

    outcome: Outcome
    payload: dict[str, Any]
    wall_s: float


@dataclass(slots=True)
class Bench:
    """An executor, the candidates it is checked with, and the limits they get.

    Attributes:
        executor: What is checked.
        name: Its name.
        publish: Makes a source text available and returns the ``file_path`` that names it.
        timeout_s: Time limit of calls that ought to end by themselves.
        mem_mb: Memory limit.
        overrun_s: How long after its time limit a call may be ended.
        run: Secret of this process, by which a candidate finds out that it runs in it.
    """

    executor: SupportsExecute
    name: str
    publish: Callable[[str], str]
    timeout_s: float
    mem_mb: int
    overrun_s: float
    run: str = ""
    honest: str = ""
    hostile: str = ""

    def __post_init__(self) -> None:
        self.run = secrets.token_hex(8)
        self.honest = self.publish(candidates.HONEST)

    def call(
        self,
        function: str,
        *args: Any,
        file_path: str | None = None,
        timeout_s: float | None = None,
    ) -> Answer:
        """Call a function of the honest candidate, or of another.

        Raises:
            Finding: ``execute`` raised, or returned something that is no payload, or that says that
            the call could not be made.
        """
        path = self.honest if file_path is None else file_path
        limit_s = self.timeout_s if timeout_s is None else timeout_s
        started = time.perf_counter()
        try:
            payload: Any = self.executor.execute(path, function, args, limit_s, self.mem_mb)
        except (Exception, SystemExit) as error:
            raise Finding(f"execute() raised {type(error).__name__}: {error}") from error
        wall_s = time.perf_counter() - started
        try:
            outcome = to_outcome(payload, PluginIdentity("executor", self.name))
        except PluginError as error:
            raise Finding(error.fault) from error
        if isinstance(outcome, Unavailable):
            said = f"the call was unavailable ({outcome.error})"
            raise Finding(f"{said}: check again when what the executor needs can be had")
        return Answer(outcome, payload, wall_s)

    def call_hostile(self, function: str, *args: Any) -> Answer:
        """Call a function of the hostile candidate.

        Raises:
            Finding: As `call`; or it ran in this process and did no harm only for that reason.
        """
        if not self.hostile:
            self.hostile = self.publish(candidates.HOSTILE)
        candidates.RUN.append(self.run)
        try:
            answer = self.call(function, os.getpid(), self.run, *args, file_path=self.hostile)
        finally:
            candidates.RUN.remove(self.run)
        result = answer.payload.get("result")
        if type(result) is str and result == candidates.IN_HOST:
            raise Finding("the candidate runs in the caller's own process and could end it")
        return answer
