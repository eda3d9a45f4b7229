"""What repeats of one input show, for the summary: a line or two per relation with `repeats=`."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.texts import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_metamorphic_guard.report.contents import ItemRecord

__all__ = ["describe_noise"]

_MOST = 5


def describe_noise(items: Iterable[ItemRecord], width: int) -> list[str]:
    """Return the lines for the candidates of these items, those beyond noise first."""
    found = [
        (not noise.is_beyond, f"noise of {item.node_id.rpartition('/')[2]}: {noise}")
        for item in items
        for noise in item.noise
        if noise.role == "candidate"
    ]
    found.sort()
    lines = []
    for _, text in found[:_MOST]:
        lines += textwrap.wrap(
            clean_line(text), width, subsequent_indent="  ", break_on_hyphens=False
        )
    if len(found) > _MOST:
        lines.append(f"  ... and {len(found) - _MOST} more with repeats")
    return lines
