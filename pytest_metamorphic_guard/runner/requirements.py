"""What a run must have done to say anything: cases ran, calls were made, outputs were compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.runner.availability import lose_too_many
from pytest_metamorphic_guard.runner.call_errors import Unusable
from pytest_metamorphic_guard.tasks.declarations import MetamorphicRelation

if TYPE_CHECKING:
    from pytest_metamorphic_guard.runner.run import Run

__all__ = ["require_available", "require_cases", "require_decided"]


def require_cases(run: Run) -> None:
    """Refuse a run that says nothing because hardly a case took part.

    Raises:
        Unusable: No case ran, or more than ten were skipped for each that ran.
    """
    # A share says little by itself: that is judged when all are merged.
    if run.settings.shard is not None:
        return
    require_available(run)
    tried = run.cases + run.skipped
    if run.says_something:
        return
    if not run.cases:
        require_decided(run)
    if run.skipped:
        fault = (
            f"{run.entry.name!r}: {_name_skipper(run)} skipped {run.skipped} of {tried} "
            "cases; draw inputs that meet it, so that the check means something"
        )
    else:
        fault = f"{run.entry.name!r}: no case ran; the inputs yield nothing"
    raise Unusable(run.broken(fault))


def require_available(run: Run) -> None:
    """Refuse a run of which too many calls could not be made.

    Raises:
        Unusable: More than a tenth of the calls of one role, or of all cases, were lost.
    """
    lossy = [caller for caller in run.callers if caller.availability.is_too_low]
    # A case ends with the first call that is lost, whosever it is.
    if lose_too_many(run.cases, [caller.availability.lost for caller in run.callers]):
        lossy = lossy or [caller for caller in run.callers if caller.availability.lost]
    if lossy:
        said = " and ".join(caller.describe_lost() for caller in lossy)
        fault = f"{run.entry.name!r} could not be judged: {said}"
        raise Unusable(run.broken(f"{fault}; try again when they can be made"))


def require_decided(run: Run) -> None:
    """Refuse a run in which an output could not be compared.

    Raises:
        Undecided: There is such an output.
    """
    if run.undecided is not None:
        raise run.undecided


def _name_skipper(run: Run) -> str:
    if run.task.precondition or run.entry.subject.precondition:
        return "the precondition"
    if isinstance(run.entry.subject, MetamorphicRelation) and run.entry.subject.yields:
        return "the transformation, which yields no follow-up input,"
    return "hypothesis.assume()"
