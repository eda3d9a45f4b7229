"""The run of one item: cases in, at most one violation out."""

from __future__ import annotations

import contextlib
import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.verdicts import Confirmation, Status, Verdict
from pytest_metamorphic_guard.errors import ImplementationError, TaskError
from pytest_metamorphic_guard.runner.calling import Caller, NotAvailable, Undecided, Unusable
from pytest_metamorphic_guard.runner.case_check import CaseResult, evaluate
from pytest_metamorphic_guard.runner.cases import Case
from pytest_metamorphic_guard.runner.endings import Difference, find_difference, was_cut_off
from pytest_metamorphic_guard.runner.followups import applies, make_followups
from pytest_metamorphic_guard.runner.hanging import has_hung
from pytest_metamorphic_guard.runner.literals import Literals, find_literals
from pytest_metamorphic_guard.runner.naming import find_order
from pytest_metamorphic_guard.runner.skips import follows_outputs, settle_skips
from pytest_metamorphic_guard.tasks.declarations import Law, MetamorphicRelation, Property

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.settings import Settings
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["Run", "Skipped", "Violated", "Violation"]

_SHRINK_BUDGET_S = 10.0
# Of a time-out the smallest input says little, and every one that is tried costs the limit.
_SHRINK_HANGS_S = 3.0
_MOSTLY_SKIPPED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A case in which the candidate does what must not be.

    Attributes:
        case: The inputs.
        candidate: What the candidate did.
        baseline: What the baseline did with the same inputs, or None without one.
        case_number: Number of the case in the run, from 1.
    """

    case: Case
    candidate: CaseResult
    baseline: CaseResult | None
    case_number: int

    @property
    def regression(self) -> bool | None:
        """Whether the baseline holds here; None without a baseline."""
        return None if self.baseline is None else self.baseline.held


class Violated(AssertionError):  # noqa: N818 - reads as what happened
    """Carries a violation through hypothesis, which shrinks it."""

    def __init__(self, violation: Violation) -> None:
        super().__init__("the relation is violated")
        self.violation = violation


@dataclass(slots=True, kw_only=True)
class Run:
    """Checks cases of one entry against one candidate and counts what it sees.

    Attributes:
        task: The task.
        entry: The relation, property or law.
        settings: The options of the session.
        candidate: Calls the candidate.
        baseline: Calls the baseline, or None without one.
        fixtures: Values of the pytest fixtures that a law asked for.
        progress: Called with the number of cases done, now and then.
        undecided: Says of the first case that was not decided why not.
        skipped_after: Number of cases skipped after a candidate without a baseline had answered.
        differences: Number of cases in which both roles' calls did not end alike.
        difference: That of the smallest of these cases.
        missed_rate: The rate that was seen and the one that was asked for, where it was missed.
        shrink_s: Seconds for which a smaller input is looked for.
        hung: Number of inputs after which a sample ended because the candidate timed out on each.
        repeats: In how many repeats the reported violation was seen, and of how many.
        first_number: Number of the case in which a whole sample was first violated; a search
            afterwards has an order of its own.
    """

    task: Task
    entry: Entry
    settings: Settings
    candidate: Caller
    baseline: Caller | None = None
    fixtures: dict[str, Any] = field(default_factory=dict)
    progress: Callable[[int], None] | None = None
    cases: int = 0
    skipped: int = 0
    skipped_after: int = 0
    hung: int = 0
    repeats: tuple[int, int] | None = None
    soft_violations: int = 0
    shared_violations: int = 0
    differences: int = 0
    difference: Difference | None = None
    shrink_runs: int = 0
    shrink_s: float = _SHRINK_BUDGET_S
    shrink_stopped: bool = False
    first: Violation | None = None
    first_number: int | None = None
    missed_rate: str = ""
    smallest: Violation | None = None
    soft_example: Violation | None = None
    last_input: tuple[Any, ...] | None = None
    undecided: Undecided | None = None
    _order: random.Random = field(init=False, repr=False)
    _shrink_until: float = 0.0
    _violated_keys: set[bytes | None] = field(default_factory=set, repr=False)

    def __post_init__(self) -> None:
        names = self.task.inputs.names
        if names is not None:
            # A law calls by position, whatever the inputs are called.
            lenient = isinstance(self.entry.subject, Law)
            for caller in self.callers:
                with contextlib.suppress(*((ImplementationError,) if lenient else ())):
                    caller.order = find_order(caller.implementation, names)
        self._order = random.Random(f"{self.settings.seed}:{self.entry.name}")  # noqa: S311

    @property
    def callers(self) -> tuple[Caller, ...]:
        """Candidate and, if there is one, baseline."""
        return (self.candidate,) if self.baseline is None else (self.candidate, self.baseline)

    @property
    def literals(self) -> Literals:
        """The literals in the files of candidate and baseline."""
        return find_literals(caller.implementation for caller in self.callers)

    def order_callers(self) -> list[Caller]:
        """Return the callers in random order.

        A fixed order would give one role the warmer caches in every pair.
        """
        callers = list(self.callers)
        if len(callers) > 1 and self._order.random() < 0.5:  # noqa: PLR2004 - a fair coin
            callers.reverse()
        return callers

    def check(self, sources: tuple[tuple[Any, ...], ...]) -> None:
        """Check one case.

        Raises:
            Violated: The candidate violates the entry, in a way that counts.
            Skipped: The case does not count because a precondition refused it.
            Unusable: Nothing can be concluded from any case.
        """
        __tracebackhide__ = True
        case = Case(sources)
        self.last_input = sources
        if self._is_beyond_budget(case):
            return
        if not applies(self.task, self.entry, case):
            self.count_skipped()
            raise Skipped
        try:
            candidate, baseline = self.compare(case)
        except Skipped:
            self.count_skipped()
            raise
        except NotAvailable:
            return
        except Undecided as undecided:
            # Another input may still violate what must hold, and then that is what counts.
            self.undecided = self.undecided or undecided
            return
        violation = self._judge(case, candidate, baseline)
        if self.first is None:
            self.cases += 1
            self.note_difference(case, candidate, baseline)
        else:
            self.shrink_runs += 1
        if self.progress is not None:
            self.progress(self.cases)
        if violation is None or not self.counts(violation):
            return
        if self.first is None:
            self.first = violation
            self.shrink_s = _SHRINK_HANGS_S if has_hung(violation.candidate) else _SHRINK_BUDGET_S
            self._shrink_until = time.monotonic() + self.shrink_s
        self._remember(violation)
        self.smallest = violation
        raise _make_class(violation)(violation)

    def examine(self, case: Case) -> Violation | None:
        """Evaluate one case on all roles again, without counting it."""
        return self._judge(case, *self.compare(case))

    def regresses(self, case: Case) -> bool | None:
        """Evaluate one case again, without counting it; the baseline only where that matters.

        Returns None where it gives no result this time.
        """
        followups = make_followups(self.task, self.entry, case, self.settings.seed)
        for caller in self.callers:
            fixtures = self._find_fixtures(case)
            result = evaluate(self.task, self.entry, case, followups, caller, fixtures)
            if result.skip is not None or has_hung(result):
                return None
            is_candidate = caller is self.candidate
            if result.held is is_candidate:  # nothing is wrong with it, or with the baseline, too
                return False
        return True

    def note_difference(
        self, case: Case, candidate: CaseResult, baseline: CaseResult | None
    ) -> None:
        """Count a case whose calls do not end alike for both roles, and keep the smallest one."""
        if baseline is None:
            return
        found = find_difference(self.entry, case, candidate, baseline)
        if found is None:
            return
        self.differences += 1
        if self.difference is None or case.size < self.difference.case.size:
            self.difference = found

    def conclude(
        self,
        violation: Violation | None = None,
        confirmation: Confirmation | None = None,
        *,
        broken: bool = False,
        unusable: str | None = None,
    ) -> Verdict:
        """Return the verdict; call it once, at the end."""
        failed = self.candidate.unusable
        status: Status = "held" if violation is None else "violated"
        if violation is None and (broken or self.cases == 0):
            status = "broken"
        return Verdict(
            task=self.task.name,
            entry=self.entry.name,
            candidate=self.candidate.implementation.specification,
            status=status,
            cases=self.cases,
            skipped=self.skipped,
            executions=sum(caller.executions for caller in self.callers),
            soft_violations=self.soft_violations,
            shared_violations=self.shared_violations,
            confirmation=confirmation,
            regression=None if violation is None else violation.regression,
            unusable=unusable,
            withheld=unusable is not None and bool(failed and failed.is_withheld),
        )

    @property
    def says_something(self) -> bool:
        """Whether cases ran, and not ten times as many were skipped."""
        return self.cases > 0 and self.skipped <= _MOSTLY_SKIPPED * self.cases

    def require_cases(self) -> None:
        """Refuse a run that says nothing because hardly a case took part.

        Raises:
            Unusable: No case ran, or more than ten were skipped for each that ran.
        """
        self.require_available()
        tried = self.cases + self.skipped
        if self.says_something:
            return
        if not self.cases:
            self.require_decided()
        if self.skipped:
            fault = (
                f"{self.entry.name!r}: {self._name_skipper()} skipped {self.skipped} of {tried} "
                "cases; draw inputs that meet it, so that the check means something"
            )
        else:
            fault = f"{self.entry.name!r}: no case ran; the inputs yield nothing"
        raise Unusable(self.broken(fault))

    def require_available(self) -> None:
        """Refuse a run of which too many calls could not be made.

        Raises:
            Unusable: More than a tenth of the calls of one role were lost.
        """
        for caller in self.callers:
            if caller.availability.is_too_low:
                fault = f"{self.entry.name!r} could not be judged: {caller.describe_lost()}"
                raise Unusable(self.broken(f"{fault}; try again when they can be made"))

    def require_decided(self) -> None:
        """Refuse a run in which an output could not be compared.

        Raises:
            Undecided: There is such an output.
        """
        if self.undecided is not None:
            raise self.undecided

    def _name_skipper(self) -> str:
        if self.task.precondition or self.entry.subject.precondition:
            return "the precondition"
        if isinstance(self.entry.subject, MetamorphicRelation) and self.entry.subject.yields:
            return "the transformation, which yields no follow-up input,"
        return "hypothesis.assume()"

    def broken(self, fault: str) -> TaskError:
        """Return the error that says what is wrong with the task, at the entry's place."""
        where = str(self.entry.location) if self.entry.location else None
        return TaskError(self.task.name, [fault], where)

    def compare(self, case: Case) -> tuple[CaseResult, CaseResult | None]:
        """Evaluate one case for the candidate and, if there is one, the baseline.

        Raises:
            Skipped: A transformation yields no follow-up for it.
        """
        __tracebackhide__ = True
        followups = make_followups(self.task, self.entry, case, self.settings.seed)
        if isinstance(self.entry.subject, MetamorphicRelation) and not followups:
            raise Skipped
        results = {
            caller.role: evaluate(
                self.task, self.entry, case, followups, caller, self._find_fixtures(case)
            )
            for caller in self.order_callers()
        }
        self.skipped_after += self.first is None and follows_outputs(results)
        results = settle_skips(self.entry, results)
        return results["candidate"], results.get("baseline")

    def _find_fixtures(self, case: Case) -> dict[str, Any]:
        """Return what a law asks for; each role gets a generator in the same state."""
        law = self.entry.subject
        if not (isinstance(law, Law) and law.wants_rng):
            return self.fixtures
        return self.fixtures | {"rng": case.make_rng(self.settings.seed, law.name)}

    def _judge(
        self, case: Case, candidate: CaseResult, baseline: CaseResult | None
    ) -> Violation | None:
        if candidate.held:
            return None
        return Violation(
            case=case, candidate=candidate, baseline=baseline, case_number=self.cases + 1
        )

    def counts(self, violation: Violation) -> bool:
        """Tell whether a violation fails the item, and keep count of those that do not."""
        subject = self.entry.subject
        fault = violation.candidate.fault
        if (
            isinstance(subject, Property)
            and subject.mode == "soft"
            and fault
            and fault.kind == "property"
        ):
            if self.soft_example is None:
                self.soft_example = violation
            self.soft_violations += 1
            return False
        before = violation.baseline
        # A candidate that keeps its baseline from answering would be excused for it.
        if before is not None and not before.held and not was_cut_off(before):
            self.shared_violations += self.first is None
            return self.settings.fail_on == "violation"
        return True

    def _remember(self, violation: Violation) -> None:
        self._violated_keys.add(violation.case.key)
        for caller, result in (
            (self.candidate, violation.candidate),
            (self.baseline, violation.baseline),
        ):
            if caller is not None and result is not None:
                caller.remember([(e.args, e.outcome) for e in result.executions])

    def _is_beyond_budget(self, case: Case) -> bool:
        # Shrinking a slow violation can take minutes; inputs already seen still answer at once,
        # so that hypothesis ends with the smallest one it has.
        if self.first is None or self.settings.shrink == "full":
            return False
        if time.monotonic() < self._shrink_until:
            return False
        if case.key in self._violated_keys:
            return False
        self.shrink_stopped = True
        return True

    def count_skipped(self) -> None:
        """Count a case that a precondition refused."""
        self.skipped += self.first is None


class Skipped(Exception):  # noqa: N818 - reads as what happened
    """A case that does not count."""


_CLASSES: dict[str, type[Violated]] = {}


def _make_class(violation: Violation) -> type[Violated]:
    # Hypothesis tells bugs apart by the exception's type and keeps to one while it shrinks; one
    # type per kind of fault keeps a wrong result from shrinking into a crash.
    fault = violation.candidate.fault
    key = f"{fault.kind} {fault.label}" if fault else ""
    if key not in _CLASSES:
        _CLASSES[key] = type("Violated", (Violated,), {})
    return _CLASSES[key]
