"""From a program's configuration to the options and the rules of its run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.evaluation.seeding import find_kept_seed, make_seed
from pytest_metamorphic_guard.gate.policies import parse_policy
from pytest_metamorphic_guard.gate.policy_file import read_rules
from pytest_metamorphic_guard.gate.rules import Rules
from pytest_metamorphic_guard.settings import Settings, StrengthLimit
from pytest_metamorphic_guard.tasks.claims import is_recorded
from pytest_metamorphic_guard.tasks.implementations import Assignment, Implementation

if TYPE_CHECKING:
    from pytest_metamorphic_guard.evaluation.interface import EvaluationConfig
    from pytest_metamorphic_guard.tasks import Task

__all__ = ["make_rules", "make_settings"]


def make_settings(
    config: EvaluationConfig, candidate: Implementation, baseline: Implementation | None
) -> Settings:
    """Return the options of a run that compares two implementations under a gate."""
    implementations = ([candidate], [baseline] if baseline else [])
    recorded = baseline is not None and is_recorded(baseline.target)
    seed = config.seed
    if seed is None and baseline is not None:
        # Under another seed, inputs are drawn for which there is no answer.
        seed = find_kept_seed([baseline.target])
    is_given = seed is not None
    return Settings(
        candidates=(Assignment(candidate),),
        baselines=(Assignment(baseline),) if baseline else (),
        n=config.n,
        seed=make_seed(*implementations) if seed is None else seed,
        seed_source="given" if is_given else "contents",
        timeout_s=config.timeout_s,
        mem_mb=config.mem_mb,
        executor=config.executor,
        executor_config=config.executor_config,
        candidate_executor_config=config.candidate_executor_config,
        baseline_executor_config=config.baseline_executor_config,
        candidate_executor=config.candidate_executor,
        baseline_executor=config.baseline_executor,
        # There are no recorded answers for smaller inputs.
        shrink="off" if recorded and config.shrink == "auto" else config.shrink,  # type: ignore[arg-type]  # checked by the configuration
        fail_on="regression" if baseline else "violation",
        gate=True,
        monitors=config.monitors,
        parallel=config.parallel,
        budget_usd=config.budget_usd,
        strength=() if config.strength else None,
        strength_limit=StrengthLimit(config.strength_limit),
        vacuity=config.vacuity,
        compare=None if config.compare is None else Path(config.compare),
        history=None if config.history is None else Path(config.history),
    )


def make_rules(config: EvaluationConfig, task: Task) -> Rules:
    """Return what the gate judges by.

    Raises:
        MetamorphicGuardError: The policy is wrong.
    """
    defaults = Rules(
        fail_on_alert=config.fail_on_alert,  # type: ignore[arg-type]  # as above
        early_stop=config.early_stop,
        extend=config.extend,
    )
    if isinstance(config.policy, str):
        return replace(defaults, policy=parse_policy(config.policy))
    known = {task.name: [entry.name for entry in task.entries]}
    return read_rules(config.policy, source="policy", known=known, defaults=defaults)
