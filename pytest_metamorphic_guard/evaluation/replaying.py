"""The violations of an earlier report, to be run again."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.errors import MetamorphicGuardError
from pytest_metamorphic_guard.evaluation.transport import decode_inputs
from pytest_metamorphic_guard.values.equivalence import equal_values

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

__all__ = ["Playable", "Replay", "ReplayError", "read_replay"]


class ReplayError(MetamorphicGuardError):
    """A report whose violations cannot be run again.

    Args:
        path: The report.
        fault: What is wrong with it.
    """

    def __init__(self, path: str, fault: str) -> None:
        super().__init__(path, fault)
        self.path = path
        self.fault = fault

    def __str__(self) -> str:
        return f"--mg-replay={self.path}: {self.fault}"


@dataclass(frozen=True, slots=True)
class Playable:
    """An item as a replay sees it: task, entry, and its parameters apart from the candidate."""

    task: str
    entry: str
    variant: str = ""


@dataclass(frozen=True, slots=True)
class _Violation:
    """One violation of a report."""

    node: str
    task: str
    entry: str
    sources: tuple[tuple[Any, ...], ...]


@dataclass(slots=True)
class Replay:
    """The source inputs of violations, by the items that run them.

    Attributes:
        lost: Number of violations whose inputs the report could not carry.
    """

    _violations: list[_Violation]
    lost: int = 0
    _inputs: dict[str, list[tuple[tuple[Any, ...], ...]]] = field(default_factory=dict)

    def assign(self, items: Mapping[str, Playable]) -> None:
        """Give each violation to the items that run it.

        Those are the item that it was found by and its siblings for other candidates; if there is
        no such item, the items of the same node, and otherwise those of the same names.

        Args:
            items: What can be replayed, by node id.
        """
        self._inputs = {}
        for violation in self._violations:
            names = (violation.task, violation.entry)
            alike = [node for node, item in items.items() if (item.task, item.entry) == names]
            same = [node for node in alike if _cut(node) == _cut(violation.node)]
            if violation.node in same:
                variant = items[violation.node].variant
                same = [node for node in same if items[node].variant == variant]
            for node in same or alike:
                found = self._inputs.setdefault(node, [])
                # Several candidates may have violated the same.
                if not any(equal_values(violation.sources, other) for other in found):
                    found.append(violation.sources)

    def find_inputs(self, node: str) -> list[tuple[tuple[Any, ...], ...]]:
        """Return the inputs to run for one item."""
        return self._inputs.get(node, [])

    def find_unknown(self, seen: Mapping[str, Collection[str]]) -> list[str]:
        """Return what the report names and the tests do not have, as ``task::relation``."""
        names = dict.fromkeys((v.task, v.entry) for v in self._violations)
        return [f"{t}::{name}" for t, name in names if name not in seen.get(t, ())]


def _cut(node: str) -> str:
    """Return a node id without parameters; a file's path may have brackets of its own."""
    file, separator, rest = node.partition("::")
    return file + separator + rest.partition("[")[0]


def read_replay(path: Path) -> Replay:
    """Read the violations of a JSON report.

    Raises:
        ReplayError: There is no such report, it is none, or it has no violation to run.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        violations = [
            (
                str(dict(entry).get("node_id", "")),
                str(entry["task"]),
                str(entry["relation"]),
                entry["replay"],
            )
            for key in ("violations", "differences")
            for entry in document.get(key, () if key == "differences" else None)
        ]
    except OSError as error:
        raise ReplayError(str(path), f"cannot read it: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ReplayError(str(path), "it is no report written by --mg-report") from None
    found: list[_Violation] = []
    lost = 0
    for node, task, relation, text in violations:
        if not text:
            lost += 1
            continue
        try:
            found.append(_Violation(node, task, relation, decode_inputs(text)))
        except ValueError as error:
            raise ReplayError(str(path), str(error)) from None
    if not found:
        reason = f"; {lost} have inputs of classes that a report cannot carry" if lost else ""
        raise ReplayError(str(path), f"it has no violation that can be run again{reason}")
    return Replay(found, lost)
