"""The items of tasks: each one runs, and what it concluded rides on its report."""

from __future__ import annotations

import contextlib
import json
import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.skipping import xfailed_key

from pytest_metamorphic_guard.contracts.texts import clean_line
from pytest_metamorphic_guard.errors import MetamorphicGuardError
from pytest_metamorphic_guard.evaluation.notes import list_warnings
from pytest_metamorphic_guard.evaluation.own_tests import describe_own_test
from pytest_metamorphic_guard.evaluation.transport import (
    ItemResult,
    describe_difference,
    describe_violated,
    list_refused,
)
from pytest_metamorphic_guard.pytest_side.collection import PARAMETER, Plan, find_plan, find_variant
from pytest_metamorphic_guard.pytest_side.shield import clean_report
from pytest_metamorphic_guard.pytest_side.timers import (
    DEADLINE,
    ItemTimeout,
    report_timeout,
    set_timer,
)
from pytest_metamorphic_guard.pytest_side.warning_classes import MetamorphicGuardWarning
from pytest_metamorphic_guard.report.alike import ShownViolations
from pytest_metamorphic_guard.report.command import list_left_out, write_command
from pytest_metamorphic_guard.report.reproduction import Reproduction
from pytest_metamorphic_guard.report.violation import render_violation
from pytest_metamorphic_guard.runner.calling import Unusable
from pytest_metamorphic_guard.runner.confirmation import confirm
from pytest_metamorphic_guard.runner.constants import try_constants_of
from pytest_metamorphic_guard.runner.drawing import explain
from pytest_metamorphic_guard.runner.listing import count_cases
from pytest_metamorphic_guard.runner.own_drawing import follow_seed
from pytest_metamorphic_guard.runner.own_faults import find_own_fault
from pytest_metamorphic_guard.runner.refusals import require_answers
from pytest_metamorphic_guard.runner.requirements import require_cases, require_decided
from pytest_metamorphic_guard.runner.run import Run
from pytest_metamorphic_guard.runner.sampling import MeasuringHolder
from pytest_metamorphic_guard.runner.violations import Violated
from pytest_metamorphic_guard.tasks import Law
from pytest_metamorphic_guard.values.deciding import Undecidable, deciding
from pytest_metamorphic_guard.watch.travel import encode_records

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from pytest_metamorphic_guard.evaluation.own_tests import Ending, OwnTest
    from pytest_metamorphic_guard.pytest_side.session import GuardSession
    from pytest_metamorphic_guard.runner.measuring import Measuring

__all__ = ["RESULT_ATTRIBUTE", "ItemRunner"]

# pytest-xdist carries only plain values on a report, so the result goes as a JSON text.
RESULT_ATTRIBUTE = "_mg_result"
_NOTE_WIDTH = 72
_LABEL_WIDTH = 12
_FIXTURES = frozenset({"mg_baseline", "mg_candidate"})
_RESULT = pytest.StashKey[ItemResult]()


