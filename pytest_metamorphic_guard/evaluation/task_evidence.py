"""What the items of one task measured, as the gate reads it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.measurements import AnswersApart
from pytest_metamorphic_guard.gate.evidence import (
    CheckResult,
    InputResult,
    MetricEvidence,
    RelationEvidence,
    SingleResult,
    TaskEvidence,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_metamorphic_guard.contracts.measurements import Measurement

__all__ = ["build_frame", "build_task", "group_by_task"]


def build_frame(measurements: Sequence[Measurement]) -> TaskEvidence:
    """Return what is known about a task before any of its inputs ran."""
    return build_task(list(measurements))


def group_by_task(group: list[Measurement]) -> list[list[Measurement]]:
    """Return the measurements of each task, in the order of their names."""
    tasks: dict[str, list[Measurement]] = defaultdict(list)
    for measurement in group:
        tasks[measurement.title].append(measurement)
    return [tasks[name] for name in sorted(tasks)]


def build_task(members: list[Measurement]) -> TaskEvidence:
    """Return what the items of one task measured."""
    checks: dict[int, list[CheckResult]] = defaultdict(list)
    clusters: dict[int, str | None] = {}
    hard = {
        label: measured
        for label, measured in _label(members)
        if not (measured.soft or measured.expected)
    }
    for label, measurement in hard.items():
        for case in measurement.judged:
            clusters[case.index] = case.group
            checks[case.index].append(
                CheckResult(label, case.candidate, case.baseline, case.confirmed)
            )
    planned = max(measurement.planned for measurement in members)
    tried = max(len(measurement.cases) + measurement.skipped for measurement in members)
    return TaskEvidence(
        task=members[0].task,
        planned=planned,
        relations=tuple(_build_relation(*one) for one in hard.items()),
        results=tuple(
            InputResult(index, tuple(checks[index]), clusters[index]) for index in sorted(checks)
        ),
        baseline=members[0].baseline,
        skipped=max(0, tried - len(checks)),
        metrics=_build_metrics(members),
        first_look=members[0].first_look,
        available=members[0].available,
        beside=tuple(
            single
            for label, measurement in hard.items()
            for single in _list_singles(label, measurement)
        ),
        title=members[0].title,
    )


def _build_relation(label: str, measurement: Measurement) -> RelationEvidence:
    seen = measurement.answers or AnswersApart()
    return RelationEvidence(
        name=label,
        kind=measurement.kind,
        skipped=measurement.skipped,
        min_pass_rate=measurement.min_pass_rate,
        overlap=measurement.overlap,
        declared=measurement.entry,
        example=measurement.example,
        asked_again=measurement.asked_again,
        worse_again=measurement.worse_again,
        better_again=measurement.better_again,
        compared=seen.compared,
        apart=seen.apart,
        apart_example=seen.example,
    )


def _label(members: list[Measurement]) -> Iterator[tuple[str, Measurement]]:
    """Give each measurement of a task a name of its own."""
    used: set[str] = set()
    for measurement in members:
        number, label = 1, measurement.label
        while label in used:
            number += 1
            label = f"{measurement.label} #{number}"
        used.add(label)
        yield label, measurement


def _list_singles(label: str, measurement: Measurement) -> Iterator[SingleResult]:
    for case in measurement.beside:
        if case.known:
            continue
        assert case.origin != "sample"  # the runner keeps the two apart
        check = CheckResult(label, case.candidate, case.baseline, case.confirmed)
        yield SingleResult(case.shown, check, case.origin)


def _build_metrics(members: list[Measurement]) -> tuple[MetricEvidence, ...]:
    # The items of one entry measure the same inputs.
    found = {rows.name: rows for measured in reversed(members) for rows in measured.metrics}
    return tuple(
        MetricEvidence(
            name=rows.name,
            kind=rows.kind,
            higher_is_better=rows.higher_is_better,
            alpha=rows.alpha,
            pairs=rows.pairs,
        )
        for rows in reversed(found.values())
    )
