"""Arguments of which somebody wants to know what a call has left of them."""

from __future__ import annotations

__all__ = ["ARGUMENTS_KEY", "WatchedArguments"]

# The payload's key for a list of the arguments as the call has left them.
ARGUMENTS_KEY = "arguments"


class WatchedArguments(tuple[object, ...]):  # noqa: SLOT001 - a tuple's subclass can have none
    """Arguments that a payload is to bring back as the call has left them, where it returned."""
