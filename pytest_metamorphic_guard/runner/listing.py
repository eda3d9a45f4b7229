"""Test functions that run a task's listed or generated inputs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import hypothesis
import hypothesis.errors

from pytest_metamorphic_guard.errors import TaskError
from pytest_metamorphic_guard.runner.call_errors import Unusable
from pytest_metamorphic_guard.runner.cases import Case
from pytest_metamorphic_guard.runner.functions import (
    RunHolder,
    count_sources,
    disguise,
    find_examples,
)
from pytest_metamorphic_guard.runner.in_flight import Flights
from pytest_metamorphic_guard.runner.inside_hypothesis import surround
from pytest_metamorphic_guard.runner.sequences import Mapped
from pytest_metamorphic_guard.runner.skips import allow_assume
from pytest_metamorphic_guard.runner.sources import to_sources
from pytest_metamorphic_guard.runner.violations import Skipped, Violated
from pytest_metamorphic_guard.tasks.inputs import FixedInputs, GeneratedInputs, check_cases

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_metamorphic_guard.settings import Settings
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["build_listed", "count_cases", "find_default_count", "list_violations", "read_cases"]


_DEFAULT_CASES = 100


def count_cases(task: Task, settings: Settings) -> int:
    """Return how many cases an item of a task will run, where its inputs yield as many."""
    if isinstance(task.inputs, FixedInputs):
        return min(settings.n or len(task.inputs.cases), len(task.inputs.cases))
    if isinstance(task.inputs, GeneratedInputs):
        return settings.n or _DEFAULT_CASES
    return settings.n or hypothesis.settings().max_examples


def find_default_count() -> int:
    """Return how many inputs are drawn where no number is given."""
    return hypothesis.settings().max_examples


def build_listed(
    task: Task, entry: Entry, settings: Settings, holder: RunHolder
) -> Callable[..., None]:
    """Make the function that runs a listed task."""

    def test(**fixtures: Any) -> None:
        __tracebackhide__ = True
        holder.take_fixtures(fixtures)
        with allow_assume():
            list_violations(task, entry, settings, holder)

    return disguise(test, task, entry, holder.parameters)


def list_violations(
    task: Task,
    entry: Entry,
    settings: Settings,
    holder: RunHolder,
    sample: Sequence[tuple[tuple[Any, ...], ...]] | None = None,
) -> None:
    """Check listed inputs in their order.

    Args:
        task: The task.
        entry: The relation, property or law.
        settings: The options of the session.
        holder: Has the run.
        sample: The source inputs of every case; None for those of the task's list.

    Raises:
        Violated: With the smallest input that violates the entry: the list's own shrinking.
    """
    __tracebackhide__ = True
    surround(partial(_check_all, task, entry, settings, holder, sample))


def _check_all(
    task: Task,
    entry: Entry,
    settings: Settings,
    holder: RunHolder,
    sample: Sequence[tuple[tuple[Any, ...], ...]] | None,
) -> None:
    __tracebackhide__ = True
    sources = _list_sources(task, entry, settings, sample)
    # What was measured before is only looked at again: most of it is known.
    flights = Flights(holder.run, sources, f"listed {len(sources)}") if sample is None else None
    violated: Violated | None = None
    try:
        for index in range(len(sources)):
            if violated is not None and not _is_smaller(sources[index], violated):
                continue
            try:
                holder.run.check_case(flights.take(index) if flights else Case(sources[index]))
            except Skipped:
                continue
            except hypothesis.errors.UnsatisfiedAssumption:
                holder.run.count_skipped()
            except Violated as error:
                violated = error
                if settings.shrink == "off":
                    break
                if flights is not None:
                    flights.stop()
                    flights = None
    finally:
        if flights is not None:
            flights.stop()
    if violated is not None:
        raise violated


def _is_smaller(sources: object, violated: Violated) -> bool:
    return len(repr(sources)) < len(repr(violated.violation.case.sources))


def _list_sources(
    task: Task,
    entry: Entry,
    settings: Settings,
    sample: Sequence[tuple[tuple[Any, ...], ...]] | None,
) -> Sequence[tuple[tuple[Any, ...], ...]]:
    """Return the source inputs of every case: those of examples before those of the list."""
    count = count_sources(entry)
    examples = [to_sources(task, entry, example) for example in find_examples(task, entry)]
    if sample is not None:
        return [*examples, *sample]
    cases = read_cases(task, settings)
    limit = len(cases) if settings.n is None else min(settings.n, len(cases))

    def find(index: int) -> tuple[tuple[Any, ...], ...]:
        if index < 0:
            return examples[index]
        # Several sources are neighbours in the list, which is closed to a ring.
        return tuple(cases[(index + offset) % len(cases)] for offset in range(count))

    return Mapped(find, range(-len(examples), limit))


def read_cases(task: Task, settings: Settings) -> Sequence[tuple[Any, ...]]:
    """Return a task's listed or generated inputs.

    Raises:
        Unusable: The generator raised, or made something else than argument tuples.
    """
    inputs = task.inputs
    if isinstance(inputs, FixedInputs):
        return inputs.cases
    assert isinstance(inputs, GeneratedInputs)  # strategies are drawn, not listed
    where = str(task.location) if task.location else None
    try:
        made = inputs.generate(settings.n or _DEFAULT_CASES, settings.seed)
        checked = check_cases(list(made), "gen_inputs(n, seed)")
    except Exception as error:  # a stranger's code
        fault = f"gen_inputs(n, seed) raised {type(error).__name__}: {error}"
        raise Unusable(TaskError(task.name, [fault], where)) from error
    if isinstance(checked, str):
        raise Unusable(TaskError(task.name, [checked], where))
    return checked.cases
