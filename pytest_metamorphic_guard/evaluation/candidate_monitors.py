"""Shows the monitors of a session what its items brought: each candidate to monitors of its own."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.titles import name_task
from pytest_metamorphic_guard.watch.feed import decode_fed
from pytest_metamorphic_guard.watch.streams import Stream, make_context, watch_all
from pytest_metamorphic_guard.watch.travel import decode_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord
    from pytest_metamorphic_guard.evaluation.gathered import Fed, Gathered
    from pytest_metamorphic_guard.evaluation.transport import ItemResult
    from pytest_metamorphic_guard.watch.alerts import WatchReport
    from pytest_metamorphic_guard.watch.setting_up import LoadedMonitor

__all__ = ["CandidateWatch", "watch_gathered"]

_PHASES = ("setup", "call", "teardown")


@dataclass(frozen=True, slots=True)
class CandidateWatch:
    """What the monitors of one candidate concluded.

    Attributes:
        position: The candidate's number; None where no item was about it.
        report: What they concluded.
    """

    position: int | None
    report: WatchReport


@dataclass(slots=True)
class _Seen:
    """What is known about one candidate."""

    items: list[ItemResult] = field(default_factory=list)
    labels: dict[str, None] = field(default_factory=dict)


def watch_gathered(
    monitors: Sequence[LoadedMonitor], gathered: Gathered, *, partial: bool
) -> list[CandidateWatch]:
    """Show every execution to the monitors, and return what they concluded.

    With several candidates each has monitors of its own, or a slow one would hide behind a fast
    one. What a user's own test fed is shown to those of the candidate it is about, or to all.

    Args:
        monitors: The monitors.
        gathered: What the items brought.
        partial: Whether something is missing from that.
    """
    seen = _group_by_candidate(gathered)
    fed = [gathered.fed[key] for key in sorted(gathered.fed, key=_rank_phase)]
    if not seen and not fed:
        return []
    streams = [_make_stream(monitors, candidate, fed) for _, candidate in sorted(seen.items())] or [
        _make_stream(monitors, _Seen(), fed)
    ]
    reports = watch_all(streams, partial=partial)
    positions: list[int | None] = [*sorted(seen)] or [None]
    return [CandidateWatch(*both) for both in zip(positions, reports, strict=True)]


def _group_by_candidate(gathered: Gathered) -> dict[int, _Seen]:
    seen: dict[int, _Seen] = defaultdict(_Seen)
    for node in sorted(gathered.items):
        item = gathered.items[node]
        seen[item.position].items.append(item)
        if item.label is not None:
            seen[item.position].labels[item.label] = None
    return seen


def _make_stream(monitors: Iterable[LoadedMonitor], seen: _Seen, fed: Iterable[Fed]) -> Stream:
    label = ", ".join(seen.labels) or None
    records = [record for item in seen.items for record in decode_records(item.records)]
    handles = {monitor.id: monitor.host(label=label) for monitor in monitors}
    own: list[tuple[str, MonitorRecord]] = [
        (handles[monitor].id, record)
        for one in fed
        if one.label is None or not seen.labels or one.label in seen.labels
        for monitor, record in decode_fed(one.pairs)
    ]
    tasks = {name_task(item.verdict.task, item.where) for item in seen.items}
    measured = [item.measurement for item in seen.items if item.measurement is not None]
    context = make_context(tasks, records, measured)
    return Stream(list(handles.values()), records, context, own)


def _rank_phase(key: tuple[str, str]) -> tuple[str, int]:
    node, phase = key
    return node, _PHASES.index(phase)
