"""How a whole list was searched for its smallest violation, which each shard did with its share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.contracts.measurements import CaseHeld, Measurement
    from pytest_metamorphic_guard.contracts.shares import Share

__all__ = ["retell_search"]

_SHRUNK = re.compile(r" {12}shrunk in \d+ runs? from ")


def retell_search(
    text: str, whole: Measurement, shares: Sequence[Share], *, fail_on_regression: bool
) -> tuple[str, int | None]:
    """Return the text of a violation, and the number of its case, as the whole list has them.

    Args:
        text: The text of the shard that has the smallest one.
        whole: What was measured on the whole list.
        shares: What the shards know.
        fail_on_regression: Whether what the baseline violates too is excused.

    Returns:
        The text; and the place of the first violation among all that might have run, from 1, or
        None where it is no list that was searched.
    """
    sizes: tuple[int, ...] = next((share.sizes for share in shares if share.sizes), ())
    first: CaseHeld | None = None
    smallest: CaseHeld | None = None
    runs = 0
    for case in whole.cases if sizes else ():
        excused = case.known or (fail_on_regression and case.baseline is False)
        counts = not case.candidate and not excused
        if smallest is None:
            first = smallest = case if counts else None
        elif sizes[case.index] < sizes[smallest.index]:
            runs += 1
            smallest = case if counts else smallest
    if first is None or smallest is None:
        return text, None
    lines = [line for line in text.splitlines() if not _SHRUNK.match(line)]
    if first is not smallest:
        shown = next(s.shown for p, s in enumerate(shares) if first.index % len(shares) == p)
        place = next(n for n, line in enumerate(lines) if line.startswith("reproduce "))
        word = "run" if runs == 1 else "runs"
        lines.insert(place, f"{'':12}shrunk in {runs} {word} from {shown}")
    return "\n".join(lines), shares[0].examples + first.index + 1
