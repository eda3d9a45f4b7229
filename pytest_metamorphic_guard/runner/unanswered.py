"""Runs that hold only because nothing was called, which shows nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.runner.call_errors import Unusable
from pytest_metamorphic_guard.tasks.claims import is_recorded
from pytest_metamorphic_guard.tasks.declarations import Agreement, Law

if TYPE_CHECKING:
    from pytest_metamorphic_guard.runner.calling import Caller
    from pytest_metamorphic_guard.runner.run import Run

__all__ = ["require_answers"]


def require_answers(run: Run) -> None:
    """Refuse a run that holds only because nothing was called.

    Raises:
        Unusable: A law called nothing under a gate; every call of a role was refused; or no call
            of the baseline returned, where its failures excuse those of the candidate.
    """
    before = run.baseline
    kept = before is not None and is_recorded(before.implementation.target)
    if before is not None and kept and before.availability.lost:
        # What has no answer to compare with is no sample to adopt on.
        said = f"{run.entry.name!r} shows nothing: {before.describe_lost()}"
        raise Unusable(run.broken(said))
    if run.settings.shard is not None:  # judged when all shares are merged
        return
    is_law = isinstance(run.entry.subject, Law)
    # Without a gate nothing is adopted on it.
    if is_law and run.settings.gate and run.cases and not run.candidate.executions:
        fault = f"law {run.entry.name!r} shows nothing: it called solve(...) in no case"
        raise Unusable(run.broken(fault))
    for caller in run.callers:
        if is_law and _is_refused(caller):
            raise Unusable(run.broken(_say(run, caller, "was refused")))
    if isinstance(run.entry.subject, Agreement) and not run.settings.gate:
        return  # both raise alike, which is an agreement, and nothing is adopted on it
    # A replay runs only what was seen before, which may be inputs that the baseline refuses.
    excuses = run.settings.fail_on == "regression" or isinstance(run.entry.subject, Agreement)
    if before is None or not excuses or run.settings.replay is not None:
        return
    expects_returns = not is_law or run.shared_violations > 0
    if expects_returns and before.executions and not before.returned:
        raise Unusable(run.broken(_say(run, before, "failed")))


def _is_refused(caller: Caller) -> bool:
    return 0 < caller.executions == caller.refused


def _say(run: Run, caller: Caller, what: str) -> str:
    who = f"{caller.role} {caller.implementation.specification}"
    return (
        f"every call of {who} {what}, so {run.entry.name!r} shows nothing; the first one: "
        f"{caller.first_failure[:200]}"
    )
