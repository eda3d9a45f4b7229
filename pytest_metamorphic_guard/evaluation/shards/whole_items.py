"""The result of an item of a whole run, put together from those of its shards."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.known import sum_known
from pytest_metamorphic_guard.contracts.refused import sum_refused
from pytest_metamorphic_guard.contracts.shares import CallCounts
from pytest_metamorphic_guard.contracts.verdicts import says_something
from pytest_metamorphic_guard.evaluation.shards.whole_lists import retell_search
from pytest_metamorphic_guard.evaluation.shards.whole_samples import (
    find_best_example,
    merge_measurements,
    number_case,
)
from pytest_metamorphic_guard.runner.availability import Availability, lose_too_many
from pytest_metamorphic_guard.runner.sightings import say_rate
from pytest_metamorphic_guard.watch.travel import decode_records, encode_records, join_records

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.contracts.measurements import EndsApart, Measurement
    from pytest_metamorphic_guard.contracts.shares import Share
    from pytest_metamorphic_guard.contracts.verdicts import Verdict
    from pytest_metamorphic_guard.evaluation.transport import ItemResult

__all__ = ["merge_results"]

_SAMPLE, _SEARCH = 1, 2


def merge_results(results: Sequence[ItemResult], *, fail_on_regression: bool) -> ItemResult:
    """Return the result of an item as a run of the whole sample would have had it.

    Args:
        results: One per shard, in the order of their numbers.
        fail_on_regression: Whether what the baseline violates too is excused.
    """
    first = results[0]
    shares = [result.share for result in results if result.share is not None]
    measured = [share.measurement for share in shares if share.measurement is not None]
    broken = [r for r in results if r.verdict.unusable] or [
        result for result in results if result.share is None or result.share.measurement is None
    ]
    merged = replace(
        first,
        verdict=_sum_verdict(first.verdict, results),
        records=join_records(result.records for result in results),
        refused=sum_refused(calls for result in results for calls in result.refused),
        known=sum_known([result.known for result in results]),
        sample=shares[0].sample if shares else "",
        share=None,
    )
    if broken:
        difference = _find_apart(results, searched=False)
        return _break(merged, broken[0].verdict, difference)
    whole = merge_measurements(measured, shares)
    counted = any(share.counted for share in shares)
    merged = replace(merged, difference=_find_apart(results, searched=not counted))
    if whole.hung and len(whole.cases) < sum(len(one.cases) for one in measured):
        merged = _forget_later(merged, whole, shares[0])
    return _judge(merged, results, shares, whole, fail_on_regression=fail_on_regression)


def _judge(
    merged: ItemResult,
    results: Sequence[ItemResult],
    shares: Sequence[Share],
    whole: Measurement,
    *,
    fail_on_regression: bool,
) -> ItemResult:
    verdict = merged.verdict
    calls = _sum_calls(shares)
    lost = any(Availability(one.asked, one.lost).is_too_low for one in calls.values())
    lost = lost or lose_too_many(verdict.cases, [one.lost for one in calls.values()])
    if lost or not says_something(verdict.cases, verdict.skipped):
        return _break(merged, verdict, merged.difference)
    found = _find_violated(results, counted=any(share.counted for share in shares))
    rate = whole.min_pass_rate
    example = find_best_example(shares)
    missed = rate is not None and whole.pass_rate is not None and whole.pass_rate < rate
    if found is not None and (not missed or results[found].share.found[0] == 0):  # type: ignore[union-attr]
        chosen = results[found]
        if chosen.share is not None and chosen.share.found[0] == _SAMPLE:
            chosen = _retell(chosen, whole, shares, fail_on_regression=fail_on_regression)
        return _show(merged, chosen, whole, violated=True)
    if missed and rate is not None:
        chosen = _choose_missed(results, whole, rate)
        chosen = _retell(chosen, whole, shares, fail_on_regression=fail_on_regression)
        return _show(merged, chosen, whole, violated=True)
    if any(share.undecided for share in shares) or _shows_nothing(
        shares[0], verdict, calls, fail_on_regression=fail_on_regression
    ):
        return _break(merged, verdict, merged.difference)
    verdict = replace(verdict, status="held", confirmation=None, regression=None)
    merged = replace(merged, verdict=verdict, measurement=whole)
    if example is None:
        return _blank(merged)
    return _show(merged, results[example], whole, violated=False)


def _sum_verdict(verdict: Verdict, results: Sequence[ItemResult]) -> Verdict:
    names = ("cases", "skipped", "executions", "soft_violations", "shared_violations")
    sums = {name: sum(getattr(r.verdict, name) for r in results) for name in names}
    return replace(verdict, **sums)


def _break(merged: ItemResult, verdict: Verdict, difference: EndsApart | None) -> ItemResult:
    said = replace(
        merged.verdict,
        status="broken",
        confirmation=None,
        regression=None,
        unusable=verdict.unusable,
        withheld=verdict.withheld,
    )
    return replace(_blank(merged), verdict=said, measurement=None, difference=difference)


def _blank(merged: ItemResult) -> ItemResult:
    return replace(
        merged,
        text="",
        inputs="",
        encoded_inputs="",
        outputs=(),
        shown=None,
        confirmation=None,
        regression=None,
    )


def _show(
    merged: ItemResult, chosen: ItemResult, whole: Measurement, *, violated: bool
) -> ItemResult:
    """Return the result with the violation that one shard reports."""
    share, verdict = chosen.share, merged.verdict
    assert share is not None  # it was chosen by it
    if violated:
        verdict = replace(
            verdict,
            status="violated",
            confirmation=chosen.confirmation,
            regression=chosen.regression,
        )
    number = number_case(whole, share, share.number)
    return replace(
        merged,
        verdict=verdict,
        measurement=whole,
        text=chosen.text.replace(
            f"in case {share.number} of this run", f"in case {number} of this run", 1
        ),
        inputs=chosen.inputs,
        encoded_inputs=chosen.encoded_inputs,
        outputs=chosen.outputs,
        shown=chosen.shown,
        confirmation=chosen.confirmation,
        regression=chosen.regression,
    )


def _find_violated(results: Sequence[ItemResult], *, counted: bool) -> int | None:
    """Return the place of the violation that a whole run comes upon; None where there is none."""
    found = [
        (result.share.found, place)
        for place, result in enumerate(results)
        if result.share is not None
        and result.share.found
        # What shows a violation already is searched no further.
        and not (counted and result.share.found[0] == _SEARCH)
    ]
    return min(found)[1] if found else None


def _find_apart(results: Sequence[ItemResult], *, searched: bool) -> EndsApart | None:
    """Return where calls end differently: the smallest input, and the number of all."""
    found = [
        ((share.difference_size if searched else share.apart_size), place, apart)
        for place, result in enumerate(results)
        if (share := result.share) is not None
        and (apart := result.difference if searched else share.apart) is not None
    ]
    if not found:
        return None
    _, _, smallest = min(found, key=lambda one: one[:2])
    return replace(smallest, cases=sum(apart.cases for _, _, apart in found))


def _forget_later(merged: ItemResult, whole: Measurement, share: Share) -> ItemResult:
    """Leave out what a whole run would not have come to, of a candidate that hangs."""
    last = whole.cases[-1].index
    records = [r for r in decode_records(merged.records) if r.case_index <= last]
    cases = len(whole.cases) + sum(one.origin == "example" for one in whole.beside)
    verdict = replace(merged.verdict, cases=cases, skipped=min(share.examples, whole.skipped))
    apart = merged.difference
    # It timed out on each of them, which is how no baseline ends.
    return replace(
        merged,
        records=encode_records(records),
        verdict=verdict,
        difference=apart and replace(apart, cases=min(apart.cases, cases)),
    )


def _sum_calls(shares: Sequence[Share]) -> dict[str, CallCounts]:
    names = ("executions", "returned", "refused", "asked", "lost")
    return {
        role: CallCounts(
            **{name: sum(getattr(share.counts[role], name) for share in shares) for name in names}
        )
        for role in shares[0].counts
    }


def _shows_nothing(
    share: Share,
    verdict: Verdict,
    calls: dict[str, CallCounts],
    *,
    fail_on_regression: bool,
) -> bool:
    """Tell whether an item holds only because nothing was called, as `require_answers` does."""
    if share.is_law and verdict.cases and not calls["candidate"].executions and share.gated:
        return True
    if share.is_law and any(0 < one.executions == one.refused for one in calls.values()):
        return True
    before = calls.get("baseline")
    expects_returns = not share.is_law or verdict.shared_violations > 0
    silent = before is not None and before.executions > 0 and not before.returned
    return fail_on_regression and expects_returns and silent


def _choose_missed(results: Sequence[ItemResult], whole: Measurement, rate: float) -> ItemResult:
    """Return the result of the shard that found what a run reports whose rate is missed."""
    found = [
        (share.missed.found, place)
        for place, result in enumerate(results)
        if (share := result.share) is not None and share.missed is not None
    ]
    chosen = results[min(found)[1]]
    share = chosen.share
    assert share is not None  # it was chosen by it
    missed = share.missed
    assert missed is not None  # the same
    judged = whole.judged
    said = say_rate(sum(case.candidate for case in judged), len(judged), rate)
    return replace(
        chosen,
        text=missed.text.replace(missed.rate, said, 1),
        inputs=missed.inputs,
        encoded_inputs=missed.encoded_inputs,
        outputs=missed.outputs,
        shown=missed.shown,
        confirmation=missed.confirmation,
        regression=missed.regression,
        share=replace(share, number=missed.number),
    )


def _retell(
    chosen: ItemResult, whole: Measurement, shares: Sequence[Share], *, fail_on_regression: bool
) -> ItemResult:
    """Return what one shard reports of a list, with what the whole list says of it."""
    share = chosen.share
    assert share is not None  # it was chosen by it
    text, number = retell_search(chosen.text, whole, shares, fail_on_regression=fail_on_regression)
    if number is None:
        return chosen
    said = text.replace(f"in case {share.number} of this run", f"in case {number} of this run", 1)
    return replace(chosen, text=said, share=replace(share, number=number))
