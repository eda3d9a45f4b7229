"""What an item of one shard leaves behind for the merging of all shards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.shares import CallCounts, MissedText, Share
from pytest_metamorphic_guard.evaluation.sample_digest import digest_sample
from pytest_metamorphic_guard.evaluation.transport import describe_ends, describe_violated
from pytest_metamorphic_guard.report.failure_text import render_violation
from pytest_metamorphic_guard.report.reproduction import shorten_case
from pytest_metamorphic_guard.runner.functions import count_sources
from pytest_metamorphic_guard.runner.holders import MeasuringHolder
from pytest_metamorphic_guard.tasks.declarations import Law
from pytest_metamorphic_guard.tasks.inputs import StrategyInputs

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.report.reproduction import Reproduction
    from pytest_metamorphic_guard.runner.calling import Caller
    from pytest_metamorphic_guard.runner.endings import Difference
    from pytest_metamorphic_guard.runner.functions import RunHolder
    from pytest_metamorphic_guard.runner.run import Run
    from pytest_metamorphic_guard.runner.sample_run import Measuring
    from pytest_metamorphic_guard.runner.violations import Violation

__all__ = ["describe_share"]

_LONGEST_KEY = 1000
_EXAMPLE, _SAMPLE, _SEARCH = range(3)


def describe_share(
    holder: RunHolder, *, violated: bool, reproduce: Callable[[], Reproduction]
) -> Share | None:
    """Return what merging needs of an item; None where no share of a sample was run.

    Args:
        holder: Has the item's run.
        violated: Whether the item reports a violation that fails it.
        reproduce: Says how to see a violation again.
    """
    run = holder.run
    if run.settings.shard is None or not isinstance(holder, MeasuringHolder):
        return None
    measuring = holder.measuring
    apart = run.before_search or (run.differences, run.difference)
    example = measuring.example
    number = run.first_number or 0
    if not violated:
        number = example[0].case_number if example else 0
    reported = holder.missed.run if holder.missed else run
    sizes, shown = _describe_list(reported, measuring)
    return Share(
        sample=digest_sample(measuring.sample),
        examples=len(measuring.examples),
        measurement=measuring.conclude() if measuring.finished else None,
        is_law=isinstance(run.entry.subject, Law),
        gated=run.settings.gate,
        undecided=run.undecided is not None,
        found=_place(holder, run, number) if violated else (),
        number=number,
        missed=_write_missed(holder, reproduce),
        sizes=sizes,
        shown=shown,
        example=_rank_example(measuring),
        counted=run.before_search is None,
        apart=describe_ends(run, *apart),
        apart_size=_cut(apart[1]),
        difference_size=_cut(run.difference),
        counts={caller.role: _count_calls(caller) for caller in run.callers},
    )


def _describe_list(run: Run, measuring: Measuring) -> tuple[tuple[int, ...], str]:
    """Return what tells how a list was searched for its smallest violation; nothing elsewhere."""
    is_list = not isinstance(run.task.inputs, StrategyInputs)
    if not is_list or run.first is None or run.settings.shrink == "off":
        return (), ""
    return tuple(len(repr(sources)) for sources in measuring.sample), shorten_case(run.first)


def _rank_example(measuring: Measuring) -> tuple[Any, ...]:
    if measuring.example is None:
        return ()
    violation, confirmation = measuring.example
    return confirmation != "confirmed", violation.regression is False, *_cut(violation)


def _count_calls(caller: Caller) -> CallCounts:
    return CallCounts(
        executions=caller.executions,
        returned=caller.returned,
        refused=caller.refused,
        asked=caller.availability.calls,
        lost=caller.availability.lost,
    )


def _write_missed(
    holder: MeasuringHolder, reproduce: Callable[[], Reproduction]
) -> MissedText | None:
    missed = holder.missed
    if missed is None:
        return None
    run, violation = missed.run, missed.violation
    verdict = run.conclude(violation, missed.confirmation)
    reproduction = reproduce()
    text = render_violation(run, violation, missed.confirmation, reproduction)
    shown = describe_violated(run, violation, verdict, reproduction, text)
    number = run.first_number or 0
    return MissedText(
        rate=run.missed_rate,
        found=_place(holder, run, number),
        number=number,
        text=text,
        inputs=shown.inputs,
        encoded_inputs=shown.encoded_inputs,
        outputs=shown.outputs,
        shown=shown.shown,
        confirmation=shown.confirmation,
        regression=shown.regression,
    )


def _place(holder: MeasuringHolder, run: Run, number: int) -> tuple[Any, ...]:
    """Return what sorts the violations of all shards as a whole run comes upon them."""
    measuring = holder.measuring
    before, size = len(measuring.examples), len(measuring.sample)
    if number <= before:
        return _EXAMPLE, number
    if number > before + size:
        return _SEARCH, number
    if run.settings.shrink == "off" or run.smallest is None:
        return _SAMPLE, number
    if isinstance(run.task.inputs, StrategyInputs):
        drawn_alike = count_sources(run.entry) == 1
        return _SAMPLE, holder.found_at if drawn_alike else 0, number
    return _SAMPLE, _measure_text(run), number


def _measure_text(run: Run) -> int:
    # The smallest of a list is the one with the shortest text, as in `list_violations`.
    return 0 if run.smallest is None else len(repr(run.smallest.case.sources))


def _cut(found: Violation | Difference | None) -> tuple[Any, ...]:
    """Return what sorts inputs by their size."""
    if found is None:
        return ()
    length, text = found.case.size
    return length, text[:_LONGEST_KEY]
