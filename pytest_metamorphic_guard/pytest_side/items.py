"""The items of tasks: each one runs, and what it concluded rides on its report."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.skipping import xfailed_key

from pytest_metamorphic_guard.contracts.texts import clean_line
from pytest_metamorphic_guard.errors import MetamorphicGuardError
from pytest_metamorphic_guard.evaluation.describing import describe_held, finish
from pytest_metamorphic_guard.evaluation.notes import list_warnings
from pytest_metamorphic_guard.evaluation.transport import (
    ItemResult,
    describe_difference,
    list_refused,
)
from pytest_metamorphic_guard.pytest_side.interrupting import raising_interruption
from pytest_metamorphic_guard.pytest_side.junit import note_counts
from pytest_metamorphic_guard.pytest_side.places import describe_reproduction, find_label
from pytest_metamorphic_guard.pytest_side.shield import clean_report
from pytest_metamorphic_guard.pytest_side.task_classes import (
    Plan,
    find_entry,
    find_plan,
    find_variant,
)
from pytest_metamorphic_guard.pytest_side.timers import (
    DEADLINE,
    report_timeout,
    set_timer,
)
from pytest_metamorphic_guard.pytest_side.users_tests import (
    FIXTURES,
    describe_own,
    run_own,
    seed_own,
)
from pytest_metamorphic_guard.pytest_side.warning_classes import warn_of_item
from pytest_metamorphic_guard.pytest_side.why_links import note_why, unusable
from pytest_metamorphic_guard.runner.call_errors import Unusable
from pytest_metamorphic_guard.runner.constants import try_constants_of
from pytest_metamorphic_guard.runner.holders import FindingHolder, MeasuringHolder
from pytest_metamorphic_guard.runner.requirements import require_cases, require_decided
from pytest_metamorphic_guard.runner.unanswered import require_answers

if TYPE_CHECKING:
    from collections.abc import Generator

    from pytest_metamorphic_guard.contracts.shares import Share
    from pytest_metamorphic_guard.pytest_side.failing import Failing
    from pytest_metamorphic_guard.pytest_side.session import GuardSession
    from pytest_metamorphic_guard.runner.run import Run
    from pytest_metamorphic_guard.runner.sample_run import Measuring

__all__ = ["RESULT_ATTRIBUTE", "ItemRunner"]

# pytest-xdist carries only plain values on a report, so the result goes as a JSON text.
RESULT_ATTRIBUTE = "_mg_result"
_RESULT = pytest.StashKey[ItemResult]()


class ItemRunner:
    """Runs the items of tasks in this process.

    Args:
        session: What owns executors, settings and samples.
    """

    def __init__(self, session: GuardSession) -> None:
        self.session = session

    @cached_property
    def _failing(self) -> Failing:
        # Not loaded for a run in which all holds, which starts sooner.
        from pytest_metamorphic_guard.pytest_side.failing import Failing

        return Failing(self.session, self.keep)

    @property
    def _shares_to_the_end(self) -> bool:
        """Whether outcomes are looked at after the last item: for answers that do nothing."""
        return self.session.settings.tries_trivial_answers

    # --- hooks

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        if self._shares_to_the_end:
            return
        self.session.evaluation.outcomes.expect(
            (plan.task, find_entry(item))
            for item in session.items
            if isinstance(item, pytest.Function) and (plan := find_plan(item)) is not None
        )

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self, nextitem: pytest.Item | None) -> None:
        if nextitem is None and not self._shares_to_the_end:
            self.session.evaluation.forget_shared()

    @pytest.hookimpl(tryfirst=True, optionalhook=True)
    def pytest_timeout_set_timer(self, item: pytest.Item, settings: Any) -> bool | None:
        # A user's own test that calls an implementation runs inside hypothesis just as well.
        fixtures = getattr(item, "fixturenames", ())
        if find_plan(item) is None and not FIXTURES.intersection(fixtures):
            return None
        return set_timer(item, settings)

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        plan = find_plan(pyfuncitem)
        with report_timeout(pyfuncitem):
            if plan is None:
                seed_own(pyfuncitem, self.session)
                return (yield from run_own(self.session))
            run, measuring = self._start(pyfuncitem, plan)
            try:
                with (
                    self._follow(run, measuring),
                    try_constants_of(plan.task, run.literals),
                    raising_interruption(),
                ):
                    answer = yield
                require_cases(run)
                require_decided(run)
                require_answers(run)
            except BaseException as error:
                self._failing.conclude(pyfuncitem, plan, run, measuring, error)
                raise
        example = None if measuring is None else measuring.example
        if example is None:
            held = ItemResult(run.conclude(), *finish(measuring))
        else:
            reproduction = describe_reproduction(pyfuncitem, plan, self.session)
            held = describe_held(run, finish(measuring), example, reproduction)
        self.keep(pyfuncitem, held)
        for said in list_warnings(run, measuring):
            warn_of_item(pyfuncitem, clean_line(self.session.redaction.hide(said)))
        if run.excuses is not None and run.excuses.occurred:
            # Not loaded for a run without known violations, which starts sooner.
            from pytest_metamorphic_guard.report.known_lines import say_excused

            said = self.session.redaction.hide(say_excused(run.excuses.occurred))
            raise pytest.xfail.Exception(said, pytrace=False)
        return answer

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        fixtures = getattr(item, "fixturenames", ())
        if find_plan(item) is not None or not FIXTURES.isdisjoint(fixtures):
            writer = item.config.get_terminal_writer()
            clean_report(report, self.session.redaction.hide, coloured=writer.hasmarkup)
        result = item.stash.get(_RESULT, None) if call.when == "call" else None
        violated = result is not None and result.verdict.status == "violated"
        note_why(report, call.excinfo and call.excinfo.value, violated=violated)
        if result is not None and getattr(item.config.option, "htmlpath", None):
            # Not loaded where pytest-html writes nothing, for a run that starts sooner.
            from pytest_metamorphic_guard.pytest_side.html_extras import list_extras

            own_extras = list_extras(result, self.session.redaction.hide)
            report.extras = [*getattr(report, "extras", ()), *own_extras]  # type: ignore[attr-defined]
        # Fixtures feed monitors too, before and after the test itself.
        fed = self.session.feed.take()
        own = describe_own(item, report, self.session) if find_plan(item) is None else None
        self.session.own_calls.clear()
        spent = self.session.evaluation.purse.take()
        if result is not None or fed or own is not None or spent:
            data = {
                "result": result and result.to_dict(),
                "fed": fed,
                "label": find_label(item),
                "own": own and own.to_dict(),
                "spent": [part.to_dict() for part in spent],
            }
            setattr(report, RESULT_ATTRIBUTE, json.dumps(data))
        return report

    # --- one item

    def _start(self, item: pytest.Function, plan: Plan) -> tuple[Run, Measuring | None]:
        if _RESULT in item.stash:  # an earlier attempt of a plugin that runs items again
            del item.stash[_RESULT]
        early_stopping = self.session.early_stopping
        run: Run
        measuring: Measuring | None
        try:
            if early_stopping is None:
                run, measuring = self._build(item)
            else:
                run, measuring = early_stopping.start(item, self._build)
        except MetamorphicGuardError as error:
            raise unusable(error) from None
        except Unusable as met:
            raise unusable(met.error) from None
        if measuring is not None and isinstance(plan.holder, MeasuringHolder):
            plan.holder.measuring = measuring
        for caller in run.callers:
            caller.deadline = item.stash.get(DEADLINE, None)
        if isinstance(plan.holder, FindingHolder):
            plan.holder.drawn = self.session.evaluation.drawn
        plan.holder.run = run
        return run, measuring

    def _build(self, item: pytest.Function) -> tuple[Run, Any]:
        session = self.session
        plan = find_plan(item)
        assert plan is not None  # the caller asked
        parameter: Any = find_label(item)
        candidate = plan.candidates[parameter]
        baseline = session.settings.find_baseline(plan.task.name, plan.task.function)
        run = session.evaluation.make_run(
            plan.task,
            find_entry(item),
            candidate,
            baseline,
            where=session.tell_apart(item),
            variant=find_variant(item),
        )
        if not isinstance(plan.holder, MeasuringHolder):
            return run, None
        position = list(plan.candidates).index(parameter)
        measuring = session.evaluation.make_measuring(
            run,
            position,
            where=session.tell_apart(item),
            variant=find_variant(item),
            replayed=session.find_replayed(item),
        )
        if item.stash.get(xfailed_key, None) is not None:
            # A violation that a mark expects has to fail the item, or pytest finds it missing.
            measuring.judged_elsewhere = False
        return run, measuring

    def _follow(
        self, run: Run, measuring: Measuring | None
    ) -> contextlib.AbstractContextManager[None]:
        if self.session.progress is None:
            return contextlib.nullcontext()
        # Not loaded where nobody is told, for a run that starts sooner.
        from pytest_metamorphic_guard.pytest_side.log_progress import follow_item

        return follow_item(self.session.progress, run, measuring)

    def keep(self, item: pytest.Item, result: ItemResult) -> None:
        """Let what an item concluded ride on its report."""
        plan, label = find_plan(item), find_label(item)
        assert plan is not None  # only an item of ours has a result
        position = list(plan.candidates).index(label) if label is not None else 0
        item.stash[_RESULT] = replace(
            result,
            position=position,
            label=label,
            where=self.session.tell_apart(item),
            difference=describe_difference(plan.holder.run),
            refused=list_refused(plan.holder.run),
            share=self._share(item, plan, result),
            known=() if plan.holder.run.excuses is None else tuple(plan.holder.run.excuses.seen),
            sample=self._digest(plan),
        )
        note_counts(item, result)

    def _digest(self, plan: Plan) -> str:
        if not (self.session.settings.is_reported and isinstance(plan.holder, MeasuringHolder)):
            return ""
        # Not loaded for a run without a report, which starts sooner.
        from pytest_metamorphic_guard.evaluation.sample_digest import digest_sample

        return digest_sample(plan.holder.measuring.sample)

    def _share(self, item: pytest.Item, plan: Plan, result: ItemResult) -> Share | None:
        if self.session.settings.shard is None:
            return None
        # Not loaded for a run of whole samples, which starts sooner.
        from pytest_metamorphic_guard.evaluation.shards.contribution import describe_share

        return describe_share(
            plan.holder,
            violated=result.verdict.status == "violated",
            reproduce=lambda: describe_reproduction(item, plan, self.session),
        )
