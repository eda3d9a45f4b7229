"""What entries notice of small changes, as the page shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.strengths import Accepted, Strength
from pytest_metamorphic_guard.contracts.titles import name_task
from pytest_metamorphic_guard.report.strength_lines import (
    describe_share,
    describe_survivor,
    list_survivors,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["list_accepted", "view_strengths"]

_MOST = 100


def view_strengths(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the strength of every task, with the survivors to look at first."""
    views = []
    for plain in report.get("strength") or []:
        data = {key: value for key, value in plain.items() if key != "interval"}
        strength = Strength.from_dict({**data, **plain["interval"], "duration_s": 0.0})
        survivors = list_survivors(strength)
        views.append(
            {
                "name": name_task(strength.task, strength.where),
                "said": describe_share(strength),
                "implementation": strength.implementation,
                "entries": plain["entries"],
                "left_out": strength.left_out,
                "survivors": [
                    {"said": describe_survivor(one, strength), "diff": one.diff}
                    for one in survivors[:_MOST]
                ],
                "more": max(0, len(survivors) - _MOST),
            }
        )
    return views


def list_accepted(report: Mapping[str, Any]) -> list[str]:
    """Return a line for each task that an answer satisfies which does nothing."""
    return [
        f"{name_task(one['task'], one.get('where', ''))}: {Accepted.from_dict(one).said}"
        for one in report.get("vacuity") or []
    ]
