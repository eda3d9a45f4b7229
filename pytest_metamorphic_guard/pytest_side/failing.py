"""Items that fail: what they leave behind, and what is said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_metamorphic_guard.evaluation.describing import finish
from pytest_metamorphic_guard.evaluation.transport import ItemResult, describe_violated
from pytest_metamorphic_guard.pytest_side.places import describe_reproduction
from pytest_metamorphic_guard.pytest_side.timers import ItemTimeout
from pytest_metamorphic_guard.pytest_side.why_links import unusable
from pytest_metamorphic_guard.report.alike import ShownViolations
from pytest_metamorphic_guard.report.failure_text import render_violation
from pytest_metamorphic_guard.runner.call_errors import Unusable
from pytest_metamorphic_guard.runner.confirmation import confirm
from pytest_metamorphic_guard.runner.drawing import explain
from pytest_metamorphic_guard.runner.own_faults import find_own_fault
from pytest_metamorphic_guard.runner.purse import SpentUp
from pytest_metamorphic_guard.runner.violations import Violated, find_blob, find_violated
from pytest_metamorphic_guard.tasks import Law

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.pytest_side.session import GuardSession
    from pytest_metamorphic_guard.pytest_side.task_classes import Plan
    from pytest_metamorphic_guard.runner.run import Run
    from pytest_metamorphic_guard.runner.sample_run import Measuring

__all__ = ["Failing"]

_NOTE_WIDTH = 72
_LABEL_WIDTH = 12


class Failing:
    """Fails the items of one process.

    Args:
        session: What owns executors, settings and samples.
        keep: Lets what an item concluded ride on its report.
    """

    def __init__(
        self, session: GuardSession, keep: Callable[[pytest.Item, ItemResult], None]
    ) -> None:
        self._session = session
        self._keep = keep
        self._shown = ShownViolations()

    def conclude(
        self,
        item: pytest.Function,
        plan: Plan,
        run: Run,
        measuring: Measuring | None,
        error: BaseException,
    ) -> None:
        """Fail it with what is said to users; return where that is the error as it is."""
        violated = find_violated(error)
        if violated is not None:
            self._fail_violated(item, plan, run, measuring, violated)
        if isinstance(error, ItemTimeout):
            self._fail_ended(item, plan, run, measuring, error)
        if isinstance(error, SpentUp) and run.smallest is not None and _is_judged_here(measuring):
            # What was found before counts.
            self._fail_ended(item, plan, run, measuring, error)
        explained = error.error if isinstance(error, Unusable) else None
        if explained is None and isinstance(error, Exception):
            explained = explain(error, run)
        if explained is not None:
            verdict = run.conclude(broken=True, unusable=find_own_fault(run, explained))
            result = ItemResult(verdict, None, finish(measuring)[1], why=str(explained))
            self._keep(item, result)
            raise unusable(explained) from None

    def _fail_ended(
        self,
        item: pytest.Function,
        plan: Plan,
        run: Run,
        measuring: Measuring | None,
        error: ItemTimeout | SpentUp,
    ) -> None:
        violation = run.smallest
        measured = finish(measuring)
        if violation is None:
            broken = run.conclude(broken=True)
            self._keep(item, ItemResult(broken, None, measured[1], why=str(error)))
            shown = f"; the input was {run.last_input[0]!r:.200}" if run.last_input else ""
            shown += "".join(
                f"; {caller.loaded.identity.fault('execute() had not returned')}"
                for caller in run.callers
                if caller.pending
            )
            raise pytest.fail.Exception(f"{error}{shown}", pytrace=False) from None
        reproduction = describe_reproduction(item, plan, self._session)
        text = render_violation(run, violation, "unchecked", reproduction)
        verdict = run.conclude(violation, "unchecked")
        self._keep(item, describe_violated(run, violation, verdict, reproduction, text, *measured))
        item.__dict__.pop("_hypothesis_failing_examples", None)
        found = f"{error}, while a smaller input was searched"
        if isinstance(error, SpentUp):
            found = f"{error.error}; before that, this was found"
        raise pytest.fail.Exception(f"{found}\n\n{text}", pytrace=False) from None

    def _fail_violated(
        self,
        item: pytest.Function,
        plan: Plan,
        run: Run,
        measuring: Measuring | None,
        violated: Violated,
    ) -> None:
        measured = finish(measuring)
        try:
            violation, confirmation = confirm(run, violated.violation)
        except Unusable:
            violation, confirmation = violated.violation, "not deterministic"
        except ItemTimeout:
            violation, confirmation = violated.violation, "unchecked"
        reproduction = describe_reproduction(item, plan, self._session)
        found = find_blob(violated)
        blob = f"\n{' ' * _LABEL_WIDTH}{found}" if found else ""
        text = render_violation(run, violation, confirmation, reproduction) + blob
        verdict = run.conclude(violation, confirmation)
        self._keep(item, describe_violated(run, violation, verdict, reproduction, text, *measured))
        # What hypothesis noted names our own function; our text says it in the user's words.
        item.__dict__.pop("_hypothesis_failing_examples", None)
        fault = violation.candidate.fault
        short = self._shown.find_like(self._session.tell_apart(item), run, violation, reproduction)
        if short is not None:
            raise pytest.fail.Exception(short + blob, pytrace=False) from None
        law = plan.entry.subject
        of_law = isinstance(law, Law) and law.shows_lines and fault and fault.kind == "law"
        if of_law and fault is not None and fault.error is not None:  # none where it was skipped
            # pytest shows the law's own lines and values, and our text below them, indented.
            text = render_violation(run, violation, confirmation, reproduction, width=_NOTE_WIDTH)
            fault.error.__notes__ = ["", *(text + blob).splitlines()]
            raise fault.error.with_traceback(fault.error.__traceback__) from None
        raise pytest.fail.Exception(text, pytrace=False) from None


def _is_judged_here(measuring: Measuring | None) -> bool:
    """Tell whether one violation fails the item, and no rate decides."""
    return measuring is None or not (
        measuring.judged_elsewhere or measuring.min_pass_rate is not None
    )
