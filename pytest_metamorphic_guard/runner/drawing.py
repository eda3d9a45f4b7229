"""Test functions that draw their inputs with hypothesis."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import hypothesis
import hypothesis.errors
from hypothesis import HealthCheck, Phase

from pytest_metamorphic_guard.errors import MetamorphicGuardError, TaskError
from pytest_metamorphic_guard.runner.call_errors import Unusable
from pytest_metamorphic_guard.runner.cases import Case
from pytest_metamorphic_guard.runner.drawn_ahead import is_drawn_ahead
from pytest_metamorphic_guard.runner.drawn_search import Finding
from pytest_metamorphic_guard.runner.functions import (
    RunHolder,
    count_sources,
    disguise,
    find_examples,
)
from pytest_metamorphic_guard.runner.holders import FindingHolder
from pytest_metamorphic_guard.runner.listing import build_listed
from pytest_metamorphic_guard.runner.requirements import require_cases
from pytest_metamorphic_guard.runner.sources import to_sources, to_strategy
from pytest_metamorphic_guard.runner.violations import Skipped
from pytest_metamorphic_guard.tasks.inputs import StrategyInputs

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.runner.run import Run
    from pytest_metamorphic_guard.settings import Settings
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["build_test", "explain"]


def build_test(
    task: Task, entry: Entry, settings: Settings, *, forced_seed: bool, parameters: tuple[str, ...]
) -> tuple[Callable[..., None], RunHolder]:
    """Make the function that pytest collects for an entry.

    Args:
        task: The task.
        entry: The relation, property or law.
        settings: The options of the session.
        forced_seed: Hypothesis was given a seed on the command line, which then counts.
        parameters: Further parameters of the function, which it ignores, for parametrization.

    Returns:
        The function, whose parameters are the fixtures of a law, and the holder of its run.
    """
    holder = RunHolder(parameters)
    if isinstance(task.inputs, StrategyInputs):
        holder = FindingHolder(parameters)
        given = _build_drawn(task, entry, settings, holder, forced_seed=forced_seed)
        test = _draw_ahead(task, entry, holder, given)
    else:
        test = build_listed(task, entry, settings, holder)
    test.__name__ = entry.name
    test.__test__ = True  # type: ignore[attr-defined]
    return test, holder


def explain(error: BaseException, run: Run) -> MetamorphicGuardError | None:
    """Say in our words what an error of hypothesis means for this item; None for any other."""
    where = str(run.entry.location) if run.entry.location else None
    if isinstance(error, hypothesis.errors.Unsatisfiable | hypothesis.errors.FailedHealthCheck):
        try:
            require_cases(run)
        except Unusable as unusable:
            return unusable.error
        return TaskError(run.task.name, [f"{run.entry.name!r}: {error}"], where)
    if isinstance(error, hypothesis.errors.Flaky):
        return TaskError(
            run.task.name,
            [
                (
                    f"{run.entry.name!r} gives different answers for the same outputs: a "
                    "transformation, property or law of the task is random or depends on the "
                    "time. Take randomness from a parameter named rng"
                )
            ],
            where,
        )
    if isinstance(error, hypothesis.errors.InvalidArgument):
        return TaskError(run.task.name, [f"inputs cannot be drawn: {error}"], where)
    return None


def _build_drawn(
    task: Task,
    entry: Entry,
    settings: Settings,
    holder: FindingHolder,
    *,
    forced_seed: bool,
) -> Callable[..., None]:
    def test(mg_case: Any, **fixtures: Any) -> None:
        __tracebackhide__ = True
        passed = holder.find_passed()
        if passed is not None:
            if not passed:
                hypothesis.reject()
            return
        holder.take_fixtures(fixtures)
        try:
            holder.run.check_case(Case(to_sources(task, entry, mg_case)))
        except Skipped:
            hypothesis.reject()
        except hypothesis.errors.UnsatisfiedAssumption:
            holder.run.count_skipped()
            raise

    inner = disguise(test, task, entry, ("mg_case", *holder.parameters))
    # The digest names the database entry; the item's own source text is part of it already.
    inner._hypothesis_internal_add_digest = f"{task.name}::{entry.name}".encode()  # type: ignore[attr-defined]  # noqa: SLF001
    _apply_settings(inner, entry, settings, forced_seed=forced_seed)
    for example in reversed(find_examples(task, entry)):
        inner = hypothesis.example(mg_case=example)(inner)
    return hypothesis.given(mg_case=to_strategy(task, count_sources(entry)))(inner)


def _draw_ahead(task: Task, entry: Entry, holder: FindingHolder, given: Any) -> Callable[..., None]:
    """Return a test that draws before it calls; the one that is given, where that cannot be."""
    name = "_hypothesis_internal_use_settings"
    if getattr(given, "_hypothesis_internal_use_reproduce_failure", None) is not None:
        return given  # type: ignore[no-any-return]
    settings = getattr(given, name, None)  # none where hypothesis has refused the inputs
    if settings is None or not is_drawn_ahead(settings):
        return given  # type: ignore[no-any-return]

    def test(**fixtures: Any) -> None:
        __tracebackhide__ = True
        holder.take_fixtures(fixtures)
        # Hypothesis's own pytest plugin may have changed them for this item.
        Finding(given, getattr(made, name), holder, fixtures).search()

    made = disguise(test, task, entry, holder.parameters)
    own = {"__signature__", "__wrapped__"}
    # What that plugin asks of a test, such as for the health check of fixtures.
    vars(made).update({key: value for key, value in vars(given).items() if key not in own})
    return made


def _apply_settings(inner: Any, entry: Entry, settings: Settings, *, forced_seed: bool) -> None:
    own = getattr(entry.function, "_hypothesis_internal_use_settings", None)
    base = own or hypothesis.settings()
    changes: dict[str, Any] = {}
    # Executors own the limit on time; the profile's deadline would also count worker starts.
    if own is None or own.deadline == hypothesis.settings().deadline:
        changes["deadline"] = None
    if settings.n is not None:
        changes["max_examples"] = settings.n
    if own is None:
        changes["report_multiple_bugs"] = False
        # Explaining traces this process, which sees nothing of a worker, and costs executions.
        unwanted = {Phase.explain} | ({Phase.shrink} if settings.shrink == "off" else set())
        changes["phases"] = tuple(phase for phase in base.phases if phase not in unwanted)
        changes["suppress_health_check"] = (
            *base.suppress_health_check,
            HealthCheck.differing_executors,
        )
    database = base.database
    user_seed = getattr(entry.function, "_hypothesis_internal_use_seed", None)
    if user_seed is not None:
        inner = hypothesis.seed(user_seed)(inner)
    elif not forced_seed:
        # One seed per item, or all relations of a task would see the same inputs.
        name = zlib.crc32(inner._hypothesis_internal_add_digest)  # noqa: SLF001 - ours, see above
        inner = hypothesis.seed(settings.seed ^ name)(inner)
        changes["database"] = database  # seed() drops it, but known failures must be replayed
    hypothesis.settings(base, **changes)(inner)
    blob = getattr(entry.function, "_hypothesis_internal_use_reproduce_failure", None)
    if blob is not None:
        hypothesis.reproduce_failure(*blob)(inner)
