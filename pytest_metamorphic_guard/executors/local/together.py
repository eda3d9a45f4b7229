"""Calls of one process that are sent together, which costs less than handing them over in turn.

The process answers them one after another, in their order, as it would have been asked for them.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.local.arguments import (
    ArgumentError,
    dump_arguments,
    mark_name,
    name_unreadable,
)
from pytest_metamorphic_guard.executors.local.warm import WarmWorker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pytest_metamorphic_guard.executors.local.arguments import Arguments
    from pytest_metamorphic_guard.executors.local.bringing_up import Processes
    from pytest_metamorphic_guard.executors.local.callee import Callee
    from pytest_metamorphic_guard.executors.local.payloads import Payload

__all__ = ["begin_together"]

_SHARED = "called together with others: what was printed may be from one of these calls"


def begin_together(
    processes: Processes,
    callee: Callee,
    func_name: str,
    given: Sequence[tuple[object, ...]],
    timeout_s: float,
) -> Callable[[], list[Payload]] | None:
    """Send calls with each of these arguments, and return what waits for their payloads.

    That returns those of the first calls, at least of one: what follows a call that ended the
    process was not made. None where the calls have to be made one by one.
    """
    dumped = _dump(given)
    names = {mark_name(func_name, args) if type(args) is not tuple else func_name for args in given}
    if len(dumped) < 2 or len(names) > 1:  # noqa: PLR2004 - one alone is no several
        return None
    needs = tuple({need: None for arguments in dumped for need in arguments.needs})
    with _ending(callee):
        processes.get_ready(callee, needs)
        sandbox = callee.sandbox
        if not isinstance(sandbox, WarmWorker) or sandbox.prints or callee.find_lost(needs):
            return None
        bodies = [arguments.dumped for arguments in dumped]
        begun = sandbox.begin_all(names.pop(), bodies, timeout_s)
    if begun is None:
        return None

    def finish() -> list[Payload]:
        with _ending(callee):
            payloads, is_usable = begun()
        if not is_usable:
            callee.end_process()
        payloads = [callee.explain(payload) for payload in payloads]
        for payload, args in zip(payloads, given, strict=False):
            if payload.get("error_type") == "argument_encoding":
                payload["error"] = name_unreadable(args) or payload["error"]
            if payload["stdout"] or payload["stderr"]:
                callee.notes.append(_SHARED)
            if callee.notes:
                payload["notes"] = [*callee.notes, *payload.get("notes", ())]
                callee.notes = []
        return payloads

    return finish


@contextlib.contextmanager
def _ending(callee: Callee) -> Iterator[None]:
    """End the process where the block is interrupted: nobody reads what is on its way."""
    try:
        yield
    except BaseException:
        callee.end()
        raise


def _dump(given: Sequence[tuple[object, ...]]) -> list[Arguments]:
    """Return the first of these arguments that can be pickled."""
    dumped: list[Arguments] = []
    for args in given:
        try:
            dumped.append(dump_arguments(args))
        except ArgumentError:
            break
    return dumped
