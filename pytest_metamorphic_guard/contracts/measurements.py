"""What one item measured on its whole sample, as plain data that travels between processes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from pytest_metamorphic_guard.contracts.titles import name_task, name_variant

__all__ = [
    "AnswersApart",
    "CaseHeld",
    "EndsApart",
    "Measurement",
    "MetricRows",
    "Noise",
    "Origin",
]

# Only the sample is drawn independently of what is looked for, so only it enters rates.
Origin = Literal["sample", "example", "search"]


@dataclass(frozen=True, slots=True)
class CaseHeld:
    """One input that ran.

    Attributes:
        index: Number of the input in the task's sample, from 0; of an example among the entry's
            examples.
        candidate: Whether the entry held for the candidate.
        baseline: Whether it held for the baseline; None without one.
        confirmed: Whether the candidate's violation was seen again in a fresh process.
        group: The cluster that the task's key names, or None.
        origin: Where the input comes from. What is no part of the sample enters no rate, and its
            violations count for themselves.
        shown: The input as text, where it is no part of the sample.
        known: Whether a known violation covers it, so that it enters no rate and fails nothing.
    """

    index: int
    candidate: bool
    baseline: bool | None = None
    confirmed: bool = False
    group: str | None = None
    origin: Origin = field(default="sample", kw_only=True)
    shown: str = field(default="", kw_only=True)
    known: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndsApart:
    """Inputs on which the calls of both roles do not end alike: one returns and the other raises.

    Attributes:
        cases: Number of these inputs.
        source_input: The smallest of them as Python source.
        call: Arguments of the first call of it that differs, as Python source.
        baseline: How that call ended for the baseline.
        candidate: How it ended for the candidate.
        replay: The smallest input in the form from which it is run again; empty where it has none.
        id: What the user calls that input; empty for nothing.
    """

    cases: int
    source_input: str
    call: str
    baseline: str
    candidate: str
    replay: str = ""
    id: str = ""

    def __str__(self) -> str:
        called = "" if self.call == self.source_input else f"call {self.call}: "
        inputs = "1 input" if self.cases == 1 else f"{self.cases} inputs"
        shown = f"{self.id}: {self.source_input}" if self.id else self.source_input
        return (
            f"baseline and candidate end differently on {inputs}; for {shown}: "
            f"{called}baseline {self.baseline}, candidate {self.candidate}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersApart:
    """Inputs of a sample on which both roles return, and not the same.

    Attributes:
        compared: Number of inputs on which both returned.
        apart: Number of these on which the answers differ.
        example: The smallest of them, as text; empty where there is none.
        place: By what it is the smallest: its size and its number in the sample.
    """

    compared: int = 0
    apart: int = 0
    example: str = ""
    place: tuple[int, int] = (0, 0)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> AnswersApart:
        """Read it from a dict of its fields, also after it was JSON."""
        return cls(**{**data, "place": tuple(data["place"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """How often a role violates a relation, and how often repeats of one input alone would.

    Attributes:
        role: ``"candidate"`` or ``"baseline"``.
        violated: Share of the pairs of source and follow-up that violate it.
        repeats: Share of the pairs of two repeats of one source that do.
        lower: Lower end of the interval of the mean difference, over inputs; ``upper``: its upper
            end. None where it has none.
        confidence: Of the interval.
    """

    role: str
    violated: float
    repeats: float
    lower: float | None
    upper: float | None
    confidence: float

    @property
    def is_beyond(self) -> bool:
        """Whether violations count: they are more than noise."""
        return self.lower is not None and self.lower > 0

    def __str__(self) -> str:
        said = (
            f"violated by {100 * self.violated:.3g} % of the pairs, "
            f"by repeats of one input in {100 * self.repeats:.3g} %"
        )
        if self.lower is None or self.upper is None:
            return said
        low, high = 100 * self.lower, 100 * self.upper
        return f"{said}; difference {low:+.1f} to {high:+.1f} points at {100 * self.confidence:g} %"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRows:
    """The values of one metric on a sample.

    Attributes:
        name: Name of the metric.
        kind: ``"mean"`` or ``"sum"``.
        higher_is_better: Direction of improvement.
        alpha: One minus the confidence of its intervals.
        pairs: ``(baseline, candidate)`` per input; None where there is no value.
        indices: Numbers of these inputs in the task's sample, from 0; empty where they are unknown.
    """

    name: str
    kind: Literal["mean", "sum"]
    higher_is_better: bool
    pairs: tuple[tuple[float | None, float | None], ...]
    alpha: float = 0.05
    indices: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """The unshrunk sample of one relation, property or law and one candidate.

    Attributes:
        task: Name of the task.
        entry: Name of the relation, property or law.
        kind: ``"relation"``, ``"property"``, ``"law"`` or ``"agreement"``.
        position: Number of the candidate among the task's candidates, from 0.
        candidate: What the user wrote to name the candidate.
        baseline: What the user wrote to name the baseline; None without one.
        declared: Names of everything the task declares, apart from soft properties.
        planned: Number of inputs in the sample.
        skipped: Number of inputs that were tried and skipped by a precondition.
        skipped_after: How often one was skipped after a candidate without a baseline had answered.
        min_pass_rate: The entry's own threshold, or the task's; None for none.
        soft: The entry is reported and never fails anything.
        expected: Its violations are marked as known, so they decide nothing.
        cases: One record per input of the sample that ran, in order.
        beside: One record per input that ran beside the sample, such as an example.
        where: What tells the task from others of its name in this run, such as its file; empty
            where there is none.
        variant: The parameters of the item apart from its candidate; empty for none.
        metrics: One `MetricRows` per metric that was measured here.
        overlap: Number of cases in which one input takes part at most.
        first_look: Number of inputs that were asked for, where the run may go on beyond them.
        available: Number of distinct inputs that exist; None where there is no end of them.
        example: The smallest input whose violation counts, as text; empty for none.
        hung: Number of inputs after which the sample ended, because the candidate timed out on each
            of them; 0 where it did not.
        hung_first: Number of inputs from the first one on, on each of which it timed out.
        asked_again: Number of inputs that were asked again among later ones.
        worse_again: Number of those that regressed, or were violated, only then.
        better_again: Number of those that regressed only the first time.
        noise: One record per role, where violations count only beyond noise.
        answers: What was seen of answers that nobody compares; None where that was not looked at.
    """

    task: str
    entry: str
    kind: Literal["relation", "property", "law", "agreement"]
    position: int
    candidate: str
    baseline: str | None
    declared: tuple[str, ...]
    planned: int
    skipped: int
    min_pass_rate: float | None
    soft: bool
    cases: tuple[CaseHeld, ...]
    metrics: tuple[MetricRows, ...] = ()
    beside: tuple[CaseHeld, ...] = ()
    overlap: int = 1
    first_look: int | None = None
    available: int | None = None
    where: str = ""
    variant: str = ""
    skipped_after: int = 0
    expected: bool = False
    example: str = ""
    asked_again: int = 0
    worse_again: int = 0
    better_again: int = 0
    hung: int = 0
    hung_first: int = 0
    noise: tuple[Noise, ...] = ()
    answers: AnswersApart | None = None

    @property
    def title(self) -> str:
        """The task's name in this run."""
        return name_task(self.task, self.where)

    @property
    def label(self) -> str:
        """The entry's name among all that were measured of the task."""
        return name_variant(self.entry, self.variant)

    @property
    def pass_rate(self) -> float | None:
        """Share of the inputs on which the entry holds for the candidate; None if none counts."""
        judged = self.judged
        return sum(case.candidate for case in judged) / len(judged) if judged else None

    @property
    def judged(self) -> tuple[CaseHeld, ...]:
        """The cases that count: those that no known violation covers."""
        return tuple(case for case in self.cases if not case.known)

    @property
    def counts(self) -> dict[str, int]:
        """How many inputs violate the entry, and with a baseline how many differ from it."""
        counts = {"violations": sum(not case.candidate for case in self.judged)}
        if self.baseline is not None:
            counts["regressions"] = sum(
                bool(case.baseline) and not case.candidate for case in self.judged
            )
            counts["improvements"] = sum(
                case.candidate and case.baseline is False for case in self.judged
            )
        return counts

    def to_dict(self) -> dict[str, Any]:
        """Return the same as a dict of plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Measurement:
        """Read what `to_dict` wrote, also after it was JSON."""
        return cls(
            **{
                **data,
                "declared": tuple(data["declared"]),
                "cases": tuple(CaseHeld(**case) for case in data["cases"]),
                "beside": tuple(CaseHeld(**case) for case in data["beside"]),
                "noise": tuple(Noise(**one) for one in data["noise"]),
                "answers": data["answers"] and AnswersApart.from_dict(data["answers"]),
                "metrics": tuple(
                    MetricRows(
                        **{
                            **rows,
                            "pairs": tuple(map(tuple, rows["pairs"])),
                            "indices": tuple(rows["indices"]),
                        }
                    )
                    for rows in data["metrics"]
                ),
            }
        )
