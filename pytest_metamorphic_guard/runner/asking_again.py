"""Earlier inputs of a sample that are asked again among later ones.

A candidate that behaves as long as it is watched, or that goes wrong by what it keeps between
calls, holds on every input the first time. The seed says which inputs come again, and when.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.runner.call_errors import NotAvailable, Undecided
from pytest_metamorphic_guard.runner.case_check import evaluate
from pytest_metamorphic_guard.runner.cases import Case
from pytest_metamorphic_guard.runner.followups import find_followups
from pytest_metamorphic_guard.runner.hanging import has_hung
from pytest_metamorphic_guard.tasks.declarations import Agreement

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from pytest_metamorphic_guard.runner.case_results import CaseResult
    from pytest_metamorphic_guard.runner.run import Run

__all__ = ["Again"]

_EVERY = 10
_MOST = 20


@dataclass(slots=True)
class Again:
    """Asks again, and counts what came out otherwise than the first time.

    Neither enters rates nor reaches monitors. Who answers by chance gets better as often as worse.

    Attributes:
        run: The item's run.
        sample: The source inputs of every case, in order.
        asked: Number of inputs that were asked again and gave a result both times.
        worse: Number of those that regressed (without a baseline: were violated) only then.
        better: Number of those that regressed only the first time.
    """

    run: Run
    sample: Sequence[tuple[tuple[Any, ...], ...]]
    asked: int = 0
    worse: int = 0
    better: int = 0
    _plan: dict[int, list[int]] = field(default_factory=dict)
    _regressed: dict[int, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        count = len(self.sample)
        seed = f"{self.run.settings.seed}:{self.run.entry.name}:again"
        chance = random.Random(seed)  # noqa: S311 - no secret
        after = chance.sample(range(1, max(1, count)), min(_MOST, count // _EVERY))
        own = self.run.settings.list_share(count)
        for index in sorted(after):
            earlier = chance.randrange(index)
            if earlier in own:
                # The later input may be of another share: the next one of this has to do.
                later = own[min(-(-(index - own.start) // own.step), len(own) - 1)]
                self._plan.setdefault(later, []).append(earlier)

    def note(
        self, index: int, case: Case, candidate: CaseResult, baseline: CaseResult | None
    ) -> None:
        """Take the results of an input of the sample."""
        if not (has_hung(candidate) or case.excused):
            held_before = baseline is None or baseline.held
            self._regressed[index] = held_before and not candidate.held

    def ask(self, index: int) -> None:
        """Ask again what is planned after this input.

        Raises:
            Unusable: The candidate cannot be called any more.
        """
        for earlier in self._plan.get(index, ()):
            self._ask(earlier)

    def _ask(self, earlier: int) -> None:
        before = self._regressed.get(earlier)
        if before is None:
            return
        try:
            after = _regresses(self.run, Case(self.sample[earlier]))
        except (NotAvailable, Undecided):
            return
        if after is None:
            return
        self.asked += 1
        self.worse += after and not before
        self.better += before and not after


def _regresses(run: Run, case: Case) -> bool | None:
    """Evaluate one case again, without counting it; the baseline only where that matters.

    Returns None where it gives no result this time.
    """
    if isinstance(run.entry.subject, Agreement):
        candidate, _ = run.compare(case)  # it says nothing about one role alone
        return None if has_hung(candidate) else not candidate.held
    followups = find_followups(run.task, run.entry, case, run.settings.seed)
    for caller in run.callers:
        fixtures = run.find_fixtures(case)
        result = evaluate(run.task, run.entry, case, followups, caller, fixtures)
        if result.skip is not None or has_hung(result):
            return None
        is_candidate = caller is run.candidate
        if result.held is is_candidate:  # nothing is wrong with it, or with the baseline, too
            return False
    return True
