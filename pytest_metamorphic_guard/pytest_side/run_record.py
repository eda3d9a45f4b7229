"""The record of a session, from which its report is written."""

from __future__ import annotations

import importlib.metadata
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from pytest_metamorphic_guard.contracts.spending import sum_spent
from pytest_metamorphic_guard.evaluation.report_file import (
    describe_environment,
    describe_options,
    list_differences,
    list_executors,
    list_implementations,
    list_violations,
)
from pytest_metamorphic_guard.report.contents import RunRecord
from pytest_metamorphic_guard.report.sample_signs import list_samples

if TYPE_CHECKING:
    from pytest_metamorphic_guard.contracts.strengths import Accepted, Strength
    from pytest_metamorphic_guard.evaluation.gaps import Missing
    from pytest_metamorphic_guard.evaluation.gathered import Gathered
    from pytest_metamorphic_guard.gate.ranking import Ranking
    from pytest_metamorphic_guard.pytest_side.session import GuardSession
    from pytest_metamorphic_guard.report.contents import MonitorResult, ShardRecord
    from pytest_metamorphic_guard.report.known_record import KnownRecord

__all__ = ["Concluded", "describe_run"]


class Concluded(NamedTuple):
    """What was concluded from all that was gathered.

    Attributes:
        started: When the session began, as `time.time` has it.
        partial: Whether it saw only a part of the run.
        interrupted: Whether it was cut short.
        ranking: What was decided; None where nothing was to be decided.
        monitors: What every monitor concluded.
        names: What the user wrote to name each candidate, by label.
        borrowed: The candidates that use their baseline.
        failed: The node ids of what failed.
        strengths: The strength of every task, where it was measured.
        accepted: The tasks that trivial answers satisfy.
        known: What became of known violations.
    """

    started: float
    partial: bool
    interrupted: bool
    ranking: Ranking | None
    monitors: tuple[MonitorResult, ...]
    names: dict[str, str]
    borrowed: list[Missing]
    failed: list[str]
    strengths: tuple[Strength, ...]
    accepted: tuple[Accepted, ...]
    known: tuple[KnownRecord, ...]


def describe_run(session: GuardSession, gathered: Gathered, concluded: Concluded) -> RunRecord:
    """Return the record of a session."""
    settings = session.settings
    options = describe_options(settings, session.rules)
    if session.known is not None:
        options["known"] = {**session.known.describe(), "strict": settings.known_strict}
    started = datetime.fromtimestamp(concluded.started, UTC)
    return RunRecord(
        version=importlib.metadata.version("pytest-metamorphic-guard"),
        seed=settings.seed,
        seed_source=settings.seed_source,
        partial=concluded.partial,
        started_at=started.isoformat(timespec="milliseconds"),
        duration_s=round(time.time() - concluded.started, 3),
        options=options,
        environment=describe_environment(settings),
        secrets=session.secrets,
        ranking=concluded.ranking,
        implementations=list_implementations(settings, gathered.refused),
        executors=list_executors(settings),
        items=gathered.item_records,
        tests=gathered.test_records,
        violations=list_violations(gathered.items),
        differences=list_differences(gathered.items),
        monitors=concluded.monitors,
        shard=_describe_shard(session, gathered, concluded),
        calls=sum_spent(gathered.spent),
        strengths=concluded.strengths,
        accepted=concluded.accepted,
        known=concluded.known,
        samples=list_samples({n: (r.measurement, r.sample) for n, r in gathered.items.items()}),
    )


def _describe_shard(
    session: GuardSession, gathered: Gathered, concluded: Concluded
) -> ShardRecord | None:
    if session.settings.shard is None:
        return None
    # Not loaded for a run of whole samples, which starts sooner.
    from pytest_metamorphic_guard.evaluation.shards.shard_report import describe_shard

    return describe_shard(
        session.settings.shard,
        gathered,
        session.rules,
        names=concluded.names,
        borrowed=concluded.borrowed,
        monitors=[monitor.spec.text for monitor in session.monitors],
        failed=concluded.failed,
        interrupted=concluded.interrupted,
    )
