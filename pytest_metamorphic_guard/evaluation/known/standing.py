"""What became of every known violation in a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.known import KnownSeen, KnownViolation, sum_known
from pytest_metamorphic_guard.report.known_record import KnownRecord

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from pytest_metamorphic_guard.evaluation.transport import ItemResult
    from pytest_metamorphic_guard.report.known_record import KnownStatus

__all__ = ["count_occurred", "list_known", "read_entries"]


def list_known(
    entries: Sequence[KnownViolation], items: Mapping[str, ItemResult], *, is_whole: bool = True
) -> tuple[KnownRecord, ...]:
    """Return a record of every entry of the file, in its order.

    Args:
        entries: The entries.
        items: What was concluded, by node id.
        is_whole: Whether all of the run is in these.
    """
    found = {seen.number: seen for seen in sum_known([one.known for one in items.values()])}
    cut = {
        seen.number
        for result in items.values()
        if not (is_whole and _has_ended(result))
        for seen in result.known
    }
    return tuple(_record(entry, found.get(entry.number), cut) for entry in entries)


def count_occurred(
    results: Iterable[ItemResult], entries: Sequence[KnownViolation]
) -> dict[int | None, int]:
    """Return how many known violations occurred of each candidate, by its position."""
    valid = {entry.number for entry in entries if not entry.expired}
    found: dict[int | None, set[int]] = {}
    for result in results:
        occurred = {seen.number for seen in result.known if seen.violated} & valid
        found.setdefault(result.position, set()).update(occurred)
    return {position: len(numbers) for position, numbers in found.items()}


def read_entries(records: Iterable[Mapping[str, Any]]) -> tuple[KnownViolation, ...]:
    """Return the entries of the file from what a report says of them."""
    return tuple(
        KnownViolation(
            number=one["number"],
            task=one["task"],
            entry=one["relation"],
            candidate=one["candidate"],
            role=one["role"],
            input=one["input"],
            condition=one["condition"],
            reason=one["reason"],
            ticket=one["ticket"],
            expires=one["expires"],
            expired=one["status"] == "expired",
        )
        for one in records
    )


def _has_ended(result: ItemResult) -> bool:
    """Tell whether an item came to all of its inputs."""
    return result.verdict.status == "held" or result.measurement is not None


def _record(entry: KnownViolation, seen: KnownSeen | None, cut: Collection[int]) -> KnownRecord:
    status: KnownStatus = "not run"
    if entry.expired:
        status = "expired"
    elif seen is not None and seen.violated:
        status = "occurred"
    elif seen is not None and entry.number not in cut:
        status = "gone" if seen.met else "unmet"
    seen = seen or KnownSeen(entry.number)
    return KnownRecord(
        number=entry.number,
        task=entry.task,
        relation=entry.entry,
        candidate=entry.candidate,
        role=entry.role,
        input=entry.input,
        condition=entry.condition,
        reason=entry.reason,
        ticket=entry.ticket,
        expires=entry.expires,
        status=status,
        inputs=seen.met,
        violated=seen.violated,
        example=seen.example,
        fault=seen.fault,
    )
