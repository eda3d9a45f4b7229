"""The record of an evaluation that a program asked for, of which its report is made."""

from __future__ import annotations

import importlib.metadata
import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.refused import sum_refused
from pytest_metamorphic_guard.evaluation.concluding import conclude_monitors
from pytest_metamorphic_guard.evaluation.known.standing import list_known
from pytest_metamorphic_guard.evaluation.report_file import (
    describe_environment,
    describe_options,
    list_differences,
    list_executors,
    list_implementations,
    list_violations,
)
from pytest_metamorphic_guard.report.contents import RunRecord
from pytest_metamorphic_guard.report.known_secrets import list_secrets
from pytest_metamorphic_guard.report.sample_signs import list_samples

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_metamorphic_guard.evaluation.evaluation import Evaluation
    from pytest_metamorphic_guard.evaluation.program_strength import Beside
    from pytest_metamorphic_guard.evaluation.transport import ItemResult
    from pytest_metamorphic_guard.gate.ranking import Ranking
    from pytest_metamorphic_guard.report.contents import ItemRecord
    from pytest_metamorphic_guard.watch.alerts import WatchReport

__all__ = ["describe_program"]


def describe_program(  # noqa: PLR0913 - all that is known at its end
    evaluation: Evaluation,
    ranking: Ranking,
    results: Mapping[str, ItemResult],
    durations: Mapping[str, float],
    *,
    watched: WatchReport | None,
    started: float,
    beside: Beside,
) -> RunRecord:
    """Return the record.

    Args:
        evaluation: What owns settings, rules and known violations.
        ranking: What was decided.
        results: What was concluded of each entry.
        durations: The seconds that each took.
        watched: What monitors concluded.
        started: When it began, in seconds since the epoch.
        beside: What was found beside the run.
    """
    settings, rules, known = evaluation.settings, evaluation.rules, evaluation.known
    refused = [calls for result in results.values() for calls in result.refused]
    options = describe_options(settings, rules)
    if known is not None:
        options["known"] = known.describe()
    return RunRecord(
        version=importlib.metadata.version("pytest-metamorphic-guard"),
        seed=settings.seed,
        seed_source=settings.seed_source,
        partial=False,
        started_at=datetime.fromtimestamp(started, UTC).isoformat(timespec="milliseconds"),
        duration_s=round(time.time() - started, 3),
        options=options,
        environment=describe_environment(settings),
        secrets=list_secrets(settings, os.environ),
        ranking=ranking,
        implementations=list_implementations(settings, sum_refused(refused)),
        executors=list_executors(settings),
        items=_list_items(results, durations),
        violations=list_violations(results),
        differences=list_differences(results),
        monitors=conclude_monitors(watched, rules.fail_on_alert),
        calls=evaluation.purse.take(),
        strengths=beside.strengths,
        accepted=beside.accepted,
        known=list_known(known.entries if known is not None else (), results),
        samples=list_samples({node: (r.measurement, r.sample) for node, r in results.items()}),
    )


def _list_items(
    results: Mapping[str, ItemResult], durations: Mapping[str, float]
) -> tuple[ItemRecord, ...]:
    return tuple(
        result.record(
            node,
            "passed" if result.verdict.status == "held" else "failed",
            round(durations[node], 6),
        )
        for node, result in results.items()
    )
