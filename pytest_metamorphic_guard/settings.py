"""What one run was told to do: read once, then unchanged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from pytest_metamorphic_guard.tasks.claims import takes_all

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pytest_metamorphic_guard.tasks.implementations import Assignment, Implementation

__all__ = [
    "DEFAULT_MEM_MB",
    "DEFAULT_TIMEOUT_S",
    "FailOn",
    "SeedSource",
    "Settings",
    "Shard",
    "Shrink",
    "StrengthLimit",
    "Vacuity",
]

Shrink = Literal["auto", "full", "off"]
FailOn = Literal["violation", "regression"]
SeedSource = Literal["default", "given", "contents"]
Vacuity = Literal["warn", "error", "off"]
DEFAULT_TIMEOUT_S = 5.0
DEFAULT_MEM_MB = 512
_DEFAULT_EXECUTOR = "local"
_ROLES = ("candidate", "baseline")


@dataclass(frozen=True, slots=True)
class Shard:
    """The share of every sample that one of several runs takes.

    Attributes:
        number: Which of them this is, from 1.
        count: How many there are.
    """

    number: int
    count: int

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def takes(self, index: int) -> bool:
        """Tell whether an input is of this share, by its number in the whole sample, from 0."""
        return index % self.count == self.number - 1


@dataclass(frozen=True, slots=True)
class StrengthLimit:
    """How much measuring strength may take, for each task.

    Attributes:
        mutants: Most small changes to try.
        seconds: Seconds after which no other one is begun.
    """

    mutants: int = 100
    seconds: float = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The options of one run.

    Attributes:
        candidates: Implementations under test, in the order given.
        baselines: What they are compared with.
        tasks: Names of the tasks to run; empty for all.
        n: Number of cases per item, or None for the default of the task's inputs.
        seed: Seed of every random choice.
        seed_source: Where it comes from: 0 by default, given by the user, or made from the contents
            of the implementations.
        timeout_s: Seconds one call may take, or None where the task decides.
        mem_mb: MiB one call may use, or None where the task decides; 0 means no limit.
        executor: Name of the executor.
        executor_config: Its configuration.
        shrink: How long to look for a smaller violating input.
        fail_on: Whether a violation that the baseline has too fails an item.
        candidate_executor: Name of the candidate's executor, or None for the common one.
        baseline_executor: Name of the baseline's executor, or None for the common one.
        candidate_executor_config: Its configuration, or None for the common one.
        baseline_executor_config: Its configuration, or None for the common one.
        measure: Run whole samples although nothing else asks for it.
        gate: Decide at the end whether to adopt the candidate.
        on_inconclusive: What an inconclusive decision does.
        monitors: What watches the calls, as the user wrote it.
        report: Where the JSON report goes.
        report_folder: That is a folder, whether or not it exists already.
        html: Where the page goes.
        code_quality: Where GitLab's code quality report goes.
        compare: The earlier report, or a folder of them, that the run is compared with.
        history: The folder in which reports are kept.
        known: The file of known violations.
        known_strict: Fail where one of them no longer occurs.
        write_known: Where to propose known violations for what failed.
        replay: The JSON report whose violations are run.
        shard: Which share of every sample is run; None for all of it.
        parallel: Number of calls at once, ``"auto"`` for one per processor, or None for as many as
            an executor takes by itself.
        budget_usd: US dollars that the calls of the run may cost, or None for any amount.
        strength: What is changed to measure strength, before the baseline and the candidate; None
            where strength is not measured.
        strength_limit: How much that may take.
        vacuity: What relations do to the run that a trivial answer satisfies; None for a warning in
            a run with a gate, and nothing elsewhere.
    """

    candidates: tuple[Assignment, ...] = ()
    baselines: tuple[Assignment, ...] = ()
    tasks: tuple[str, ...] = ()
    n: int | None = None
    seed: int = 0
    seed_source: SeedSource = "default"
    timeout_s: float | None = None
    mem_mb: int | None = None
    executor: str = "local"
    executor_config: Mapping[str, Any] = field(default_factory=dict)
    shrink: Shrink = "auto"
    fail_on: FailOn = "violation"
    candidate_executor: str | None = None
    baseline_executor: str | None = None
    candidate_executor_config: Mapping[str, Any] | None = None
    baseline_executor_config: Mapping[str, Any] | None = None
    measure: bool = False
    gate: bool = False
    on_inconclusive: Literal["fail", "warn"] = "fail"
    monitors: tuple[str, ...] = ()
    report: Path | None = None
    report_folder: bool = False
    html: Path | None = None
    code_quality: Path | None = None
    compare: Path | None = None
    history: Path | None = None
    known: Path | None = None
    known_strict: bool = False
    write_known: Path | None = None
    replay: Path | None = None
    shard: Shard | None = None
    parallel: int | Literal["auto"] | None = None
    budget_usd: float | None = None
    strength: tuple[Assignment, ...] | None = None
    strength_limit: StrengthLimit = field(default_factory=StrengthLimit)
    vacuity: Vacuity | None = None

    @property
    def measures(self) -> bool:
        """Whether every item runs its whole sample; what only shows something changes nothing."""
        return self.measure or self.gate or bool(self.monitors) or self.shard is not None

    @property
    def tries_trivial_answers(self) -> bool:
        """Whether relations are tried on answers that do nothing, which takes a whole run."""
        asked = self.gate if self.vacuity is None else self.vacuity != "off"
        return asked and self.replay is None and self.shard is None

    @property
    def is_reported(self) -> bool:
        """Whether a report of the run is made, for whatever reader."""
        asked = (self.report, self.html, self.compare, self.history)
        return any(path is not None for path in asked)

    @property
    def described_seed(self) -> str:
        """The seed, and where it comes from if nobody gave it."""
        if self.seed_source == "contents":
            return f"seed {self.seed} from the contents of the implementations"
        return f"seed {self.seed}"

    def list_share(self, count: int) -> range:
        """Return the numbers, from 0, of those of so many inputs that this run takes."""
        if self.shard is None:
            return range(count)
        return range(self.shard.number - 1, count, self.shard.count)

    def find_executor(self, role: str, implementation: Implementation | None = None) -> str:
        """Return the name of the executor of an implementation in a role.

        The one that is named for the role; else the one that the implementation chooses by itself,
        unless the common one takes every specification; else the common one.
        """
        return self._find_own(role) or self._find_claim(implementation) or self.executor

    def find_executor_config(
        self, role: str, implementation: Implementation | None = None
    ) -> Mapping[str, Any]:
        """Return the configuration of the executor of an implementation in a role.

        The common configuration is that of the common executor. Where that is ``local`` and another
        implementation chooses its executor by itself, it is that one's: all but the level of
        isolation, which only ``local`` has.
        """
        candidates, baselines = self.candidate_executor_config, self.baseline_executor_config
        own = candidates if role == "candidate" else baselines
        if own is not None:
            return own
        claim = None if self._find_own(role) else self._find_claim(implementation)
        if self.executor.lower() != _DEFAULT_EXECUTOR:
            return {} if claim and claim != self.executor.lower() else self.executor_config
        if claim is None and (self._find_own(role) or not self._has_claims):
            return self.executor_config
        isolation = self.executor_config.keys() & {"isolation"}
        kept = self.executor_config.keys() - isolation if claim else isolation
        return {key: value for key, value in self.executor_config.items() if key in kept}

    def list_executors(self, role: str) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        """Return the executors of a role by name, in the order given, each with what it is told."""
        called = self.list_called(role)
        found = {
            self.find_executor(role, one): self.find_executor_config(role, one) for one in called
        }
        return tuple(found.items())

    def list_called(self, role: str) -> tuple[Implementation | None, ...]:
        """Return the implementations of a role; None alone where none is given."""
        given = self.candidates if role == "candidate" else self.baselines
        return tuple(assignment.implementation for assignment in given) or (None,)

    @property
    def shares_executor(self) -> bool:
        """Whether one executor calls both roles, so that durations can be compared."""
        names = [{name.lower() for name, _ in self.list_executors(role)} for role in _ROLES]
        return not self.baselines or not names[0].isdisjoint(names[1])

    @property
    def described_executors(self) -> str:
        """The names of the executors, with the roles where these differ."""
        names = {role: [name for name, _ in self.list_executors(role)] for role in _ROLES}
        if names["candidate"] == names["baseline"] or not self.baselines:
            return f"executor {', '.join(names['candidate'])}"
        return ", ".join(f"executor of the {role} {', '.join(names[role])}" for role in _ROLES)

    def _find_own(self, role: str) -> str | None:
        return self.candidate_executor if role == "candidate" else self.baseline_executor

    def _find_claim(self, implementation: Implementation | None) -> str | None:
        if implementation is None or takes_all(self.executor):
            return None
        return implementation.claim

    @property
    def _has_claims(self) -> bool:
        return any(
            self._find_own(role) is None and self._find_claim(one) is not None
            for role in _ROLES
            for one in self.list_called(role)
        )

    def find_candidates(self, task: str, function: str) -> tuple[Implementation, ...]:
        """Return the candidates of one task, each with its function named."""
        return _select(self.candidates, task, function)

    def find_original(self, task: str, function: str) -> tuple[str, Implementation] | None:
        """Return what is changed to measure the strength of a task, with the role it has.

        What is named for that comes first, then the baseline, then the first candidate.
        """
        for role, given in (
            ("baseline", self.strength or ()),
            ("baseline", self.baselines),
            ("candidate", self.candidates),
        ):
            found = _select(given, task, function)
            if found:
                return role, found[0 if role == "candidate" else -1]
        return None

    def find_baseline(self, task: str, function: str) -> Implementation | None:
        """Return the baseline of one task; the last one given counts."""
        found = _select(self.baselines, task, function)
        return found[-1] if found else None


def _select(
    assignments: tuple[Assignment, ...], task: str, function: str
) -> tuple[Implementation, ...]:
    own = [a for a in assignments if task in a.find_tasks((task,))]
    chosen = own or [a for a in assignments if a.task is None]
    return tuple(a.implementation.with_function(function) for a in chosen)
