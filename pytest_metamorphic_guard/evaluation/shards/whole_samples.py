"""The measurement of a whole sample, put together from those of its shares."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.runner.hanging import GIVE_UP_AFTER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.contracts.measurements import (
        AnswersApart,
        CaseHeld,
        Measurement,
        MetricRows,
    )
    from pytest_metamorphic_guard.contracts.shares import Share

__all__ = ["find_best_example", "merge_measurements", "number_case"]


def merge_measurements(measured: Sequence[Measurement], shares: Sequence[Share]) -> Measurement:
    """Return what a run of the whole sample would have measured.

    Args:
        measured: One per share, in the order of the shards.
        shares: What else these know, in the same order.
    """
    best = find_best_example(shares)
    confirmed = {
        case.index
        for position, one in enumerate(measured)
        for case in one.cases
        if case.confirmed and position == best
    }
    cases = sorted(
        (replace(c, confirmed=c.index in confirmed) for one in measured for c in one.cases),
        key=lambda case: case.index,
    )
    cut = _find_cut(measured, cases)
    skipped, hung = sum(one.skipped for one in measured), max(one.hung for one in measured)
    if cut is not None:
        cases = [case for case in cases if case.index <= cut]
        skipped, hung = cut + 1 - len(cases), len(cases)
    counted = any(share.counted for share in shares)
    return replace(
        measured[0],
        cases=tuple(cases),
        beside=(
            *_merge_beside(measured, "example"),
            # What shows a violation already is searched no further.
            *(() if counted else _merge_beside(measured, "search")),
        ),
        metrics=_merge_metrics(measured),
        skipped=skipped,
        skipped_after=sum(one.skipped_after for one in measured),
        hung=hung,
        hung_first=0,
        asked_again=sum(one.asked_again for one in measured),
        worse_again=sum(one.worse_again for one in measured),
        better_again=sum(one.better_again for one in measured),
        example="" if best is None else measured[best].example,
        answers=_merge_answers([one.answers for one in measured if one.answers is not None]),
    )


def find_best_example(shares: Sequence[Share]) -> int | None:
    """Return the place of the share whose violation stands for a rate; None where there is none."""
    found = [(share.example, place) for place, share in enumerate(shares) if share.example]
    return min(found)[1] if found else None


def number_case(measurement: Measurement, share: Share, number: int) -> int:
    """Return the number that a case has in a whole run, where what is skipped is not counted.

    Args:
        measurement: That of the whole sample.
        share: Any share of it.
        number: The number of the case among all that might have run.
    """
    examples = [one for one in measurement.beside if one.origin == "example"]
    if number <= share.examples:
        return sum(one.index < number for one in examples)
    index = number - share.examples
    if index <= measurement.planned:
        return len(examples) + sum(case.index < index for case in measurement.cases)
    index -= measurement.planned
    searched = [one for one in measurement.beside if one.origin == "search"]
    before = len(examples) + len(measurement.cases)
    return before + sum(one.index < index for one in searched)


def _find_cut(measured: Sequence[Measurement], cases: Sequence[CaseHeld]) -> int | None:
    """Return the last input that a whole run would have tried of a candidate that hangs."""
    answered = [
        one.cases[one.hung_first].index for one in measured if one.hung_first < len(one.cases)
    ]
    first = min(answered, default=None)
    hung = [case.index for case in cases if first is None or case.index < first]
    return hung[GIVE_UP_AFTER - 1] if len(hung) >= GIVE_UP_AFTER else None


def _merge_beside(measured: Sequence[Measurement], origin: str) -> tuple[CaseHeld, ...]:
    found = sorted(
        (case for one in measured for case in one.beside if case.origin == origin),
        key=lambda case: case.index,
    )
    # What the baseline violates too is run again last, and the first one seen again is enough.
    confirmed = [case for case in found if case.confirmed]
    chosen = min(confirmed, key=lambda case: (case.baseline is False, case.index), default=None)
    return tuple(replace(case, confirmed=case is chosen) for case in found)


def _merge_answers(seen: Sequence[AnswersApart]) -> AnswersApart | None:
    if not seen:
        return None
    merged = replace(seen[0], compared=sum(one.compared for one in seen))
    differing = [one for one in seen if one.apart]
    if not differing:
        return merged
    smallest = min(differing, key=lambda one: one.place)
    return replace(smallest, compared=merged.compared, apart=sum(one.apart for one in seen))


def _merge_metrics(measured: Sequence[Measurement]) -> tuple[MetricRows, ...]:
    pairs: dict[str, list[tuple[int, Any]]] = defaultdict(list)
    for one in measured:
        for rows in one.metrics:
            pairs[rows.name] += zip(rows.indices, rows.pairs, strict=True)
    merged = []
    for rows in measured[0].metrics:
        ordered = sorted(pairs[rows.name], key=lambda pair: pair[0])
        merged.append(
            replace(
                rows,
                pairs=tuple(pair for _, pair in ordered),
                indices=tuple(index for index, _ in ordered),
            )
        )
    return tuple(merged)
