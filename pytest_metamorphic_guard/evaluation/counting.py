"""From what items measured to what the gate reads."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pytest_metamorphic_guard.contracts.measurements import say_hung
from pytest_metamorphic_guard.evaluation.costs import read_measures
from pytest_metamorphic_guard.gate.evidence import (
    AlertEvidence,
    CheckResult,
    DifferenceEvidence,
    Doubt,
    Evidence,
    InputResult,
    MetricEvidence,
    RelationEvidence,
    SingleResult,
    TaskEvidence,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pytest_metamorphic_guard.contracts.measurements import EndsApart, Measurement
    from pytest_metamorphic_guard.contracts.verdicts import Verdict
    from pytest_metamorphic_guard.gate.rules import FailOnAlert
    from pytest_metamorphic_guard.watch.alerts import Alert, WatchReport

__all__ = [
    "KEEP_APART",
    "Difference",
    "Missing",
    "OwnCheck",
    "build_evidence",
    "build_frame",
    "miss_unusable",
    "split_alerts",
]

KEEP_APART = "keep what candidate and baseline both need in a module of its own"


@dataclass(frozen=True, slots=True)
class Missing:
    """An item that gave no result.

    Attributes:
        text: What became of it, as a sentence.
        candidate: The candidate it was about, or None where that is not known.
        entry: What it checked, as ``task::relation``, or None where that is not known.
        is_own_fault: The candidate cannot be called where its baseline can: it is rejected.
        remedy: What would set it right, where running everything would not.
    """

    text: str
    candidate: str | None = None
    entry: str | None = None
    is_own_fault: bool = False
    remedy: str | None = None


def miss_unusable(verdict: Verdict, entry: str) -> Missing:
    """Return that a candidate alone cannot be called, as its verdict says."""
    assert verdict.unusable is not None  # the caller asked
    return Missing(
        verdict.unusable,
        verdict.candidate,
        entry,
        is_own_fault=not verdict.withheld,
        remedy=KEEP_APART if verdict.withheld else None,
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """An item in which calls do not end alike for baseline and candidate.

    Attributes:
        position: Number of the candidate among the task's candidates, from 0.
        entry: What the item checks, as ``task::relation``.
        found: What was found.
    """

    position: int
    entry: str
    found: EndsApart


@dataclass(frozen=True, slots=True)
class OwnCheck:
    """What one of the user's own tests says about one candidate.

    Attributes:
        candidate: The candidate.
        conclusion: What follows: a failure rejects, and what is not known keeps from adopting.
        text: What became of the test, as a sentence.
    """

    candidate: str
    conclusion: Literal["passed", "failed", "unknown", "expected"]
    text: str


def build_evidence(
    measurements: Iterable[Measurement],
    watched: Mapping[int | None, WatchReport] | None = None,
    missing: Sequence[Missing] = (),
    differences: Sequence[Difference] = (),
    own: Sequence[OwnCheck] = (),
) -> list[Evidence]:
    """Return what is known about each candidate, in the order in which candidates were given.

    Args:
        measurements: One per item that ran to its end.
        watched: What the monitors concluded, by the candidate's number; what stands under None
            concerns all of them.
        missing: What gave no result; without a candidate's name it concerns all of them.
        differences: The items in which calls do not end alike for both roles.
        own: What the user's own tests say.
    """
    watched = watched or {}
    by_position: dict[int, list[Measurement]] = defaultdict(list)
    for measurement in measurements:
        by_position[measurement.position].append(measurement)
    groups: list[tuple[int | None, tuple[str, ...], list[Measurement], list[WatchReport]]] = [
        (
            position,
            tuple(dict.fromkeys(m.candidate for m in group)),
            group,
            [watched[key] for key in (position, None) if key in watched],
        )
        for position, group in sorted(by_position.items())
    ]
    known = {name for _, names, *_ in groups for name in names}
    unknown = dict.fromkeys(gap.candidate for gap in missing if gap.candidate)
    unknown |= dict.fromkeys(check.candidate for check in own)
    groups += [(None, (name,), [], []) for name in unknown if name not in known]
    return [
        Evidence(
            candidate=", ".join(names),
            tasks=tuple(_build_task(members) for members in _group_by_task(group)),
            alerts=tuple(_to_evidence(a) for report in reports for a in report.evidence),
            measures=read_measures(reports),
            missing=(
                *(
                    gap.text
                    for gap in missing
                    if gap.candidate in (None, *names)
                    and not gap.is_own_fault
                    and gap.remedy is None
                ),
                *_find_unmeasured(group, missing),
                *_find_chosen(group),
                *_find_hung(group),
                *_find_expected(group),
                *_list_own(own, names, "unknown"),
            ),
            failures=tuple(
                dict.fromkeys(
                    [
                        *(g.text for g in missing if g.is_own_fault and g.candidate in names),
                        *_list_own(own, names, "failed"),
                    ]
                )
            ),
            doubts=tuple(
                dict.fromkeys(
                    Doubt(gap.text, gap.remedy)
                    for gap in missing
                    if gap.remedy is not None and gap.candidate in (None, *names)
                )
            ),
            own_passed=len(_list_own(own, names, "passed")),
            notes=(
                *(
                    f"{one.title}::{one.label} is marked xfail: its violations are expected and "
                    "decide nothing"
                    for one in group
                    if one.expected
                ),
                *_find_hung(group),
                *_list_own(own, names, "expected"),
            ),
            differences=tuple(
                DifferenceEvidence(one.entry, one.found.cases, str(one.found))
                for one in differences
                if one.position == position
            ),
            unanswered=tuple(text for report in reports for text in report.unanswered),
        )
        for position, names, group, reports in groups
    ]


def build_frame(measurements: Sequence[Measurement]) -> TaskEvidence:
    """Return what is known about a task before any of its inputs ran."""
    return _build_task(list(measurements))


def split_alerts(
    alerts: Iterable[Alert], fail_on_alert: FailOnAlert
) -> tuple[list[str], list[str]]:
    """Return the messages that fail a run, and those that warn."""
    blocking = {"error": ("error",), "warning": ("error", "warning"), "never": ()}[fail_on_alert]
    failing = [alert.message for alert in alerts if alert.severity in blocking]
    warning = [a.message for a in alerts if a.severity not in ("info", *blocking)]
    return failing, warning


def _list_own(own: Sequence[OwnCheck], names: tuple[str, ...], conclusion: str) -> list[str]:
    return [
        check.text for check in own if check.candidate in names and check.conclusion == conclusion
    ]


def _find_expected(group: list[Measurement]) -> list[str]:
    """Say of which tasks nothing is left to judge."""
    return [
        f"all that {members[0].task} checks is marked xfail, so nothing is known about it"
        for members in _group_by_task(group)
        if all(measurement.expected or measurement.soft for measurement in members)
        and any(measurement.expected for measurement in members)
    ]


def _to_evidence(alert: Alert) -> AlertEvidence:
    return AlertEvidence(
        monitor=alert.monitor, kind=alert.type, severity=alert.severity, message=alert.message
    )


def _find_unmeasured(group: list[Measurement], missing: Sequence[Missing]) -> list[str]:
    """Say what the tasks declare and nobody measured, as far as it is not said already."""
    said = {gap.entry for gap in missing}
    found = []
    for members in _group_by_task(group):
        measured = {measurement.entry for measurement in members}
        names = [f"{members[0].title}::{n}" for n in members[0].declared if n not in measured]
        names = [name for name in names if name not in said]
        if names:
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            found.append(f"{names[0]}{more} did not run, so nothing is known about it")
    return found


def _find_chosen(group: list[Measurement]) -> list[str]:
    """Say where a candidate with no baseline could choose the inputs that count."""
    return [
        f"{m.task}::{m.entry} gave up {m.skipped_after} inputs after the candidate had answered, "
        "which lets it choose them: assume() of inputs alone, or pass --mg-baseline"
        for m in group
        if m.skipped_after and not m.soft
    ]


def _find_hung(group: list[Measurement]) -> list[str]:
    """Say which samples ended early because the candidate never answered."""
    return [f"{m.title}::{m.label} {say_hung(m.hung)}" for m in group if m.hung]


def _group_by_task(group: list[Measurement]) -> list[list[Measurement]]:
    tasks: dict[str, list[Measurement]] = defaultdict(list)
    for measurement in group:
        tasks[measurement.title].append(measurement)
    return [tasks[name] for name in sorted(tasks)]


def _build_task(members: list[Measurement]) -> TaskEvidence:
    checks: dict[int, list[CheckResult]] = defaultdict(list)
    clusters: dict[int, str | None] = {}
    hard = {
        label: measured
        for label, measured in _label(members)
        if not (measured.soft or measured.expected)
    }
    for label, measurement in hard.items():
        for case in measurement.cases:
            clusters[case.index] = case.group
            checks[case.index].append(
                CheckResult(label, case.candidate, case.baseline, case.confirmed)
            )
    planned = max(measurement.planned for measurement in members)
    tried = max(len(measurement.cases) + measurement.skipped for measurement in members)
    return TaskEvidence(
        task=members[0].task,
        planned=planned,
        relations=tuple(
            RelationEvidence(
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
            )
            for label, measurement in hard.items()
        ),
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
