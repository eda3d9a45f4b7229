"""A check of the user's, asked about values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.runner.case_results import Fault
from pytest_metamorphic_guard.runner.user_errors import is_users, say
from pytest_metamorphic_guard.values.budget import spending
from pytest_metamorphic_guard.values.deciding import deciding

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.runner.case_results import FaultKind

__all__ = ["ask"]


def ask(
    kind: FaultKind, check: Callable[..., object], values: tuple[Any, ...]
) -> tuple[Fault | None, str]:
    """Ask a check of the user's: no fault means that it holds, a text that it is no check."""
    __tracebackhide__ = True
    fault = answer = None
    with deciding() as met, spending():
        try:
            answer = check(*values)
        except BaseException as error:
            if not is_users(error):
                raise
            fault = Fault(kind, say(error), error)
    if met:
        raise met[0]
    if fault is not None:
        # Not loaded for a run in which all holds, which starts sooner.
        from pytest_metamorphic_guard.relations.combining import StrangeAnswerError

        if isinstance(fault.error, StrangeAnswerError):
            return None, f"cannot be told: {fault.error}"
        return fault, ""
    if answer is None or answer is True:
        return None, ""
    if answer is False:
        return Fault(kind, ""), ""
    advice = f"a {type(answer).__name__}"
    if type(answer).__module__ == "numpy" and str(getattr(answer, "dtype", "")) == "bool":
        if getattr(answer, "ndim", 0) == 0:
            return (None if answer else Fault(kind, "")), ""
        advice = "an array of truth values (reduce it with .all() or .any())"
    return None, f"returned {advice}, expected True, False, or an assert"
