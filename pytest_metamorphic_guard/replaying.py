"""The violations of an earlier report, to be run again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.errors import MetamorphicGuardError
from pytest_metamorphic_guard.relations.equivalence import equal_values
from pytest_metamorphic_guard.transport import decode_inputs

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

__all__ = ["Replay", "ReplayError", "read_replay"]


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
class Replay:
    """The source inputs of violations by task and entry.

    Attributes:
        lost: Number of violations whose inputs the report could not carry.
    """

    _inputs: dict[tuple[str, str], list[tuple[tuple[Any, ...], ...]]]
    lost: int = 0

    def find_inputs(self, task: str, entry: str) -> list[tuple[tuple[Any, ...], ...]]:
        """Return the inputs to run for one entry of a task."""
        return self._inputs.get((task, entry), [])

    def find_unknown(self, seen: Mapping[str, Collection[str]]) -> list[str]:
        """Return what the report names and the tests do not have, as ``task::relation``."""
        return [f"{t}::{name}" for t, name in self._inputs if name not in seen.get(t, ())]


def read_replay(path: Path) -> Replay:
    """Read the violations of a JSON report.

    Raises:
        ReplayError: There is no such report, it is none, or it has no violation to run.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        violations = [
            (str(entry["task"]), str(entry["relation"]), entry["replay"])
            for entry in document["violations"]
        ]
    except OSError as error:
        raise ReplayError(str(path), f"cannot read it: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise ReplayError(str(path), "it is no report written by --mg-report") from None
    inputs: dict[tuple[str, str], list[tuple[tuple[Any, ...], ...]]] = {}
    lost = 0
    for task, relation, text in violations:
        if not text:
            lost += 1
            continue
        try:
            sources = decode_inputs(text)
        except ValueError as error:
            raise ReplayError(str(path), str(error)) from None
        found = inputs.setdefault((task, relation), [])
        # Several candidates may have violated the same.
        if not any(equal_values(sources, other) for other in found):
            found.append(sources)
    if not inputs:
        reason = f"; {lost} have inputs of classes that a report cannot carry" if lost else ""
        raise ReplayError(str(path), f"it has no violation that can be run again{reason}")
    return Replay(inputs, lost)
