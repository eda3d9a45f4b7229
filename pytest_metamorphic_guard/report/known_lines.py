"""Known violations as lines: what was excused, what expired, and what no longer occurs."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.known import say_terms
from pytest_metamorphic_guard.contracts.texts import clean_line
from pytest_metamorphic_guard.gate.phrases import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_metamorphic_guard.contracts.known import KnownSeen, KnownViolation
    from pytest_metamorphic_guard.report.known_record import KnownRecord

__all__ = ["describe_known", "list_stale", "say_excused"]


def describe_known(known: Iterable[KnownRecord], name: str, width: int) -> list[str]:
    """Return what is to be said of each entry, below a line that counts them.

    Args:
        known: What became of the entries.
        name: The file.
        width: Columns of a line.
    """
    records = [record for record in known if record.status != "not run" or record.fault]
    if not records:
        return []
    occurred = sum(record.status == "occurred" for record in records)
    lines = [f"known violations ({clean_line(name)}): {occurred} occurred"]
    for record in records:
        lines += textwrap.wrap(
            clean_line(_describe(record)),
            width,
            initial_indent="  ",
            subsequent_indent="    ",
            break_on_hyphens=False,
        )
    return lines


def list_stale(known: Iterable[KnownRecord], name: str) -> list[str]:
    """Return a sentence for every entry that no longer excuses anything."""
    return [
        clean_line(f"{name}: {_describe(record)}")
        for record in known
        if record.status in ("gone", "unmet")
    ]


def say_excused(occurred: Sequence[tuple[KnownViolation, KnownSeen]]) -> str:
    """Return why an item passes that would fail without the file."""
    parts = []
    for known, seen in occurred:
        inputs = count(seen.violated, "input")
        parts.append(f"known violation on {inputs}, such as {seen.example}: {known.terms}")
    return clean_line("; ".join(parts))


def _describe(record: KnownRecord) -> str:
    whose = f" of {record.candidate}" if record.candidate else ""
    head = f"entry {record.number}, {record.task}::{record.relation}{whose}"
    fault = f"; its condition {record.fault}" if record.fault else ""
    match record.status:
        case "occurred":
            where = f"for {record.example}"
            if record.violated > 1:
                where = f"for {count(record.violated, 'input')}, such as {record.example}"
            said = f"{where}: {say_terms(record.reason, record.ticket, record.expires)}"
        case "expired":
            still = "still violated" if record.violated else "no longer violated"
            ran = f"and {still}" if record.inputs else "and not met by any input"
            said = f"expired on {record.expires} {ran}: {record.reason}"
            said += f" ({record.ticket})" if record.ticket else ""
        case "gone":
            covered = f"the {record.inputs} inputs that it covers hold"
            if record.inputs == 1:
                covered = "the input that it covers holds"
            said = f"no longer occurs: {covered}; remove it"
        case "unmet":
            said = "no longer occurs: no input of this run is covered by it"
        case "not run":
            said = "did not run to its end"
    return f"{head}: {said}{fault}"
