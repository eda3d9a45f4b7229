"""Records of calls that several entries of a task use, each of which monitors are shown once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord

__all__ = ["show_once"]


def show_once(records: Iterable[MonitorRecord]) -> list[MonitorRecord]:
    """Return the records with those of one shared call made into one.

    Every entry that uses a call keeps a record of it, in whatever process it ran. The one that
    stands for all of them is that of the first relation in alphabetical order; the input held
    where it did for all of them.
    """
    kept: list[MonitorRecord] = []
    shared: dict[tuple[object, ...], list[MonitorRecord]] = defaultdict(list)
    for record in records:
        if record.shared:
            shared[_identify(record)].append(record)
        else:
            kept.append(record)
    first: dict[tuple[object, ...], str] = {}
    for key, found in shared.items():
        names = [record.relation or "" for record in found]
        # Both roles under one relation, or nothing could be compared.
        first[key[:-1]] = min([*names, first.get(key[:-1], names[0])])
    return kept + [_merge(found, first[key[:-1]]) for key, found in shared.items()]


def _identify(record: MonitorRecord) -> tuple[object, ...]:
    return (
        record.task,
        record.case_index,
        record.kind,
        record.repeat,
        record.hash_seed,
        record.role,
    )


def _merge(found: list[MonitorRecord], relation: str) -> MonitorRecord:
    record = min(found, key=lambda one: one.relation or "")
    held = [one.held for one in found if one.held is not None]
    return replace(
        record,
        relation=relation,
        held=all(held) if held else None,
        metrics=next((one.metrics for one in found if one.metrics is not None), None),
    )
