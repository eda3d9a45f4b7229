"""The run that the shards of one run make up: gathered, watched, decided and written as one."""

from __future__ import annotations

import importlib.metadata
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.spending import sum_spent
from pytest_metamorphic_guard.evaluation.candidate_monitors import watch_gathered
from pytest_metamorphic_guard.evaluation.concluding import GateSaid, decide, say_gate, say_monitor
from pytest_metamorphic_guard.evaluation.gathered import Gathered
from pytest_metamorphic_guard.evaluation.known.standing import list_known, read_entries
from pytest_metamorphic_guard.evaluation.report_file import list_differences, list_violations
from pytest_metamorphic_guard.evaluation.shards.completeness import require_fit
from pytest_metamorphic_guard.evaluation.shards.shard_report import read_shard
from pytest_metamorphic_guard.evaluation.shards.whole_items import merge_results
from pytest_metamorphic_guard.report.contents import (
    ExecutorRecord,
    ImplementationRecord,
    MonitorResult,
    RefusedRecord,
    RunRecord,
)
from pytest_metamorphic_guard.report.known_lines import list_stale
from pytest_metamorphic_guard.report.known_secrets import list_secrets
from pytest_metamorphic_guard.report.sample_signs import list_samples
from pytest_metamorphic_guard.settings import Settings
from pytest_metamorphic_guard.watch.setting_up import load_monitors

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pytest_metamorphic_guard.contracts.refused import RefusedCalls
    from pytest_metamorphic_guard.evaluation.own_tests import OwnTest
    from pytest_metamorphic_guard.evaluation.shards.shard_report import ShardReport
    from pytest_metamorphic_guard.gate.ranking import Ranking

__all__ = ["Merged", "merge_shards", "read_shards"]

