"""What a sample showed: whether each case held, and the violations that count."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.runner.confirmation import is_seen_again
from pytest_metamorphic_guard.tasks.declarations import is_soft

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.contracts.measurements import CaseHeld
    from pytest_metamorphic_guard.contracts.verdicts import Confirmation
    from pytest_metamorphic_guard.runner.bounded_results import Kept
    from pytest_metamorphic_guard.runner.run import Run
    from pytest_metamorphic_guard.runner.violations import Violation

__all__ = ["Sightings", "find_number", "say_rate"]


@dataclass(slots=True)
class Sightings:
    """The cases of a sample so far.

    Attributes:
        run: The item's run.
        at_most: How many violations are run again in a fresh process.
        cases: Whether each case held, in order.
        counted: The violations that count, with the position of their case.
    """

    run: Run
    at_most: int
    cases: list[CaseHeld] = field(default_factory=list)
    counted: list[tuple[int, Violation]] = field(default_factory=list)
    _shared: tuple[int, Violation] | None = None
    _checked_again: set[int] = field(default_factory=set)

    def add_violation(self, violation: Violation, kept: Kept) -> None:
        """Take a violation of the last case: one that counts, or that the baseline has, too."""
        position = len(self.cases) - 1
        if self.run.counts(violation):
            # The first one is what is shown, should no smaller one be found.
            shown = kept.limit_violation(violation) if self.counted else violation
            self.counted.append((position, shown))
        elif not (is_soft(self.run.entry.subject) or violation.case.excused):
            known = self._shared or (position, violation)
            self._shared = min(known, (position, violation), key=lambda one: one[1].case.size)

    def revise(self, position: int, violation: Violation | None, held_before: bool | None) -> None:  # noqa: FBT001 - as a case has it
        """Take what is known of a case when the whole sample is."""
        held = violation is None and self.cases[position].candidate
        self.cases[position] = replace(self.cases[position], candidate=held, baseline=held_before)
        if violation is not None and self.run.counts(violation):
            self.counted.append((position, violation))

    def find_example(self, *, with_shared: bool) -> tuple[Violation, Confirmation] | None:
        """Return the violation that stands for a rate: the smallest of those seen again."""
        found = list(self.counted)
        if with_shared and self._shared is not None:
            found.append(self._shared)
        if not found:
            return None
        position, violation = min(found, key=self._rank)
        return violation, "confirmed" if self.cases[position].confirmed else "unchecked"

    def fail(self, min_pass_rate: float | None, *, judged_elsewhere: bool) -> bool:
        """Tell whether what counts among them fails the item."""
        if not self.counted or min_pass_rate is None:
            return bool(self.counted) and not judged_elsewhere
        # A share of a sample does not know, and finds what is to be reported if it is missed.
        is_share = self.run.settings.shard is not None
        judged = self._judged
        return is_share or sum(case.candidate for case in judged) / len(judged) < min_pass_rate

    @property
    def _judged(self) -> list[CaseHeld]:
        """The cases that no known violation covers: what counts is among them."""
        return [case for case in self.cases if not case.known]

    def describe_rate(self, asked: float) -> str:
        """Say on how many inputs the entry held, and on what share it was to hold."""
        judged = self._judged
        return say_rate(sum(case.candidate for case in judged), len(judged), asked)

    def confirm_last(self, held: CaseHeld) -> CaseHeld:
        """Run a regression of the last case again at once; return what is known of it now."""
        if not self.counted or any(case.confirmed for case in self.cases):
            return held
        position, violation = self.counted[-1]
        if position == len(self.cases) - 1 and len(self._checked_again) < self.at_most:
            self._check_again(position, violation)
        return self.cases[-1]

    def confirm(self) -> None:
        """Run a few of the violations again in a fresh process; the first confirmed one decides."""
        if any(case.confirmed for case in self.cases):
            return
        # What the baseline violates too may count as well, and is no reason to reject.
        for position, violation in sorted(self.counted, key=self._rank)[: self.at_most]:
            if position not in self._checked_again and self._check_again(position, violation):
                return

    def _check_again(self, position: int, violation: Violation) -> bool:
        """Run one violation again in a fresh process; tell whether it was seen again."""
        self._checked_again.add(position)
        if not is_seen_again(self.run, violation):
            return False
        self.cases[position] = replace(self.cases[position], confirmed=True)
        return True

    def _rank(self, entry: tuple[int, Violation]) -> tuple[bool, bool, tuple[int, str]]:
        position, violation = entry
        confirmed = self.cases[position].confirmed
        return not confirmed, violation.regression is False, violation.case.size


def say_rate(passed: int, ran: int, asked: float) -> str:
    """Say on how many inputs an entry held, and on what share it was to hold."""
    return (
        f"holds in {passed} of {ran} cases ({100 * passed / ran:.3g} %); min_pass_rate asks "
        f"for {100 * asked:.3g} %"
    )


def find_number(violation: Violation, counted: Sequence[Violation]) -> int:
    """Return in which case of the sample a violation was counted, or the first one was."""
    key = violation.case.key
    same = (found.case_number for found in counted if found.case.key == key)
    return next(same, counted[0].case_number)
