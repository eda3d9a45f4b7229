"""What an entry leaves behind that holds, or whose violations a rate allows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.evaluation.transport import ItemResult, describe_violated

if TYPE_CHECKING:
    from pytest_metamorphic_guard.contracts.measurements import Measurement
    from pytest_metamorphic_guard.contracts.verdicts import Confirmation, Verdict
    from pytest_metamorphic_guard.report.reproduction import Reproduction
    from pytest_metamorphic_guard.runner.run import Run
    from pytest_metamorphic_guard.runner.sample_run import Measuring
    from pytest_metamorphic_guard.runner.violations import Violation

__all__ = ["describe_found", "describe_held", "finish"]


def describe_held(
    run: Run,
    measured: tuple[Measurement | None, str],
    example: tuple[Violation, Confirmation] | None,
    reproduction: Reproduction,
) -> ItemResult:
    """Return what an entry leaves behind that passes.

    Args:
        run: Its run.
        measured: What it measured, and its records as a text.
        example: The violation that stands for its rate; None where nothing was violated.
        reproduction: How to see that one again.
    """
    verdict = run.conclude()
    if example is None:
        return ItemResult(verdict, *measured)
    return describe_found(run, example, verdict, measured, reproduction)


def describe_found(
    run: Run,
    found: tuple[Violation, Confirmation],
    verdict: Verdict,
    measured: tuple[Measurement | None, str],
    reproduction: Reproduction,
) -> ItemResult:
    """Return what an entry leaves behind of which a violation is shown.

    Args:
        run: Its run.
        found: The violation, and whether it was seen again.
        verdict: What was concluded.
        measured: What it measured, and its records as a text.
        reproduction: How to see the violation again.
    """
    # Not loaded for a run without a violation, which starts sooner.
    from pytest_metamorphic_guard.report.failure_text import render_violation

    text = render_violation(run, *found, reproduction)
    shown = describe_violated(run, found[0], verdict, reproduction, text, *measured)
    return replace(shown, confirmation=found[1])


def finish(measuring: Measuring | None) -> tuple[Measurement | None, str]:
    """Return what a sample measured, if it ended, and its records as a text."""
    if measuring is None:
        return None, ""
    # Not loaded for a run that measures nothing, which starts sooner.
    from pytest_metamorphic_guard.watch.travel import encode_records

    # What ran of a sample that did not end is no measurement; monitors are shown it all the same.
    measurement = measuring.conclude() if measuring.finished else None
    return measurement, encode_records(measuring.recorder.records)
