"""From what items measured to what the gate reads."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.titles import say_hung
from pytest_metamorphic_guard.evaluation.costs import read_measures
from pytest_metamorphic_guard.evaluation.task_evidence import build_task, group_by_task
from pytest_metamorphic_guard.gate.evidence import (
    AlertEvidence,
    DifferenceEvidence,
    Doubt,
    Evidence,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pytest_metamorphic_guard.contracts.measurements import Measurement
    from pytest_metamorphic_guard.evaluation.gaps import Difference, Missing, OwnCheck
    from pytest_metamorphic_guard.gate.rules import FailOnAlert
    from pytest_metamorphic_guard.watch.alerts import Alert, WatchReport

__all__ = ["build_evidence", "split_alerts"]


def build_evidence(  # noqa: PLR0913, PLR0917 - all that can be known
    measurements: Iterable[Measurement],
    watched: Mapping[int | None, WatchReport] | None = None,
    missing: Sequence[Missing] = (),
    differences: Sequence[Difference] = (),
    own: Sequence[OwnCheck] = (),
    excused: Mapping[int | None, int] | None = None,
) -> list[Evidence]:
    """Return what is known about each candidate, in the order in which candidates were given.

    Args:
        measurements: One per item that ran to its end.
        watched: What the monitors concluded, by the candidate's number; what stands under None
            concerns all of them.
        missing: What gave no result; without a candidate's name it concerns all of them.
        differences: The items in which calls do not end alike for both roles.
        own: What the user's own tests say.
        excused: Number of known violations that occurred, by the candidate's number.
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
        replace(
            _build_one(
                names,
                measured,
                reports,
                [gap for gap in missing if gap.candidate in (None, *names)],
                [one for one in differences if one.position == position],
                [check for check in own if check.candidate in names],
            ),
            known=(excused or {}).get(position, 0),
        )
        for position, names, measured, reports in groups
    ]


def split_alerts(
    alerts: Iterable[Alert], fail_on_alert: FailOnAlert
) -> tuple[list[str], list[str]]:
    """Return the messages that fail a run, and those that warn."""
    blocking = {"error": ("error",), "warning": ("error", "warning"), "never": ()}[fail_on_alert]
    failing = [alert.message for alert in alerts if alert.severity in blocking]
    warning = [a.message for a in alerts if a.severity not in ("info", *blocking)]
    return failing, warning


def _build_one(  # noqa: PLR0913, PLR0917 - all that can be known about a candidate
    names: tuple[str, ...],
    measured: list[Measurement],
    reports: list[WatchReport],
    missing: list[Missing],
    differences: list[Difference],
    own: list[OwnCheck],
) -> Evidence:
    faults = [gap.text for gap in missing if gap.is_own_fault and gap.candidate is not None]
    doubts = [Doubt(gap.text, gap.remedy) for gap in missing if gap.remedy is not None]
    return Evidence(
        candidate=", ".join(names),
        tasks=tuple(build_task(members) for members in group_by_task(measured)),
        alerts=tuple(_to_evidence(a) for report in reports for a in report.evidence),
        measures=read_measures(reports),
        missing=(
            *(gap.text for gap in missing if not gap.is_own_fault and gap.remedy is None),
            *_find_unmeasured(measured, missing),
            *_find_chosen(measured),
            *_find_hung(measured),
            *_find_expected(measured),
            *_find_excused(measured),
            *_list_own(own, "unknown"),
        ),
        failures=tuple(dict.fromkeys([*faults, *_list_own(own, "failed")])),
        doubts=tuple(dict.fromkeys(doubts)),
        own_passed=len(_list_own(own, "passed")),
        notes=(
            *(
                f"{one.title}::{one.label} is marked xfail: its violations are expected and "
                "decide nothing"
                for one in measured
                if one.expected
            ),
            *_find_hung(measured),
            *_list_own(own, "expected"),
        ),
        differences=tuple(
            DifferenceEvidence(one.entry, one.found.cases, str(one.found)) for one in differences
        ),
        unanswered=tuple(text for report in reports for text in report.unanswered),
    )


def _list_own(own: Sequence[OwnCheck], conclusion: str) -> list[str]:
    return [check.text for check in own if check.conclusion == conclusion]


def _find_expected(group: list[Measurement]) -> list[str]:
    """Say of which tasks nothing is left to judge."""
    return [
        f"all that {members[0].task} checks is marked xfail, so nothing is known about it"
        for members in group_by_task(group)
        if all(measurement.expected or measurement.soft for measurement in members)
        and any(measurement.expected for measurement in members)
    ]


def _find_excused(group: list[Measurement]) -> list[str]:
    """Say what is excused on all of its inputs, so that nothing is left to judge."""
    return [
        f"known violations cover every input of {one.title}::{one.label}, so nothing is known "
        "about it"
        for one in group
        if one.cases and not (one.judged or one.soft or one.expected)
    ]


def _to_evidence(alert: Alert) -> AlertEvidence:
    return AlertEvidence(
        monitor=alert.monitor, kind=alert.type, severity=alert.severity, message=alert.message
    )


def _find_unmeasured(group: list[Measurement], missing: Sequence[Missing]) -> list[str]:
    """Say what the tasks declare and nobody measured, as far as it is not said already."""
    said = {gap.entry for gap in missing} | {name for gap in missing for name in gap.covers}
    found = []
    for members in group_by_task(group):
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
