"""What a run saw, as the gate reads it. The runner and the monitors' host make these records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "AlertEvidence",
    "CheckResult",
    "DifferenceEvidence",
    "Doubt",
    "Evidence",
    "InputResult",
    "MetricEvidence",
    "RelationEvidence",
    "Severity",
    "SingleResult",
    "TaskEvidence",
]

Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One relation, property or law on one input.

    Attributes:
        relation: Its name.
        candidate: Whether it held for the candidate; None if it did not apply.
        baseline: Whether it held for the baseline; None if it did not apply or there is none.
        confirmed: Whether the candidate's violation was seen again in a fresh process.
    """

    relation: str
    candidate: bool | None
    baseline: bool | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class InputResult:
    """All checks on one input.

    Attributes:
        index: Number of the input, from 0, in the order in which inputs were drawn.
        checks: One result per relation that was tried; a missing one did not apply.
        group: Names the inputs that belong together, such as the turns of one conversation.
    """

    index: int
    checks: tuple[CheckResult, ...]
    group: str | None = None


@dataclass(frozen=True, slots=True)
class SingleResult:
    """One check on an input that was chosen for what it is, and is no part of the sample.

    Attributes:
        shown: The input as text.
        check: The result.
        origin: ``"example"`` for what the user keeps, ``"search"`` for what was looked for.
    """

    shown: str
    check: CheckResult
    origin: Literal["example", "search"] = "example"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationEvidence:
    """A relation, property or law that the task declares, whether or not it ever applied.

    Attributes:
        name: Its name, with its parameters where an entry has several items.
        kind: What it is.
        skipped: Number of inputs to which it did not apply.
        min_pass_rate: The threshold written in the task; a policy file's goes before it.
        overlap: Number of cases in which one input takes part at most.
        declared: The name that the task declares it by, where ``name`` is another.
        example: The smallest input that violates it, as text; empty where none is known.
        asked_again: Number of inputs that were asked again among later ones.
        worse_again: Number of those that regressed, or were violated, only then.
        better_again: Number of those that regressed only the first time.
        compared: Number of inputs on which the answers of both roles were compared, to be told.
        apart: Number of those on which they differ.
        apart_example: The smallest of these, as text.
    """

    name: str
    kind: Literal["relation", "property", "law", "agreement"] = "relation"
    skipped: int = 0
    min_pass_rate: float | None = None
    overlap: int = 1
    declared: str = ""
    example: str = ""
    asked_again: int = 0
    worse_again: int = 0
    better_again: int = 0
    compared: int = 0
    apart: int = 0
    apart_example: str = ""

    @property
    def rule_name(self) -> str:
        """The name under which rules know it."""
        return self.declared or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricEvidence:
    """A number taken from the outputs of both roles on the same inputs.

    Attributes:
        name: Its name.
        kind: How it is aggregated.
        higher_is_better: Direction of improvement.
        alpha: One minus the confidence of its intervals.
        pairs: ``(baseline, candidate)`` per input; None where there is no value.
    """

    name: str
    kind: Literal["mean", "sum"] = "mean"
    higher_is_better: bool = True
    alpha: float = 0.05
    pairs: tuple[tuple[float | None, float | None], ...] = ()


@dataclass(frozen=True, slots=True)
class MeasureEvidence:
    """What a candidate needs, as a monitor measured it; the less the better.

    Attributes:
        name: The monitor's name.
        value: The median ratio to the baseline, or the median itself where there is no baseline.
    """

    name: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEvidence:
    """One task, run for one candidate and its baseline.

    Attributes:
        task: Its name, by which rules know it.
        baseline: Name of the baseline, or None where there is none.
        planned: Number of inputs that were to run.
        skipped: Number of inputs that were drawn and given up before any check.
        relations: What the task declares.
        results: One record per input of the sample that ran.
        metrics: What was measured on the outputs.
        min_pass_rate: The threshold written in the task; the rules' goes before it.
        beside: Results on inputs beside the sample: they enter no rate and no interval, and each
            violation counts for itself.
        first_look: Inputs that were asked for, where the run could go on until it was decided.
        available: Number of distinct inputs that exist; None where there is no end of them.
        title: Its name in this run, where ``task`` alone does not tell it from others.
    """

    task: str
    planned: int
    relations: tuple[RelationEvidence, ...]
    results: tuple[InputResult, ...]
    baseline: str | None = None
    skipped: int = 0
    metrics: tuple[MetricEvidence, ...] = ()
    min_pass_rate: float | None = None
    beside: tuple[SingleResult, ...] = ()
    first_look: int | None = None
    available: int | None = None
    title: str = ""

    def __post_init__(self) -> None:
        names = [relation.name for relation in self.relations]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"task {self.task!r}: two relations are named {', '.join(twice)}")
        known = {relation.name for relation in self.relations}
        indices = {result.index for result in self.results}
        if len(indices) != len(self.results):
            raise ValueError(f"task {self.task!r}: two results for the same input")
        used = {check.relation for result in self.results for check in result.checks}
        used |= {single.check.relation for single in self.beside}
        if not used <= known:
            unknown = ", ".join(sorted(used - known))
            raise ValueError(f"task {self.task!r}: results for undeclared relations: {unknown}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEvidence:
    """What a monitor reported.

    Attributes:
        monitor: The monitor's identifier.
        kind: What was noticed, such as ``"latency_regression"``.
        severity: How much it weighs.
        message: One sentence.
    """

    monitor: str
    kind: str
    severity: Severity
    message: str


@dataclass(frozen=True, slots=True)
class DifferenceEvidence:
    """Inputs on which the calls of both roles do not end alike.

    Attributes:
        entry: What was checked, as ``task::relation``.
        inputs: Number of these inputs.
        text: The smallest of them with both ends, as a sentence.
    """

    entry: str
    inputs: int
    text: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why what was seen of a candidate does not count for it.

    Attributes:
        text: One sentence.
        remedy: What would set it right.
    """

    text: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything that is known about one candidate.

    Attributes:
        candidate: Its name.
        tasks: What was run.
        alerts: What the monitors reported.
        missing: What was to be run and gave no result, one sentence each; it prevents adoption.
        unanswered: Monitors that gave no answer, one sentence each; it prevents adoption.
        differences: Where both roles' calls do not end alike; they prevent adoption.
        doubts: Why what was seen does not count for it; they prevent adoption.
        failures: What rejects the candidate whatever its tasks say, one sentence each.
        own_passed: Number of the user's own tests that passed; they give no rate.
        notes: What is worth knowing and decides nothing.
        measures: What it needs in time and money, in the order of the monitors; it breaks ties.
        known: Number of known violations that occurred, whose inputs are no part of the tasks.
    """

    candidate: str
    tasks: tuple[TaskEvidence, ...]
    alerts: tuple[AlertEvidence, ...] = ()
    missing: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    differences: tuple[DifferenceEvidence, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    failures: tuple[str, ...] = ()
    own_passed: int = 0
    notes: tuple[str, ...] = ()
    measures: tuple[MeasureEvidence, ...] = ()
    known: int = 0
