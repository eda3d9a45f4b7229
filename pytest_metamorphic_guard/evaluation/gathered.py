"""What items bring to the one process that judges."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_metamorphic_guard.contracts.refused import sum_refused
from pytest_metamorphic_guard.contracts.spending import Spent, sum_spent
from pytest_metamorphic_guard.contracts.texts import clean_line
from pytest_metamorphic_guard.contracts.titles import name_task
from pytest_metamorphic_guard.evaluation.gaps import Difference, Missing, miss_unusable
from pytest_metamorphic_guard.evaluation.own_tests import OwnTest
from pytest_metamorphic_guard.evaluation.transport import ItemResult

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_metamorphic_guard.contracts.measurements import Measurement
    from pytest_metamorphic_guard.contracts.refused import RefusedCalls
    from pytest_metamorphic_guard.report.contents import ItemRecord, TestRecord

__all__ = ["Fed", "Gathered"]

_WHY = 200


class Fed(NamedTuple):
    """What one phase of one user's test fed to monitors.

    Attributes:
        label: The candidate that the test is about; None where there is only one, or none.
        pairs: ``(id of the monitor, record)``, as `Feed.take` gives them.
    """

    label: str | None
    pairs: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Gathered:
    """What the reports of items brought.

    Attributes:
        items: The result of every item, by node id.
        outcomes: What pytest made of these items, and the seconds they took, by node id.
        fed: What users' own tests fed to monitors, by node id and phase.
        own_tests: Users' own tests that used an implementation, by node id.
        expected: Items whose violation a mark says to expect.
        lost: Items of a process that ended before they did.
        failed: Items without a result: they failed before they ran, or in a way that is not ours.
        skipped: Items that were skipped.
        without_candidate: Items, and users' own tests, that were skipped for want of a candidate.
        left_out: Items that a selection left out, as processes counted them.
        spent: What calls cost, in parts.
    """

    items: dict[str, ItemResult] = field(default_factory=dict)
    outcomes: dict[str, tuple[str, float]] = field(default_factory=dict)
    fed: dict[tuple[str, str], Fed] = field(default_factory=dict)
    own_tests: dict[str, OwnTest] = field(default_factory=dict)
    expected: set[str] = field(default_factory=set)
    lost: list[str] = field(default_factory=list)
    failed: dict[str, float] = field(default_factory=dict)
    skipped: dict[str, None] = field(default_factory=dict)
    without_candidate: dict[str, None] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    spent: list[Spent] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return the same as a dict of plain values; node ids are no keys of it."""
        return {
            "items": [[node, result.to_dict()] for node, result in self.items.items()],
            "outcomes": [[node, *outcome] for node, outcome in self.outcomes.items()],
            "fed": [[*key, one.label, one.pairs] for key, one in self.fed.items()],
            "own_tests": [[node, test.to_dict()] for node, test in self.own_tests.items()],
            "expected": sorted(self.expected),
            "lost": self.lost,
            "failed": [list(pair) for pair in self.failed.items()],
            "skipped": list(self.skipped),
            "without_candidate": list(self.without_candidate),
            "left_out": list(self.left_out),
            "spent": [part.to_dict() for part in sum_spent(self.spent)],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Gathered:
        """Read what `to_dict` wrote, also after it was JSON."""
        return cls(
            items={node: ItemResult.from_dict(one) for node, one in data["items"]},
            outcomes={
                node: (outcome, duration_s) for node, outcome, duration_s in data["outcomes"]
            },
            fed={
                (node, phase): Fed(label, tuple((name, text) for name, text in pairs))
                for node, phase, label, pairs in data["fed"]
            },
            own_tests={node: OwnTest.from_dict(one) for node, one in data["own_tests"]},
            expected=set(data["expected"]),
            lost=list(data["lost"]),
            failed=dict(data["failed"]),
            skipped=dict.fromkeys(data["skipped"]),
            without_candidate=dict.fromkeys(data["without_candidate"]),
            left_out=tuple(data["left_out"]),
            spent=[Spent(**part) for part in data["spent"]],
        )

    @property
    def is_empty(self) -> bool:
        """Whether no item of ours ran or was to run."""
        return not (self.items or self.own_tests or self.lost or self.failed)

    @property
    def is_cut(self) -> bool:
        """Whether executions are missing: with their process, or because an item had to end."""
        unfinished = (r.measurement is None and r.records for r in self.items.values())
        return bool(self.lost) or any(unfinished)

    @property
    def measurements(self) -> list[Measurement]:
        """What was measured, by node id."""
        return [
            replace(found, expected=node in self.expected)
            for node in sorted(self.items)
            if (found := self.items[node].measurement) is not None
        ]

    @property
    def differences(self) -> list[Difference]:
        """The items whose calls do not end alike for both roles, by node id."""
        return [
            Difference(
                result.position,
                f"{name_task(result.verdict.task, result.where)}::{result.verdict.entry}",
                found,
            )
            for node, result in sorted(self.items.items())
            if (found := result.difference) is not None and node not in self.expected
        ]

    @property
    def refused(self) -> tuple[RefusedCalls, ...]:
        """What sandboxes refused, to each implementation."""
        found = [calls for result in self.items.values() for calls in result.refused]
        found += [calls for test in self.own_tests.values() for calls in test.refused]
        return sum_refused(found)

    @property
    def missing(self) -> list[Missing]:
        """The items that gave no result from which to decide."""
        return list(self._find_missing())

    @property
    def item_records(self) -> tuple[ItemRecord, ...]:
        """What became of every item, also of those without a result."""
        records = [result.record(node, *self.outcomes[node]) for node, result in self.items.items()]
        unknown = self.failed | dict.fromkeys(self.lost, 0.0)
        records += [
            _record_unknown(node, duration_s)
            for node, duration_s in unknown.items()
            if node not in self.items
        ]
        return tuple(sorted(records, key=lambda record: record.node_id))

    @property
    def test_records(self) -> tuple[TestRecord, ...]:
        """What became of users' own tests that used an implementation."""
        # Not loaded for a run without a report, which starts sooner.
        from pytest_metamorphic_guard.report.contents import TestRecord

        return tuple(
            TestRecord(node_id=node, roles=test.roles, outcome=test.outcome, called=test.called)
            for node, test in sorted(self.own_tests.items())
        )

    def _find_missing(self) -> Iterator[Missing]:
        for node in self.lost:
            yield Missing(f"{node} was lost with its process, so nothing is known about it")
        for node in self.failed:
            yield Missing(f"{node} failed before it ran, so nothing is known about it")
        # An entry of which nothing ran is missed by its name; this is one of several items of it.
        names = {f"{r.verdict.task}::{r.verdict.entry}" for r in self.items.values()}
        for node in self.skipped:
            if node not in self.items and _name_entry(node) in names:
                yield Missing(f"{node} was skipped, so nothing is known about it")
        for node, result in sorted(self.items.items()):
            verdict = result.verdict
            entry = f"{name_task(verdict.task, result.where)}::{verdict.entry}"
            if verdict.unusable is not None:
                yield miss_unusable(verdict, entry)
            elif verdict.status == "broken":
                text = f"{node} could not be judged, so nothing is known about it"
                text += f": {_shorten(result.why)}" if result.why else ""
                yield Missing(text, verdict.candidate, entry)
            elif result.measurement is None:
                text = f"{node} ended before its whole sample had run"
                yield Missing(text, verdict.candidate, entry)
        if self.left_out:
            first, more = self.left_out[0], len(self.left_out) - 1
            which = f"{first} and {more} more were" if more else f"{first} was"
            text = f"{which} left out, so nothing is known about {'them' if more else 'it'}"
            yield Missing(text, covers=tuple(map(_name_entry, self.left_out)))


def _shorten(text: str) -> str:
    said = clean_line(" ".join(text.split()))
    return said if len(said) <= _WHY else f"{said[:_WHY]}..."


def _name_entry(node: str) -> str:
    return "::".join(node.partition("::")[2].partition("[")[0].split("::")[-2:])


def _record_unknown(node: str, duration_s: float) -> ItemRecord:
    # Not loaded for a run without a report, which starts sooner.
    from pytest_metamorphic_guard.report.contents import ItemRecord

    parts: list[Any] = node.partition("[")[0].split("::")
    return ItemRecord(
        node_id=node,
        task=parts[-2] if len(parts) > 1 else "",
        relation=parts[-1],
        candidate=None,
        outcome="error",
        cases=0,
        duration_s=duration_s,
    )
