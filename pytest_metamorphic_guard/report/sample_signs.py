"""How every input of a sample came out, so that a later run can be compared input by input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.titles import name_variant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_metamorphic_guard.contracts.measurements import Measurement

__all__ = ["HELD", "KNOWN", "NOT_RUN", "VIOLATED", "SampleRecord", "list_samples"]

HELD, VIOLATED, KNOWN, NOT_RUN = "1", "0", "k", "."


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRecord:
    """The sample of one item.

    Attributes:
        node_id: Node id of the item.
        task: Its task.
        relation: Its entry, with its parameters where it has several items.
        candidate: The candidate.
        sha256: The same for the same inputs.
        held: One character per input in their order: ``1`` where the entry held for the candidate,
            ``0`` where not, ``k`` where a known violation covers the input, ``.`` where it did not
            run or not apply.
    """

    node_id: str
    task: str
    relation: str
    candidate: str
    sha256: str
    held: str


def list_samples(
    found: Mapping[str, tuple[Measurement | None, str]],
) -> tuple[SampleRecord, ...]:
    """Return the sample of every item that measured one.

    Args:
        found: By node id what it measured, and what tells its sample from others.
    """
    return tuple(
        SampleRecord(
            node_id=node,
            task=measured.title,
            relation=name_variant(measured.entry, measured.variant),
            candidate=measured.candidate,
            sha256=digest,
            held=_write(measured),
        )
        for node, (measured, digest) in sorted(found.items())
        if measured is not None and digest
    )


def _write(measured: Measurement) -> str:
    ends = [NOT_RUN] * measured.planned
    for case in measured.cases:
        if case.index < len(ends):
            ends[case.index] = KNOWN if case.known else HELD if case.candidate else VIOLATED
    return "".join(ends)
