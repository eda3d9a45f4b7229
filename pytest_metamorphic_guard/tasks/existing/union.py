"""The inputs of several sources as those of one task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.errors import TaskError
from pytest_metamorphic_guard.tasks.inputs import (
    FixedInputs,
    GeneratedInputs,
    Inputs,
    StrategyInputs,
    to_inputs,
)
from pytest_metamorphic_guard.tasks.locations import find_caller

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["union"]


def union(*sources: Any) -> Inputs:
    """Take the inputs of several sources: files, recorded calls, types, lists and strategies.

    Of lists and files alone, the inputs run in order, each once: one that stands in several sources
    is left out after the first time. With a strategy among the sources inputs are drawn, as often
    from one source as from another.

    Args:
        sources: What ``Task(inputs=)`` takes, apart from generator functions. Those whose arguments
            have names must have the same; their order is that of the first.

    Raises:
        TaskError: The sources cannot be combined; with all faults.
    """
    __tracebackhide__ = True
    parts = [to_inputs(source) for source in sources]
    faults = _find_faults(parts)
    if faults:
        where = find_caller()
        raise TaskError(None, faults, str(where) if where else None)
    read = [part for part in parts if isinstance(part, FixedInputs | StrategyInputs)]
    names = next((part.names for part in read if part.names is not None), None)
    ids: dict[str, str] = {}
    for part in read:
        ids |= part.ids or {}
    left_out = tuple(phrase for part in read for phrase in part.left_out)
    lists = [_arrange(part, names) for part in read if isinstance(part, FixedInputs)]
    strategies = [_to_tuples(part, names) for part in read if isinstance(part, StrategyInputs)]
    if not strategies:
        cases, twice = _join(lists)
        if twice:
            left_out += (f"{twice} inputs that stand in several sources, or twice",)
        return FixedInputs(cases, names, ids or None, left_out)
    # Not loaded to declare a task whose inputs are no strategies.
    from hypothesis import strategies as st

    drawn = st.one_of(*map(st.sampled_from, lists), *strategies)
    return StrategyInputs(drawn, names, ids or None, left_out)


def _find_faults(parts: Sequence[Inputs | str]) -> list[str]:
    if not parts:
        return ["union() has no sources"]
    faults = []
    named: tuple[str, ...] | None = None
    width: int | None = None
    for number, part in enumerate(parts, 1):
        what = f"source {number} of union()"
        if isinstance(part, str):
            faults.append(f"{what}: {part}")
            continue
        if isinstance(part, GeneratedInputs):
            faults.append(f"{what} is a function: call it, as in gen_inputs(100, 0)")
            continue
        if part.names is not None:
            named = part.names if named is None else named
            if set(part.names) != set(named):
                faults.append(f"{what} has the arguments {_list(part.names)}, not {_list(named)}")
                continue
        width = part.arity if width is None else width
        if part.arity is not None and part.arity != width:
            faults.append(f"{what} has {part.arity} arguments, another has {width}")
    return faults


def _arrange(part: FixedInputs, names: tuple[str, ...] | None) -> list[tuple[Any, ...]]:
    if part.names is None or names is None or part.names == names:
        return list(part.cases)
    order = [part.names.index(name) for name in names]
    return [tuple(case[index] for index in order) for case in part.cases]


def _to_tuples(part: StrategyInputs, names: tuple[str, ...] | None) -> Any:
    from hypothesis import strategies as st  # as above

    if isinstance(part.strategy, dict):
        return st.tuples(*(part.strategy[name] for name in names or part.strategy))
    if part.names is None or names is None or part.names == names:
        return part.strategy
    order = [part.names.index(name) for name in names]
    return part.strategy.map(lambda case: tuple(case[index] for index in order))


def _join(lists: Sequence[list[tuple[Any, ...]]]) -> tuple[list[tuple[Any, ...]], int]:
    seen: set[str] = set()
    cases = []
    count = 0
    for case in (case for one in lists for case in one):
        count += 1
        # Arguments such as lists have no hash; equal plain data have the same text.
        text = repr(case)
        if text not in seen:
            seen.add(text)
            cases.append(case)
    return cases, count - len(cases)


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names)
