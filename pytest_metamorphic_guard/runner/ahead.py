"""Calls that are asked for before the turn of their case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.runner.cases import snapshot

if TYPE_CHECKING:
    from pytest_metamorphic_guard.runner.calling import Caller
    from pytest_metamorphic_guard.runner.cases import Case
    from pytest_metamorphic_guard.runner.pools import Job
    from pytest_metamorphic_guard.runner.requests import Request

__all__ = ["call_ahead", "request_ahead"]


def call_ahead(caller: Caller, kind: str, args: tuple[Any, ...], case: Case) -> Job | None:
    """Let a call begin that `Caller.call` asks for later; None where it is known already."""
    if caller.pool is None:
        return None
    request = request_ahead(caller, kind, args, case)
    if request is None:
        return None
    case.ahead[caller.role, kind] = job = request.make_job()
    caller.pool.submit(job)
    return job


def request_ahead(caller: Caller, kind: str, args: tuple[Any, ...], case: Case) -> Request | None:
    """Return what `Caller.call` asks for later; None where it is known already."""
    arranged = caller.giving.arrange(args)
    if kind == "source" and _knows(caller, arranged, case):
        return None
    return caller.make_request(caller.give(arranged, args, case))


def _knows(caller: Caller, args: tuple[Any, ...], case: Case) -> bool:
    shared, time_outs = caller.shared, caller.time_outs
    if shared is not None and shared.find(case.identity, caller.entry) is not None:
        return True
    key = snapshot(args) if time_outs else None
    return key is not None and bool(time_outs and time_outs.find(key, caller.entry))
