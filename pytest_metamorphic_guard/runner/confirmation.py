"""Whether a violation is seen again when nothing is left of earlier calls."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from hypothesis.errors import UnsatisfiedAssumption

from pytest_metamorphic_guard.contracts.outcomes import Returned
from pytest_metamorphic_guard.runner.anew import calling_again
from pytest_metamorphic_guard.runner.call_errors import NotAvailable, Undecided
from pytest_metamorphic_guard.runner.hanging import has_hung
from pytest_metamorphic_guard.runner.inside_hypothesis import run_inside
from pytest_metamorphic_guard.runner.purse import SpentUp
from pytest_metamorphic_guard.runner.skips import allow_assume
from pytest_metamorphic_guard.runner.violations import Skipped, Violation
from pytest_metamorphic_guard.tasks.declarations import Law, makes_noise
from pytest_metamorphic_guard.values.deciding import Undecidable
from pytest_metamorphic_guard.values.equivalence import equal_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_metamorphic_guard.contracts.outcomes import Outcome
    from pytest_metamorphic_guard.contracts.verdicts import Confirmation
    from pytest_metamorphic_guard.runner.run import Run

__all__ = ["confirm", "is_seen_again"]

# What is wrong in half of its calls looks sure in 1 of 32. Slow calls end them earlier.
_REPEATS = 5
_REPEATS_S = 5.0


class _CannotRepeatError(Exception):
    """A case that cannot be run again."""


def confirm(run: Run, violation: Violation) -> tuple[Violation, Confirmation]:
    """Run the violated case again, several times, each in a fresh process.

    Where the smallest case does not repeat and the first one found does, the first one is
    returned: it is the one to act on.

    Returns:
        The violation to report, and how sure it is.
    """
    try:
        return _confirm(run, violation)
    except (NotAvailable, SpentUp, _CannotRepeatError):
        return violation, "unchecked"


def _confirm(run: Run, violation: Violation) -> tuple[Violation, Confirmation]:
    restarted = True
    found = [violation] if run.first in (None, violation) else [violation, run.first]
    for one in found:
        seen, restarted = _repeat(run, one)
        again = next((repeat for repeat in seen if repeat is not None), None)
        if again is None:
            continue
        if makes_noise(run.entry.subject):
            again = one  # its baseline was judged by the whole sample
        run.repeats = (sum(repeat is not None for repeat in seen), len(seen))
        if None in seen:
            return again, "sometimes"
        return again, "confirmed" if restarted else "repeated"
    if not restarted:
        return violation, "not deterministic"
    return violation, _classify(run, violation)


def is_seen_again(run: Run, violation: Violation) -> bool:
    """Run one violation again, each time in a fresh process, until the same is seen again.

    What comes by chance may stay away once; it is repeated as often as `confirm` does.
    """
    try:
        # Whether the baseline holds beyond its noise one more answer of it does not tell.
        noisy = makes_noise(run.entry.subject)
        return any(
            again is not None and (noisy or again.regression == violation.regression)
            for again, _ in _run_again(run, violation)
        )
    except (NotAvailable, _CannotRepeatError):
        return False


def _examine(run: Run, violation: Violation) -> Violation | None:
    """Evaluate a violated case again; None where it holds, or does not count this time.

    Raises:
        _CannotRepeatError: What it draws beside its inputs is not known any more.
    """
    again: list[Violation | None] = []
    try:
        with allow_assume(), calling_again(run.callers):
            # A law may note events, as it could when it was found in violation. Chance is to show.
            run_inside(lambda: again.append(run.examine(violation.case)), seeds=False)
    except (Skipped, Undecided, UnsatisfiedAssumption):
        return None
    if not again:
        raise _CannotRepeatError
    return again[0]


def _repeat(run: Run, violation: Violation) -> tuple[list[Violation | None], bool]:
    """Return what each repeat saw, and whether each was in a fresh process."""
    repeats = list(_run_again(run, violation))
    return [again for again, _ in repeats], all(restarted for _, restarted in repeats)


def _run_again(run: Run, violation: Violation) -> Iterator[tuple[Violation | None, bool]]:
    """Repeat a violated case; yield what was seen, and whether that was in a fresh process."""
    until = time.monotonic() + _REPEATS_S
    # Nobody waits for chance where nothing has ever returned.
    repeats = _REPEATS if run.candidate.returned or not has_hung(violation.candidate) else 1
    for number in range(repeats):
        if number and time.monotonic() >= until:
            return
        for caller in run.callers:
            caller.forget()
        restarts = [caller.restart() for caller in run.callers]
        yield _examine(run, violation), all(restarts)


def _classify(run: Run, violation: Violation) -> Confirmation:
    # It held in a fresh process. If two fresh processes disagree, nothing depends on earlier
    # calls: the candidate answers at random.
    from_fresh = []
    for _ in range(2):
        run.candidate.restart()
        with calling_again([run.candidate]):
            from_fresh.append(
                [
                    run.candidate.call(e.args, by_position=isinstance(run.entry.subject, Law))
                    for e in violation.candidate.executions
                ]
            )
    first, second = from_fresh
    if not _are_same(first, second):
        return "not deterministic"
    # The candidate answered as it did when it was found in violation: the judge changed its mind.
    seen = [e.outcome for e in violation.candidate.executions]
    return "random check" if _are_same(first, seen) else "earlier calls"


def _are_same(first: Sequence[Outcome], second: Sequence[Outcome]) -> bool:
    return not any(_are_seen_to_differ(a, b) for a, b in zip(first, second, strict=True))


def _are_seen_to_differ(first: Outcome, second: Outcome) -> bool:
    if not isinstance(first, Returned) or not isinstance(second, Returned):
        return type(first) is not type(second)
    try:
        return not equal_values(first.value, second.value)
    except Undecidable:  # the text of an object may hold its address
        return False
