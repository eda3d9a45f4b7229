"""Calls of the cases that come next, made together where handing them over takes the most time.

An executor of this machine takes several calls at once for less than each by itself. What they came
to waits for the turn of its case, so nothing that is concluded depends on it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_metamorphic_guard.runner.ahead import request_ahead
from pytest_metamorphic_guard.runner.calling import LEAST_CALLS, Caller
from pytest_metamorphic_guard.runner.requests import Answered
from pytest_metamorphic_guard.runner.solving import number_kind
from pytest_metamorphic_guard.tasks.declarations import Law, MetamorphicRelation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_metamorphic_guard.contracts.executors import Call
    from pytest_metamorphic_guard.runner.cases import Case
    from pytest_metamorphic_guard.runner.requests import Request
    from pytest_metamorphic_guard.runner.run import Run

__all__ = ["call_together", "count_together"]

# So many cases at most, and so many milliseconds: what follows a violation is called in vain.
_MOST_CASES = 32
_MOST_MS = 2.0
_LEAST_MS = 0.01
# Calls of such a row that take longer are no longer made together.
_SLOW_S = 0.1


class _Asked(NamedTuple):
    case: Case
    kind: str
    request: Request


def count_together(run: Run) -> int:
    """Return for how many cases the calls may be made together; 0 where they are not."""
    subject = run.entry.subject
    if isinstance(subject, Law) or run.first is not None:
        return 0
    if isinstance(subject, MetamorphicRelation) and subject.repeats_call:
        return 0
    slowest = _LEAST_MS
    for caller in run.callers:
        # What is special about a caller is special about every single call.
        if type(caller) is not Caller or not caller.goes_together or caller.pool is not None:
            return 0
        # What is derived from ours, or stands before it, is to see every call by itself.
        if not caller.loaded.is_ours or not hasattr(caller.loaded.executor, "begin_all"):
            return 0
        if caller.executions < LEAST_CALLS:
            return 0
        slowest = max(slowest, caller.spent_ms / caller.executions)
    most = min(_MOST_CASES, int(_MOST_MS / slowest))
    return most if most > 1 else 0


def call_together(run: Run, cases: Sequence[Case], meanwhile: Callable[[], None]) -> bool:
    """Make the calls of these cases, which are planned; false where no more are worth it.

    Those that were not made then are made when it is the turn of their case.

    Args:
        run: The item's run.
        cases: The cases.
        meanwhile: What there is to do until the processes have answered.
    """
    begun = time.monotonic()
    waiting: list[tuple[Caller, list[_Asked], Callable[[], list[Any]]]] = []
    is_worth_it = True
    try:
        for caller in run.order_callers(cases[0]):
            asked = _list_asked(run, cases, caller)
            finish = _begin(caller, asked) if len(asked) > 1 else None
            if finish is not None:
                waiting.append((caller, asked, finish))
            elif len(asked) > 1:
                is_worth_it = False
        if waiting:
            before = time.monotonic()
            meanwhile()
            begun += time.monotonic() - before  # it is no time of a call
        while waiting:
            caller, asked, finish = waiting.pop(0)
            payloads = finish()
            is_worth_it = is_worth_it and len(payloads) == len(asked)
            for one, payload in zip(asked, payloads, strict=False):
                one.case.ahead[caller.role, one.kind] = Answered(payload, one.request)
    except BaseException:
        for caller, _, _ in waiting:
            caller.restart()  # nobody reads what is on its way
        raise
    return is_worth_it and time.monotonic() - begun < _SLOW_S


def _begin(caller: Caller, asked: Sequence[_Asked]) -> Callable[[], list[Any]] | None:
    call: Call = asked[0].request.to_call()
    given = [one.request.args for one in asked]
    begin_all = caller.loaded.executor.begin_all  # type: ignore[attr-defined]
    found: Callable[[], list[Any]] | None = begin_all(
        call.file_path, call.func_name, given, call.timeout_s, call.mem_mb
    )
    return found


def _list_asked(run: Run, cases: Sequence[Case], caller: Caller) -> list[_Asked]:
    asked = []
    needs_followup, packs = isinstance(run.entry.subject, MetamorphicRelation), caller.packs
    for case in cases:
        plan = case.plan
        if plan is None or not plan.applies or (needs_followup and not plan.followups):
            continue
        sources = case.sources if packs else case.copy()
        for kind, inputs in (("source", sources), ("followup", plan.followups)):
            for number, args in enumerate(inputs):
                name = number_kind(kind, number)
                request = request_ahead(caller, name, args, case)
                if request is not None:
                    asked.append(_Asked(case, name, request))
    return asked
