"""What an entry leaves behind that holds, or whose violations a rate allows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.evaluation.transport import ItemResult, describe_violated

if TYPE_CHECKING:
    from pytest_metamorphic_guard.contracts.measurements import Measurement
    from pytest_metamorphic_guard.contracts.verdicts import Confirmation
    from pytest_metamorphic_guard.report.reproduction import Reproduction
    from pytest_metamorphic_guard.runner.run import Run
    from pytest_metamorphic_guard.runner.sample_run import Measuring
    from pytest_metamorphic_guard.runner.violations import Violation

__all__ = ["describe_held", "finish"]


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
    # Not loaded for a run without a violation, which starts sooner.
    from pytest_metamorphic_guard.report.failure_text import render_violation

    text = render_violation(run, *example, reproduction)
    return replace(describe_violated(example[0], verdict, text, *measured), confirmation=example[1])


def finish(measuring: Measuring | None) -> tuple[Measurement | None, str]:
    """Return what a sample measured, if it ended, and its records as a text."""
    if measuring is None:
        return None, ""
    # Not loaded for a run that measures nothing, which starts sooner.
    from pytest_metamorphic_guard.watch.travel import encode_records

    # What ran of a sample that did not end is no measurement; monitors are shown it all the same.
    measurement = measuring.conclude() if measuring.finished else None
    return measurement, encode_records(measuring.recorder.records)
