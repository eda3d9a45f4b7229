"""The run of one item: cases in, at most one violation out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.verdicts import (
    Confirmation,
    Status,
    Verdict,
    says_something,
)
from pytest_metamorphic_guard.errors import TaskError
from pytest_metamorphic_guard.runner.agreeing import settle_agreement
from pytest_metamorphic_guard.runner.call_errors import NotAvailable, Undecided
from pytest_metamorphic_guard.runner.case_check import evaluate
from pytest_metamorphic_guard.runner.endings import Difference, find_difference, was_cut_off
from pytest_metamorphic_guard.runner.entry_needs import prepare_callers
from pytest_metamorphic_guard.runner.followups import applies, find_followups
from pytest_metamorphic_guard.runner.literals import Literals, find_literals
from pytest_metamorphic_guard.runner.role_order import RoleOrder
from pytest_metamorphic_guard.runner.shrinking import ShrinkBudget
from pytest_metamorphic_guard.runner.skips import follows_outputs, settle_skips
from pytest_metamorphic_guard.runner.violations import Skipped, Violation, make_violated
from pytest_metamorphic_guard.tasks.declarations import Law, MetamorphicRelation, Property

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.runner.calling import Caller
    from pytest_metamorphic_guard.runner.case_results import CaseResult
    from pytest_metamorphic_guard.runner.cases import Case
    from pytest_metamorphic_guard.runner.excuses import Excuses
    from pytest_metamorphic_guard.settings import Settings
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["Run"]


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
        excuses: Known violations of the entry; None for none.
        skipped_after: Number of cases skipped after a candidate without a baseline had answered.
        differences: Number of cases in which both roles' calls did not end alike.
        difference: That of the smallest of these cases.
        before_search: Both, before more than the sample was looked at; None where that was not.
        missed_rate: The rate that was seen and the one that was asked for, where it was missed.
        noise: What was seen of violations that are no more than noise; empty for none.
        shrinking: For how long a smaller input is looked for.
        hung: Number of inputs after which a sample ended because the candidate timed out on each.
        repeats: In how many repeats the reported violation was seen, and of how many.
        first_number: Number of the case in which a whole sample was first violated.
    """

    task: Task
    entry: Entry
    settings: Settings
    candidate: Caller
    baseline: Caller | None = None
    fixtures: dict[str, Any] = field(default_factory=dict)
    progress: Callable[[int], None] | None = None
    excuses: Excuses | None = None
    cases: int = 0
    skipped: int = 0
    skipped_after: int = 0
    hung: int = 0
    repeats: tuple[int, int] | None = None
    soft_violations: int = 0
    shared_violations: int = 0
    differences: int = 0
    difference: Difference | None = None
    before_search: tuple[int, Difference | None] | None = None
    shrinking: ShrinkBudget = field(default_factory=ShrinkBudget)
    first: Violation | None = None
    first_number: int | None = None
    missed_rate: str = ""
    noise: str = ""
    smallest: Violation | None = None
    soft_example: Violation | None = None
    last_input: tuple[Any, ...] | None = None
    undecided: Undecided | None = None
    _order: RoleOrder = field(init=False, repr=False)

    def __post_init__(self) -> None:
        names = self.task.inputs.names
        if names is not None and self.task.operations is None:
            # Not loaded for inputs without names, for a run that starts sooner.
            from pytest_metamorphic_guard.runner.named_inputs import order_inputs

            # A law calls by position, whatever the inputs are called.
            order_inputs(self.callers, names, lenient=isinstance(self.entry.subject, Law))
        prepare_callers(self.task, self.entry, self.callers)
        self._order = RoleOrder(f"{self.settings.seed}:{self.entry.name}")

    @property
    def callers(self) -> tuple[Caller, ...]:
        """Candidate and, if there is one, baseline."""
        return (self.candidate,) if self.baseline is None else (self.candidate, self.baseline)

    @property
    def literals(self) -> Literals:
        """The literals in the files of candidate and baseline."""
        return find_literals(caller.implementation for caller in self.callers)

    def order_callers(self, case: Case | None = None) -> list[Caller]:
        """Return the callers in random order, the same one whenever it is asked for a case."""
        return self._order.arrange(self.callers, None if case is None else case.index)

    def check_case(self, case: Case) -> None:
        """Check one case.

        Raises:
            Violated: The candidate violates the entry, in a way that counts.
            Skipped: The case does not count because a precondition refused it.
            Unusable: Nothing can be concluded from any case.
        """
        __tracebackhide__ = True
        self.last_input = case.sources
        searching = self.first is not None and self.settings.shrink != "full"
        if searching and self.shrinking.is_spent_for(case):
            return
        if not (case.plan.applies if case.plan else applies(self.task, self.entry, case)):
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
            self.shrinking.runs += 1
        if self.progress is not None:
            self.progress(self.cases)
        if violation is None or not self.counts(violation):
            return
        if self.first is None:
            self.first = violation
            self.shrinking.start(violation)
        self._remember(violation)
        self.smallest = violation
        raise make_violated(violation)(violation)

    def number_case(self, index: int) -> int:
        """Return the last case's number: in a share it is the place that it has in a whole run."""
        return self.cases if self.settings.shard is None else index + 1

    def examine(self, case: Case) -> Violation | None:
        """Evaluate one case again, without counting it."""
        return self._judge(case, *self.compare(case))

    def note_difference(
        self, case: Case, candidate: CaseResult, baseline: CaseResult | None
    ) -> None:
        """Count a case whose calls do not end alike for both roles, and keep the smallest one."""
        if self.excuses is not None:
            self.excuses.note(case, candidate)
        if baseline is None or case.excused:
            return
        found = find_difference(self.entry, case, candidate, baseline)
        if found is not None:
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
        failed = self.candidate.unusable if unusable is not None else None
        status: Status = "held" if violation is None else "violated"
        # A share of a small sample may be empty.
        if violation is None and (broken or not (self.cases or self.settings.shard)):
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
            withheld=failed is not None and failed.is_withheld,
        )

    @property
    def says_something(self) -> bool:
        """Whether cases ran, and not ten times as many were skipped."""
        return says_something(self.cases, self.skipped)

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
        followups = find_followups(self.task, self.entry, case, self.settings.seed)
        if isinstance(self.entry.subject, MetamorphicRelation) and not followups:
            raise Skipped
        results = {
            caller.role: self._evaluate(case, followups, caller)
            for caller in self.order_callers(case)
        }
        case.forget_packed()
        self.skipped_after += self.first is None and follows_outputs(results)
        results = settle_agreement(self.task, self.entry, settle_skips(self.entry, results))
        if self.excuses is not None:
            self.excuses.mark(case, results.get("baseline"))
        return results["candidate"], results.get("baseline")

    def find_fixtures(self, case: Case) -> dict[str, Any]:
        """Return what a law asks for; each role gets a generator in the same state."""
        law = self.entry.subject
        if not (isinstance(law, Law) and law.wants_rng):
            return self.fixtures
        return self.fixtures | {"rng": case.make_rng(self.settings.seed, law.name)}

    def _evaluate(self, case: Case, followups: Any, caller: Caller) -> CaseResult:
        __tracebackhide__ = True
        aside = case.aside.pop(caller.role, None)
        if aside is not None:
            result: CaseResult = aside()
            return result
        fixtures = self.find_fixtures(case)
        return evaluate(self.task, self.entry, case, followups, caller, fixtures)

    def _judge(
        self, case: Case, candidate: CaseResult, baseline: CaseResult | None
    ) -> Violation | None:
        if candidate.held:
            return None
        number = self.cases + 1
        return Violation(case=case, candidate=candidate, baseline=baseline, case_number=number)

    def counts(self, violation: Violation) -> bool:
        """Tell whether a violation fails the item, and keep count of those that do not."""
        subject = self.entry.subject
        fault = violation.candidate.fault
        if violation.case.excused:
            return False
        soft = isinstance(subject, Property) and subject.mode == "soft"
        if soft and fault and fault.kind == "property":
            self.soft_example = self.soft_example or violation
            self.soft_violations += 1
            return False
        before = violation.baseline
        # A candidate that keeps its baseline from answering would be excused for it.
        if before is not None and not before.held and not was_cut_off(before):
            self.shared_violations += self.first is None
            return self.settings.fail_on == "violation"
        return True

    def _remember(self, violation: Violation) -> None:
        self.shrinking.keep(violation)
        for caller in self.callers:
            result = violation.candidate if caller is self.candidate else violation.baseline
            if result is not None:
                caller.remember([(e.key, e.outcome) for e in result.executions])

    def count_skipped(self) -> None:
        """Count a case that a precondition refused."""
        self.skipped += self.first is None
