"""What an item that passes has to say all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.titles import say_hung
from pytest_metamorphic_guard.evaluation.transport import describe_difference
from pytest_metamorphic_guard.tasks.declarations import Agreement, makes_noise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_metamorphic_guard.runner.run import Run
    from pytest_metamorphic_guard.runner.sample_run import Measuring
    from pytest_metamorphic_guard.runner.violations import Violation

__all__ = ["list_warnings"]


def list_warnings(run: Run, measuring: Measuring | None) -> Iterator[str]:
    """Say what fails no item and should be known."""
    name = run.entry.name
    if run.soft_violations and run.soft_example is not None:
        yield (
            f"soft property {name!r} does not hold in {run.soft_violations} of {run.cases} cases, "
            f"first for {_show_input(run, run.soft_example)}"
        )
    if run.shared_violations and run.settings.fail_on == "regression":
        yield (
            f"{name!r} is violated in {run.shared_violations} of {run.cases} cases by candidate "
            "and baseline alike: no regression"
        )
    before = run.baseline
    if isinstance(run.entry.subject, Agreement) and before and not before.returned:
        yield (
            f"every call of the baseline {before.implementation.specification} failed, so {name!r} "
            f"shows little; the first one: {before.first_failure[:200]}"
        )
    yield from _list_noise(run)
    if run.hung:
        yield f"{name!r} {say_hung(run.hung)}"
    for caller in run.callers:
        if caller.availability.lost:
            yield f"{name!r}: {caller.describe_lost()}, and their cases count for nobody"
    difference = describe_difference(run)
    if difference is not None:
        yield f"{name!r}: {difference}"
    if measuring is not None and (example := measuring.example) is not None:
        judged = "which the gate judges" if measuring.judged_elsewhere else "within what is allowed"
        smallest = _show_input(run, example[0])
        yield (
            f"{name!r} is violated in {measuring.violation_count} of {run.cases} cases, {judged}; "
            f"smallest for {smallest}"
        )


def _list_noise(run: Run) -> Iterator[str]:
    name = run.entry.name
    if run.noise:
        yield f"{name!r}: {run.noise}"
    if makes_noise(run.entry.subject) and run.entry.examples:
        yield (
            f"the examples of {name!r} are not run: with repeats= one input says nothing; "
            "put them among the inputs of the task"
        )


def _show_input(run: Run, violation: Violation) -> str:
    # Not loaded for a run without a violation, which starts sooner.
    from pytest_metamorphic_guard.report.arguments import find_id
    from pytest_metamorphic_guard.report.values import to_source

    source = violation.case.sources[0]
    name = find_id(run, source)
    return (f"{name}: " if name else "") + to_source(source)[:120]