_WORST = ("failed", "error", "skipped", "expected", "passed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A run that was put together from its shards.

    Attributes:
        record: Its report.
        gathered: What its items brought.
        ranking: What was decided; None where nothing was to be.
        gate: What follows from that.
        monitors: What every monitor concluded.
        failures: One line per failure, by node id.
    """

    record: RunRecord
    gathered: Gathered
    ranking: Ranking | None
    gate: GateSaid | None
    monitors: tuple[MonitorResult, ...]
    failures: dict[str, str]


def read_shards(paths: Sequence[Path]) -> list[ShardReport]:
    """Read the reports of all shards of a run, in the order of their numbers.

    Raises:
        MergeError: One cannot be read, or they do not make up one run.
    """
    shards = [read_shard(path) for path in paths]
    require_fit(shards, importlib.metadata.version("pytest-metamorphic-guard"))
    return sorted(shards, key=lambda shard: shard.number)


def merge_shards(shards: Sequence[ShardReport]) -> Merged:
    """Return the run that shards make up.

    Raises:
        MetamorphicGuardError: A monitor is not installed here.
    """
    first = shards[0]
    document, rules = first.document, first.rules
    gathered = _merge_gathered(shards)
    watched = watch_gathered(load_monitors(first.monitors), gathered, partial=gathered.is_cut)
    failures = _list_failures(shards, gathered)
    monitors = []
    for report in (monitor for one in watched for monitor in one.report.monitors):
        said = say_monitor(report, rules.fail_on_alert)
        monitors.append(said.conclude(failed=bool(said.failing)))
        if said.failing:
            failures[f"metamorphic-guard::monitor[{report.id}]"] = "; ".join(said.failing)
    entries = read_entries(document.get("known", []))
    known = list_known(entries, gathered.items)
    rule = document["options"].get("known") or {}
    if rule.get("strict") and (stale := list_stale(known, rule["file"])):
        failures["metamorphic-guard::known"] = "; ".join(stale)
    ranking = gate = None
    if document["options"]["gate"]:
        ranking = decide(gathered, watched, first.borrowed, first.names, rules, entries)
        gate = say_gate(
            ranking,
            has_candidates=bool(first.names),
            on_inconclusive=document["options"]["on_inconclusive"],
        )
        if gate.fails:
            failures["metamorphic-guard::gate"] = f"{gate.label}: {gate.message}"
    return Merged(
        record=replace(
            _describe(shards, gathered, ranking, tuple(monitors)),
            known=known,
            samples=list_samples({n: (r.measurement, r.sample) for n, r in gathered.items.items()}),
        ),
        gathered=gathered,
        ranking=ranking,
        gate=gate,
        monitors=tuple(monitors),
        failures=failures,
    )


def _merge_gathered(shards: Sequence[ShardReport]) -> Gathered:
    all_of = [shard.gathered for shard in shards]
    excused = shards[0].document["options"]["fail_on"] == "regression"
    merged = Gathered(fed=all_of[0].fed, left_out=all_of[0].left_out)
    merged.spent = [part for one in all_of for part in one.spent]
    for one in all_of:
        merged.failed.update(one.failed)
        merged.lost += [node for node in one.lost if node not in merged.lost]
        merged.skipped.update(one.skipped)
        merged.without_candidate.update(one.without_candidate)
    for node in all_of[0].items:
        found = [one.items[node] for one in all_of if node in one.items]
        if len(found) < len(shards):  # one of them failed before it ran, or was lost
            continue
        result = merge_results(found, fail_on_regression=excused)
        merged.items[node] = result
        if result.verdict.status == "violated" and any(node in one.expected for one in all_of):
            merged.expected.add(node)
        merged.outcomes[node] = (
            _find_outcome(node, result.verdict.status, merged, all_of),
            sum(one.outcomes[node][1] for one in all_of),
        )
    for node in dict.fromkeys(node for one in all_of for node in one.own_tests):
        merged.own_tests[node] = _find_worst(
            [o.own_tests[node] for o in all_of if node in o.own_tests]
        )
    return merged


def _find_outcome(node: str, status: str, merged: Gathered, all_of: Sequence[Gathered]) -> str:
    """Return what pytest would have made of an item."""
    if status == "violated":
        return "skipped" if node in merged.expected else "failed"
    if status == "broken":
        return "failed"
    # What holds may fail all the same, such as by a mark that expects a violation.
    held = [one for one in all_of if one.items[node].verdict.status == "held"]
    outcomes = {one.outcomes[node][0] for one in held}
    if "failed" in outcomes:
        return "failed"
    # What is excused in one share is excused in the whole.
    return "skipped" if "skipped" in {one.outcomes[node][0] for one in all_of} else "passed"


def _find_worst(tests: Sequence[OwnTest]) -> OwnTest:
    return min(tests, key=lambda test: _WORST.index(test.outcome))


def _list_failures(shards: Sequence[ShardReport], gathered: Gathered) -> dict[str, str]:
    """Return what fails the run, apart from monitors and gate, each in a line."""
    failures = {}
    for node, (outcome, _) in sorted(gathered.outcomes.items()):
        if outcome == "failed":
            verdict = gathered.items[node].verdict
            said = {"violated": "is violated", "broken": "could not be judged"}
            failures[node] = f"{verdict.entry} {said.get(verdict.status, 'holds, and fails')}"
    for shard in shards:
        for node in (*shard.failed, *shard.gathered.lost):
            if node not in gathered.items:
                failures.setdefault(node, f"failed in {shard.title}")
    return failures


def _describe(
    shards: Sequence[ShardReport],
    gathered: Gathered,
    ranking: Ranking | None,
    monitors: tuple[MonitorResult, ...],
) -> RunRecord:
    document = shards[0].document
    times = [shard.document["times"] for shard in shards]
    return RunRecord(
        version=document["tool"]["version"],
        seed=document["seed"],
        seed_source=document["seed_source"],
        partial=gathered.is_cut,
        started_at=min(time["started_at"] for time in times),
        duration_s=round(sum(time["duration_s"] for time in times), 3),
        options=document["options"],
        environment=document["environment"],
        ranking=ranking,
        implementations=_list_implementations(document, gathered.refused),
        executors=tuple(ExecutorRecord(**one) for one in document["executors"]),
        items=gathered.item_records,
        tests=gathered.test_records,
        violations=list_violations(gathered.items),
        differences=list_differences(gathered.items),
        monitors=monitors,
        calls=sum_spent(gathered.spent),
        # What monitors quote came here encoded, from which no secret was taken out.
        secrets=list_secrets(Settings(), os.environ),
    )


def _list_implementations(
    document: Any, refused: Sequence[RefusedCalls]
) -> tuple[ImplementationRecord, ...]:
    return tuple(
        ImplementationRecord(
            **{
                **one,
                "refused": tuple(
                    RefusedRecord(kind=c.kind, path=c.path, option=c.option, calls=c.calls)
                    for c in refused
                    if (c.role, c.specification) == (one["role"], one["specification"])
                ),
            }
        )
        for one in document["implementations"]
    )
