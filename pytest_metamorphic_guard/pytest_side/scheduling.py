"""How pytest-xdist distributes items that run in step: those of one task go to one worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["TaskScheduling"]


class TaskScheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist's classes are untyped
    """Keeps the items of one class and candidate together; any other item is on its own.

    Args:
        labels: What names each candidate in ids, where there are several.
    """

    def __init__(self, config: Any, log: Any, labels: Sequence[str]) -> None:
        super().__init__(config, log)
        self._labels = labels

    def _split_scope(self, nodeid: str) -> str:
        return find_scope(nodeid, self._labels)


def find_scope(nodeid: str, labels: Sequence[str] | None = None) -> str:
    """Return what items of one task and one candidate have in common in their node ids.

    Args:
        nodeid: The id of an item.
        labels: What names candidates in ids; None where nothing else is in brackets.
    """
    head, bracket, parameters = nodeid.partition("[")
    names = head.split("::")
    if len(names) < 3:  # noqa: PLR2004 - a plain function: file and name
        return nodeid
    if labels is None:
        return "::".join(names[:-1]) + bracket + parameters
    # Before the candidate an id may have the constants of a family.
    ends = [label for label in labels if f"-{parameters[:-1]}".endswith(f"-{label}")]
    label = max(ends, key=len, default="")
    return "::".join(names[:-1]) + (f"{bracket}{label}]" if label else "")