class ItemRunner:
    """Runs the items of tasks in this process.

    Args:
        session: What owns executors, settings and samples.
    """

    def __init__(self, session: GuardSession) -> None:
        self.session = session
        self._shown = ShownViolations()

    # --- hooks

    @pytest.hookimpl(tryfirst=True, optionalhook=True)
    def pytest_timeout_set_timer(self, item: pytest.Item, settings: Any) -> bool | None:
        # A user's own test that calls an implementation runs inside hypothesis just as well.
        fixtures = getattr(item, "fixturenames", ())
        if find_plan(item) is None and not _FIXTURES.intersection(fixtures):
            return None
        return set_timer(item, settings)

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        plan = find_plan(pyfuncitem)
        with report_timeout(pyfuncitem):
            if plan is None:
                self._seed_own(pyfuncitem)
                return (yield from self._run_own())
            run, measuring = self._start(pyfuncitem, plan)
            try:
                with self._follow(run, measuring), try_constants_of(plan.task, run.literals):
                    answer = yield
                require_cases(run)
                require_decided(run)
                require_answers(run)
            except BaseException as error:
                self._conclude_error(pyfuncitem, plan, run, measuring, error)
                raise
        self._keep(pyfuncitem, self._describe_held(pyfuncitem, plan, run, measuring))
        self._warn(pyfuncitem, run, measuring)
        return answer

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        fixtures = getattr(item, "fixturenames", ())
        if find_plan(item) is not None or not _FIXTURES.isdisjoint(fixtures):
            writer = item.config.get_terminal_writer()
            clean_report(report, self.session.redaction.hide, coloured=writer.hasmarkup)
        result = item.stash.get(_RESULT, None) if call.when == "call" else None
        # Fixtures feed monitors too, before and after the test itself.
        fed = self.session.feed.take()
        own = self._describe_own(item, report) if find_plan(item) is None else None
        self.session.own_calls.clear()
        if result is not None or fed or own is not None:
            data = {
                "result": result and result.to_dict(),
                "fed": fed,
                "label": _find_label(item),
                "own": own and own.to_dict(),
            }
            setattr(report, RESULT_ATTRIBUTE, json.dumps(data))
        return report

    # --- a test of the user's own

    def _seed_own(self, item: pytest.Function) -> None:
        given = self.session.config.getoption("hypothesis_seed", None) is not None
        if not given and not _FIXTURES.isdisjoint(item.fixturenames):
            follow_seed(item.obj, self.session.settings.seed)

    def _run_own(self) -> Generator[None, object, object]:
        """Run it, and fail it where it shows nothing: where nothing was called, or compared."""
        answer = None
        with deciding() as met:
            try:
                answer = yield
            except Unusable as unusable:
                raise pytest.fail.Exception(str(unusable), pytrace=False) from None
            except (Exception, Undecidable, pytest.fail.Exception):
                if not met:
                    raise
        if met:
            self.session.own_calls.undecided = met[0].reason
            raise pytest.fail.Exception(f"the test decides nothing: {met[0].reason}", pytrace=False)
        fault = self.session.own_calls.find_fault()
        if fault is not None:
            raise pytest.fail.Exception(fault, pytrace=False)
        return answer

    def _describe_own(self, item: pytest.Item, report: pytest.TestReport) -> OwnTest | None:
        used = _FIXTURES.intersection(getattr(item, "fixturenames", ()))
        outcome: Ending
        if report.skipped:
            outcome = "expected" if hasattr(report, "wasxfail") else "skipped"
        else:
            outcome = "passed" if report.passed else "failed"
        return describe_own_test(
            roles={name.removeprefix("mg_") for name in used},
            label=_find_label(item),
            outcome=outcome,
            calls=self.session.own_calls,
            is_call=report.when == "call",
        )

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
            raise pytest.fail.Exception(str(error), pytrace=False) from None
        except Unusable as unusable:
            raise pytest.fail.Exception(str(unusable.error), pytrace=False) from None
        if measuring is not None and isinstance(plan.holder, MeasuringHolder):
            plan.holder.measuring = measuring
        for caller in run.callers:
            caller.deadline = item.stash.get(DEADLINE, None)
        plan.holder.run = run
        return run, measuring

    def _build(self, item: pytest.Function) -> tuple[Run, Any]:
        session = self.session
        plan = find_plan(item)
        assert plan is not None  # the caller asked
        parameter: Any = _find_label(item)
        candidate = plan.candidates[parameter]
        baseline = session.settings.find_baseline(plan.task.name, plan.task.function)
        task, entry = plan.task, plan.entry
        before = None
        if baseline is not None:
            before = session.make_caller("baseline", baseline, task, entry.name)
        run = Run(
            task=task,
            entry=entry,
            settings=session.settings,
            candidate=session.make_caller("candidate", candidate, task, entry.name),
            baseline=before,
        )
        if not isinstance(plan.holder, MeasuringHolder):
            return run, None
        position = list(plan.candidates).index(parameter)
        measuring = session.make_measuring(
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

    @contextlib.contextmanager
    def _follow(self, run: Run, measuring: Measuring | None) -> Iterator[None]:
        progress = self.session.progress
        if progress is None:
            yield
            return
        total = len(measuring.sample) if measuring else count_cases(run.task, run.settings)
        with progress.follow(f"{run.task.name}::{run.entry.name}", total) as report:
            if measuring is None:
                run.progress = report
            else:
                measuring.progress = report
            yield

    def _conclude_error(
        self,
        item: pytest.Function,
        plan: Plan,
        run: Run,
        measuring: Measuring | None,
        error: BaseException,
    ) -> None:
        violated = _find_violated(error)
        if violated is not None:
            self._fail_violated(item, plan, run, measuring, violated)
        if isinstance(error, ItemTimeout):
            self._fail_timed_out(item, plan, run, measuring, error)
        explained = error.error if isinstance(error, Unusable) else None
        if explained is None and isinstance(error, Exception):
            explained = explain(error, run)
        if explained is not None:
            verdict = run.conclude(broken=True, unusable=find_own_fault(run, explained))
            self._keep(item, ItemResult(verdict, None, _finish(measuring)[1]))
            raise pytest.fail.Exception(str(explained), pytrace=False) from None

    def _fail_timed_out(
        self,
        item: pytest.Function,
        plan: Plan,
        run: Run,
        measuring: Measuring | None,
        error: ItemTimeout,
    ) -> None:
        violation = run.smallest
        measured = _finish(measuring)
        if violation is None:
            self._keep(item, ItemResult(run.conclude(broken=True), None, measured[1]))
            shown = f"; the input was {run.last_input[0]!r:.200}" if run.last_input else ""
            shown += "".join(
                f"; {caller.loaded.identity.fault('execute() had not returned')}"
                for caller in run.callers
                if caller.pending
            )
            raise pytest.fail.Exception(f"{error}{shown}", pytrace=False) from None
        reproduction = self._describe_reproduction(item, plan)
        text = render_violation(run, violation, "unchecked", reproduction)
        verdict = run.conclude(violation, "unchecked")
        self._keep(item, describe_violated(violation, verdict, text, *measured))
        item.__dict__.pop("_hypothesis_failing_examples", None)
        found = f"{error}, while a smaller input was searched"
        raise pytest.fail.Exception(f"{found}\n\n{text}", pytrace=False) from None

    def _fail_violated(
        self,
        item: pytest.Function,
        plan: Plan,
        run: Run,
        measuring: Measuring | None,
        violated: Violated,
    ) -> None:
        measured = _finish(measuring)
        try:
            violation, confirmation = confirm(run, violated.violation)
        except Unusable:
            violation, confirmation = violated.violation, "not deterministic"
        except ItemTimeout:
            violation, confirmation = violated.violation, "unchecked"
        reproduction = self._describe_reproduction(item, plan)
        blob = _find_blob(violated)
        text = render_violation(run, violation, confirmation, reproduction) + blob
        verdict = run.conclude(violation, confirmation)
        self._keep(item, describe_violated(violation, verdict, text, *measured))
        # What hypothesis noted names our own function; our text says it in the user's words.
        item.__dict__.pop("_hypothesis_failing_examples", None)
        fault = violation.candidate.fault
        short = self._shown.find_like(self.session.tell_apart(item), run, violation, reproduction)
        if short is not None:
            raise pytest.fail.Exception(short + blob, pytrace=False) from None
        of_law = isinstance(plan.entry.subject, Law) and fault is not None and fault.kind == "law"
        if of_law and fault is not None and fault.error is not None:  # none where it was skipped
            # pytest shows the law's own lines and values, and our text below them, indented.
            text = render_violation(run, violation, confirmation, reproduction, width=_NOTE_WIDTH)
            fault.error.__notes__ = ["", *(text + blob).splitlines()]
            raise fault.error.with_traceback(fault.error.__traceback__) from None
        raise pytest.fail.Exception(text, pytrace=False) from None

    def _describe_held(
        self, item: pytest.Item, plan: Plan, run: Run, measuring: Measuring | None
    ) -> ItemResult:
        """Return what an item leaves behind that passes; a rate is judged by what it violates."""
        measured, verdict = _finish(measuring), run.conclude()
        example = None if measuring is None else measuring.example
        if example is None:
            return ItemResult(verdict, *measured)
        text = render_violation(run, *example, self._describe_reproduction(item, plan))
        found = describe_violated(example[0], verdict, text, *measured)
        return replace(found, confirmation=example[1])

    def _keep(self, item: pytest.Item, result: ItemResult) -> None:
        plan, label = find_plan(item), _find_label(item)
        assert plan is not None  # only an item of ours has a result
        position = list(plan.candidates).index(label) if label is not None else 0
        item.stash[_RESULT] = replace(
            result,
            position=position,
            label=label,
            where=self.session.tell_apart(item),
            difference=describe_difference(plan.holder.run),
            refused=list_refused(plan.holder.run),
        )
        # junit XML is written from the item's properties when the teardown has been reported.
        # An earlier attempt of a plugin that runs items again has left its own.
        item.user_properties[:] = [
            *(pair for pair in item.user_properties if pair[0] not in ("mg_cases", "mg_status")),
            ("mg_cases", result.verdict.cases),
            ("mg_status", result.verdict.status),
        ]
        if result.measurement is not None:
            counts = result.measurement.counts
            item.user_properties += [(f"mg_{name}", number) for name, number in counts.items()]

    def _warn(self, item: pytest.Item, run: Run, measuring: Measuring | None) -> None:
        for said in list_warnings(run, measuring):
            try:
                item.warn(MetamorphicGuardWarning(clean_line(self.session.redaction.hide(said))))
            except MetamorphicGuardWarning as warning:  # -W error
                raise pytest.fail.Exception(str(warning), pytrace=False) from None

    def _describe_reproduction(self, item: pytest.Item, plan: Plan) -> Reproduction:
        config, settings = self.session.config, self.session.settings
        here = config.invocation_params.dir
        # Not the node id's path, which begins at the root only for a file below it.
        _, separator, rest = item.nodeid.partition("::")
        label = _find_label(item)
        if label is not None:
            rest = _drop_label(rest, label)
        node = os.path.relpath(item.path, here) + separator + rest
        command = write_command(node, settings, plan.task, plan.candidates[label], here)
        location = plan.entry.location
        where = f"{_relative(location.path, here)}:{location.line}" if location else ""
        return Reproduction(command, plan.variable, where, list_left_out(settings))


def _finish(measuring: Measuring | None) -> tuple[Any, str]:
    if measuring is None:
        return None, ""
    # What ran of a sample that did not end is no measurement; monitors are shown it all the same.
    measurement = measuring.conclude() if measuring.finished else None
    return measurement, encode_records(measuring.recorder.records)


def _find_label(item: pytest.Item) -> str | None:
    """Return the label of the candidate that an item or a user's own test is about, if several."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    label = parameters.get("mg_candidate" if find_plan(item) is None else PARAMETER)
    return label if isinstance(label, str) else None


def _drop_label(node: str, label: str) -> str:
    """Return a node id as it is with one candidate, which then is no parameter."""
    name, bracket, parameters = node.partition("[")
    if not bracket:
        return node
    ids = f"-{parameters[:-1]}-".replace(f"-{label}-", "-", 1).strip("-")
    return f"{name}[{ids}]" if ids else name


def _relative(path: str, folder: Path) -> str:
    found = os.path.relpath(path, folder)
    return path if found.startswith(os.pardir + os.sep + os.pardir) else found


def _find_blob(violated: Violated) -> str:
    """Return the line of hypothesis that repeats its failure, where its settings ask for one."""
    for note in getattr(violated, "__notes__", ()):
        found = re.search(r"@reproduce_failure\(.*\)", note)
        if found:
            return f"\n{' ' * _LABEL_WIDTH}{found[0]}"
    return ""


def _find_violated(error: BaseException) -> Violated | None:
    if isinstance(error, Violated):
        return error
    if isinstance(error, BaseExceptionGroup):
        return next((v for v in map(_find_violated, error.exceptions) if v is not None), None)
    return None
