"""How a program configures an evaluation, and what it gets back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from pytest_metamorphic_guard.gate.rules import find_count_fault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["EvaluationConfig", "EvaluationResult"]


@dataclass(frozen=True, slots=True)
class EvaluationConfig:
    """The options of one evaluation.

    Attributes:
        n: Number of inputs.
        seed: Seed of every random choice; None for one that follows from the contents of candidate
            and baseline.
        timeout_s: Seconds one call may take; None for the task's own limit, or 5 s without one.
        mem_mb: MiB one call may use, 0 for no limit; None for the task's own, or 512 without one.
        policy: ``"strict"``, ``"noninferior:margin=0.02"`` or ``"superior:min_delta=0.02"``; or
            what a policy file holds, as nested dicts.
        early_stop: Whether the run may end before every input has run.
        extend: Number of inputs up to which the run goes on beyond ``n`` until it is decided; None
            for no further.
        executor: Name of the executor of both roles.
        executor_config: Its configuration.
        candidate_executor: Name of the candidate's executor, if it has one of its own.
        baseline_executor: Name of the baseline's executor, if it has one of its own.
        candidate_executor_config: Its configuration, if it has one of its own.
        baseline_executor_config: Its configuration, if it has one of its own.
        monitors: What watches the calls, such as ``"latency"`` or ``"latency:alert_ratio=1.3"``.
        fail_on_alert: The lowest severity of an alert that rejects, or ``"never"``.
        shrink: ``"auto"``, ``"full"`` or ``"off"``.
        parallel: Number of calls at once per implementation, or ``"auto"`` for one per processor;
            None for as many as the executor takes by itself.
        budget_usd: US dollars that the calls may cost, as far as the executor says what they do;
            None for any amount.
        known: The file of known violations, as ``--mg-known`` takes it.
        strength: Whether to measure what the entries notice of small changes of the baseline, or of
            the candidate without one.
        strength_limit: Most changes to try.
        record_baseline: The file in which the answers of the baseline are kept; None for none.
        update_answers: Whether answers that have changed take the place of those in that file.
        vacuity: What it does when an answer that does nothing satisfies all entries: ``"warn"``
            names it in the report, ``"error"`` keeps from adopting, ``"off"`` does not ask.
        compare: The earlier report, or a folder of them, that this one is compared with.
        history: A folder in which the report is kept.
    """

    n: int = 400
    seed: int | None = None
    timeout_s: float | None = None
    mem_mb: int | None = None
    policy: str | Mapping[str, Any] = "strict"
    early_stop: bool = False
    extend: int | None = None
    executor: str = "local"
    executor_config: Mapping[str, Any] = field(default_factory=dict)
    candidate_executor: str | None = None
    baseline_executor: str | None = None
    candidate_executor_config: Mapping[str, Any] | None = None
    baseline_executor_config: Mapping[str, Any] | None = None
    monitors: tuple[str, ...] = ()
    fail_on_alert: str = "error"
    shrink: str = "auto"
    parallel: int | Literal["auto"] | None = None
    budget_usd: float | None = None
    known: str | Path | None = None
    strength: bool = False
    strength_limit: int = 100
    vacuity: Literal["warn", "error", "off"] = "warn"
    record_baseline: str | Path | None = None
    update_answers: bool = False
    compare: str | Path | None = None
    history: str | Path | None = None

    def __post_init__(self) -> None:  # noqa: C901 - one check per option
        faults = []
        if not (isinstance(self.n, int) and self.n >= 1):
            faults.append(f"n={self.n!r}, expected a whole number from 1")
        if self.extend is not None and (fault := find_count_fault(self.extend)):
            faults.append(f"extend: {fault}")
        if self.timeout_s is not None and not self.timeout_s > 0:
            faults.append(f"timeout_s={self.timeout_s!r}, expected a number above 0")
        if self.mem_mb is not None and not self.mem_mb >= 0:
            faults.append(f"mem_mb={self.mem_mb!r}, expected a number from 0")
        if self.fail_on_alert not in ("error", "warning", "never"):
            faults.append(f"fail_on_alert={self.fail_on_alert!r}, expected error, warning or never")
        if self.shrink not in ("auto", "full", "off"):
            faults.append(f"shrink={self.shrink!r}, expected auto, full or off")
        if self.parallel not in (None, "auto") and not (
            type(self.parallel) is int and self.parallel >= 1
        ):
            faults.append(f"parallel={self.parallel!r}, expected a whole number from 1 or 'auto'")
        if self.budget_usd is not None and not self.budget_usd > 0:
            faults.append(f"budget_usd={self.budget_usd!r}, expected a number above 0")
        if self.strength_limit < 1:
            faults.append(f"strength_limit={self.strength_limit!r}, expected a number from 1")
        if self.vacuity not in ("warn", "error", "off"):
            faults.append(f"vacuity={self.vacuity!r}, expected warn, error or off")
        if faults:
            raise ValueError("; ".join(faults))


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """What an evaluation concluded.

    Attributes:
        adopt: Whether the candidate may replace the baseline.
        reason: Why, in one sentence.
        outcome: ``"adopt"``, ``"reject"`` or ``"inconclusive"``.
        report: The whole report, as ``--mg-report`` writes it.
        recorded: What became of the answers that were to be kept, as lines.
    """

    adopt: bool
    reason: str
    outcome: str
    report: Mapping[str, Any]
    recorded: tuple[str, ...] = ()
