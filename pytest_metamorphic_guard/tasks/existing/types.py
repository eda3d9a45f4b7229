"""Inputs made from the type hints of a function."""

from __future__ import annotations

import inspect
import typing
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.errors import TaskError
from pytest_metamorphic_guard.tasks.existing.drawn_types import CannotDraw, draw_type
from pytest_metamorphic_guard.tasks.inputs import StrategyInputs, is_strategy
from pytest_metamorphic_guard.tasks.locations import find_caller

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["from_types"]


def from_types(function: Callable[..., Any], /, **strategies: Any) -> StrategyInputs:
    """Make inputs from the type hints of a function.

    Each parameter that is passed by position gets what hypothesis makes for its type: plain types,
    containers, unions, enums, dataclasses, and models of pydantic within their constraints.

    Args:
        function: The function, or a class that is made. Only its signature is read.
        strategies: Strategies for parameters, by name, in the place of their hints.

    Returns:
        What ``Task(inputs=)`` takes: named inputs. A parameter that has no hint, or one that is
        passed by keyword only, keeps its default, and the run says so.

    Raises:
        TaskError: Parameters that have to be given have no type of which values can be made; with
            one line for each.
    """
    __tracebackhide__ = True
    name = getattr(function, "__name__", repr(function))
    try:
        faults, chosen, left_out = _choose(function, strategies)
    except (TypeError, ValueError, NameError) as error:
        faults, chosen, left_out = [f"its signature cannot be read: {error}"], {}, []
    if not faults and not chosen:
        faults = ["no parameter can be given by position"]
    if faults:
        where = find_caller()
        wrong = [f"inputs from the types of {name}: {fault}" for fault in faults]
        raise TaskError(None, wrong, str(where) if where else None)
    said = tuple(f"{phrase} of {name}" for phrase in left_out)
    return StrategyInputs(chosen, tuple(chosen), None, said)


def _choose(
    function: Callable[..., Any], strategies: Mapping[str, Any]
) -> tuple[list[str], dict[str, Any], list[str]]:
    """Return what is wrong, the strategies by name, and what is left out."""
    parameters = inspect.signature(function).parameters
    of = function.__init__ if inspect.isclass(function) else function
    hints = typing.get_type_hints(of, include_extras=True)
    faults = [
        f"it has no parameter {name!r}, for which a strategy is given"
        for name in strategies
        if name not in parameters
    ]
    faults += [
        f"{name}={value!r:.40} is no strategy of hypothesis"
        for name, value in strategies.items()
        if not is_strategy(value)
    ]
    chosen: dict[str, Any] = {}
    left_out: list[str] = []
    by_default = False
    for parameter in parameters.values():
        name = parameter.name
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            left_out.append(f"the parameter {parameter!s:.60}")
            continue
        required = parameter.default is parameter.empty
        if parameter.kind is parameter.KEYWORD_ONLY:
            if required:
                faults.append(
                    f"the parameter {name!r} is passed by keyword only, and inputs are passed by "
                    "position: wrap the function in one that takes it by position"
                )
            else:
                left_out.append(f"the keyword parameter {name}")
            continue
        given = strategies.get(name)
        if given is None and name not in hints and not required:
            by_default = True
        if by_default:
            # What stands behind one that keeps its default cannot be reached by position.
            left_out.append(f"the parameter {name}")
            continue
        try:
            chosen[name] = _find_strategy(given, hints.get(name, inspect.Parameter.empty))
        except CannotDraw as wrong:
            faults.append(
                f"the parameter {name!r} {wrong}, or give it a strategy: "
                f"from_types(..., {name}=st....)"
            )
    return faults, chosen, left_out


def _find_strategy(given: Any, hint: Any) -> Any:
    if given is not None:
        return given
    if hint is inspect.Parameter.empty:
        raise CannotDraw("has no type hint: write one")
    return draw_type(hint)
