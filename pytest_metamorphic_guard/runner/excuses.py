"""Known violations of one item: which cases they cover, and what became of them.

A case that is covered is run like any other, and judged by nobody: it is no violation, enters no
rate, and ends no search. What covers it depends on its input alone, or on the baseline as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.known import KnownSeen
from pytest_metamorphic_guard.runner.cases import show_input
from pytest_metamorphic_guard.runner.endings import was_cut_off

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.contracts.known import KnownViolation
    from pytest_metamorphic_guard.runner.case_results import CaseResult
    from pytest_metamorphic_guard.runner.cases import Case

__all__ = ["Excuse", "Excuses"]


@dataclass(frozen=True, slots=True)
class Excuse:
    """One known violation of an item.

    Attributes:
        known: What the file says.
        covers: Tells whether it covers source inputs, of which it gets copies; may raise.
    """

    known: KnownViolation
    covers: Callable[[tuple[tuple[Any, ...], ...]], bool]


@dataclass(slots=True)
class Excuses:
    """All known violations of one item.

    Attributes:
        excuses: They, expired ones too, in the order of the file.
        seen: What became of each, in the same order.
    """

    excuses: tuple[Excuse, ...]
    seen: list[KnownSeen] = field(init=False)
    _counted: set[tuple[int, bytes]] = field(init=False)

    def __post_init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew: the cases are run in another way."""
        self.seen = [KnownSeen(excuse.known.number) for excuse in self.excuses]
        self._counted = set()

    def mark(self, case: Case, baseline: CaseResult | None) -> None:
        """Note at a case which of them cover it.

        Args:
            case: The case.
            baseline: What the baseline did with it.
        """
        failed_before = baseline is not None and not (baseline.held or was_cut_off(baseline))
        case.covered = tuple(
            position
            for position, excuse in enumerate(self.excuses)
            if (excuse.known.role == "candidate" or failed_before) and self._covers(position, case)
        )
        case.excused = any(not self.excuses[place].known.expired for place in case.covered)

    def note(self, case: Case, candidate: CaseResult) -> None:
        """Count a case that is covered; an input that runs twice counts once."""
        for position in case.covered:
            if case.key is not None:
                if (position, case.key) in self._counted:
                    continue
                self._counted.add((position, case.key))
            seen = self.seen[position]
            seen = seen._replace(met=seen.met + 1)
            if not candidate.held:
                size, text = case.size[0], show_input(case.sources)
                if not seen.example or (size, text) < (seen.size, seen.example):
                    seen = seen._replace(example=text, size=size)
                seen = seen._replace(violated=seen.violated + 1)
            self.seen[position] = seen

    def find_expired(self, case: Case) -> list[KnownViolation]:
        """Return the known violations that covered an input until they expired."""
        return [
            self.excuses[place].known for place in case.covered if self.excuses[place].known.expired
        ]

    @property
    def occurred(self) -> list[tuple[KnownViolation, KnownSeen]]:
        """What was excused."""
        pairs = zip(self.excuses, self.seen, strict=True)
        return [(e.known, seen) for e, seen in pairs if seen.violated and not e.known.expired]

    @property
    def faults(self) -> list[str]:
        """What conditions raised, which then excuse nothing."""
        pairs = zip(self.excuses, self.seen, strict=True)
        return [f"{e.known.number}: {seen.fault}" for e, seen in pairs if seen.fault]

    def _covers(self, position: int, case: Case) -> bool:
        try:
            return bool(self.excuses[position].covers(case.copy()))
        except Exception as error:  # noqa: BLE001 - a user's condition, and a stranger's values
            if not self.seen[position].fault:
                said = f"raised {type(error).__name__}: {error} for {show_input(case.sources)}"
                self.seen[position] = self.seen[position]._replace(fault=said)
            return False
