"""How pytest-xdist distributes items that run in step: those of one task go to one worker."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

__all__ = ["TaskScheduling"]


class TaskScheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist's classes are untyped
    """Keeps the items of one class and parameter together; any other item is on its own."""

    def _split_scope(self, nodeid: str) -> str:
        return find_scope(nodeid)


def find_scope(nodeid: str) -> str:
    """Return what items of one task and one candidate have in common in their node ids."""
    head, bracket, parameter = nodeid.partition("[")
    names = head.split("::")
    if len(names) < 3:  # noqa: PLR2004 - a plain function: file and name
        return nodeid
    return "::".join(names[:-1]) + bracket + parameter
