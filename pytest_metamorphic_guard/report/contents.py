"""What a report is made of, beside the decision: plain records that the session fills."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_metamorphic_guard.contracts.measurements import Noise
    from pytest_metamorphic_guard.contracts.shown import ShownViolation
    from pytest_metamorphic_guard.contracts.spending import Spent
    from pytest_metamorphic_guard.contracts.strengths import Accepted, Strength
    from pytest_metamorphic_guard.gate.ranking import Ranking
    from pytest_metamorphic_guard.report.known_record import KnownRecord
    from pytest_metamorphic_guard.report.sample_signs import SampleRecord

__all__ = [
    "DifferenceRecord",
    "ExecutorRecord",
    "ImplementationRecord",
    "ItemRecord",
    "MonitorResult",
    "RefusedRecord",
    "RunRecord",
    "ShardRecord",
    "TestRecord",
    "ViolationRecord",
]

Role = Literal["baseline", "candidate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRecord:
    """One thing that a sandbox refused to an implementation.

    Attributes:
        kind: What it is, such as ``"network"``.
        path: The file, where it is known.
        option: What allows it; None where nothing does.
        calls: Number of calls that failed for it.
    """

    kind: str
    path: str | None
    option: str | None
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImplementationRecord:
    """One implementation that took part.

    Attributes:
        role: What it was.
        name: Its label, as in decisions and node ids.
        specification: What the user wrote.
        function: Name of the function, or None where the executor needs none.
        sha256: Hash of the file or text, or None where there is neither.
        revision: The commit whose files it is of, or None where its specification names none.
        packages: Versions of the installed distributions that it imports.
        refused: What a sandbox kept its calls from.
    """

    role: Role
    name: str
    specification: str
    function: str | None = None
    sha256: str | None = None
    revision: str | None = None
    packages: Mapping[str, str] = field(default_factory=dict)
    refused: tuple[RefusedRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutorRecord:
    """The executor of one role.

    Attributes:
        role: The role.
        name: Name of the entry point.
        distribution: The distribution it comes from, or None.
        config: Its configuration; secrets are taken out when it is written.
    """

    role: Role
    name: str
    distribution: str | None = None
    config: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRecord:
    """One relation, property or law of one candidate, as an item.

    Attributes:
        node_id: Its node id.
        task: Its task.
        relation: Its name.
        candidate: Name of the candidate, or None.
        outcome: ``"passed"``, ``"failed"``, ``"skipped"`` or ``"error"``.
        cases: Number of source inputs that ran.
        duration_s: Seconds it took.
        noise: What repeats of one input show, for each role, where they were made.
    """

    node_id: str
    task: str
    relation: str
    candidate: str | None
    outcome: str
    cases: int
    duration_s: float
    noise: tuple[Noise, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRecord:
    """One of the user's own tests that used an implementation.

    Attributes:
        node_id: Its node id.
        roles: The roles it used.
        outcome: ``"passed"``, ``"failed"``, ``"error"``, ``"skipped"`` or ``"expected"`` (xfail).
        called: Whether it called the candidate.
    """

    __test__ = False  # for pytest, which would collect it by its name

    node_id: str
    roles: tuple[str, ...]
    outcome: str
    called: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationRecord:
    """One violation, shrunk.

    Attributes:
        node_id: Node id of its item.
        task: Its task.
        relation: The relation that does not hold.
        candidate: Name of the candidate.
        confirmation: How running it again went.
        regression: Whether it holds for the baseline; None without one.
        source_input: The source input as text.
        outputs: The outputs as text, in the order of the calls.
        shown: The violation in parts.
        message: What was expected.
        replay: The source input in the form from which it is run again; written as it is.
        id: What the user calls the source input, such as the row of a file; None for nothing.
    """

    node_id: str
    task: str
    relation: str
    candidate: str
    confirmation: str
    regression: bool | None
    source_input: str
    outputs: tuple[str, ...] = ()
    shown: ShownViolation | None = None
    message: str = ""
    replay: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceRecord:
    """Inputs on which one role's call returns and the other's does not, or both fail otherwise.

    Attributes:
        node_id: Node id of the item.
        task: Its task.
        relation: What it checks.
        candidate: Name of the candidate.
        inputs: Number of these inputs.
        source_input: The smallest of them as text.
        call: Arguments of the call that differs.
        baseline: How it ended for the baseline.
        outcome: How it ended for the candidate.
        replay: The source input in the form from which it is run again; written as it is.
        id: What the user calls it; None for nothing.
    """

    node_id: str
    task: str
    relation: str
    candidate: str
    inputs: int
    source_input: str
    call: str
    baseline: str
    outcome: str
    replay: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorResult:
    """What one monitor concluded.

    Attributes:
        monitor: Its identifier.
        distribution: The distribution it comes from, or None.
        status: What its synthetic item concluded; ``"undecided"`` where the run was cut short.
        line: What it measured, in one line.
        summary: Its figures.
        alerts: Its alerts, as it gave them.
    """

    monitor: str
    distribution: str | None
    status: Literal["passed", "warned", "failed", "undecided"]
    line: str
    summary: Mapping[str, Any] = field(default_factory=dict)
    alerts: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardRecord:
    """What merging needs of one shard.

    Attributes:
        number: Which shard of the run it is, from 1.
        count: How many there are.
        data: Plain data; secrets are taken out when it is written.
        encoded: Texts that are written as they are, such as encoded inputs.
    """

    number: int
    count: int
    data: Mapping[str, Any]
    encoded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run.

    Attributes:
        version: Version of this project.
        seed: Seed of every random choice.
        seed_source: ``"default"``, ``"given"``, or ``"contents"`` where it follows from
            those of the implementations.
        partial: Whether the run was interrupted.
        started_at: Start in ISO 8601, with its offset from UTC.
        duration_s: Seconds it took.
        options: What the run was told to do.
        environment: What it ran on.
        ranking: What was decided, or None where nothing was to be decided.
        implementations: Candidates and baselines.
        executors: One per role.
        items: What became of every item.
        tests: The user's own tests that used an implementation.
        violations: Every violation that was reported.
        differences: Where the calls of baseline and candidate do not end alike.
        monitors: What every monitor concluded.
        secrets: Texts that are taken out wherever they turn up.
        shard: What merging needs, where only a share of every sample was run.
        calls: What calls cost, by role and executor, where an executor says so.
        strengths: What entries notice of small changes, by task, where that was measured.
        accepted: The tasks that answers satisfy which do nothing.
        known: What became of known violations.
        samples: How every input of every sample came out.
    """

    version: str
    seed: int
    partial: bool
    started_at: str
    duration_s: float
    options: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, Any] = field(default_factory=dict)
    seed_source: Literal["default", "given", "contents"] = "given"
    ranking: Ranking | None = None
    implementations: tuple[ImplementationRecord, ...] = ()
    executors: tuple[ExecutorRecord, ...] = ()
    items: tuple[ItemRecord, ...] = ()
    tests: tuple[TestRecord, ...] = ()
    violations: tuple[ViolationRecord, ...] = ()
    differences: tuple[DifferenceRecord, ...] = ()
    monitors: tuple[MonitorResult, ...] = ()
    secrets: tuple[str, ...] = field(default=(), repr=False)
    shard: ShardRecord | None = None
    calls: tuple[Spent, ...] = ()
    strengths: tuple[Strength, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    known: tuple[KnownRecord, ...] = ()
    samples: tuple[SampleRecord, ...] = ()
