"""Operations on an object: what a task says of them, and the steps that an input has."""

from __future__ import annotations

from typing import Any

from pytest_metamorphic_guard.contracts.arguments import Call
from pytest_metamorphic_guard.tasks.inputs import (
    FixedInputs,
    Inputs,
    StrategyInputs,
    is_strategy,
    to_inputs,
)

__all__ = ["NAME", "Step", "add_operations", "part_inputs", "read_steps"]

# What the last input is called, where the others have names.
NAME = "operations"
_PAIR = 2

Step = tuple[str, tuple[Any, ...], dict[str, Any]]


def add_operations(given: object, operations: object) -> Inputs | str:
    """Return the inputs of a task with operations; a string that comes back says what is wrong.

    Args:
        given: What the user gave as ``inputs=``: what the object is made with; None for nothing.
        operations: A strategy of lists of ``(method, arguments)``, or a list of such lists.
    """
    if not is_strategy(operations):
        return _add_listed(given, operations)
    drawn: Any = operations
    if given is None:
        return StrategyInputs({NAME: drawn}, (NAME,))
    read = to_inputs(given)
    if isinstance(read, str):
        return read
    if not isinstance(read, StrategyInputs):
        return "inputs= beside operations= must be a strategy, or a dict of them"
    if read.names is None:
        return read._replace(operations=drawn)
    named = {**read.strategy, NAME: drawn}
    return read._replace(strategy=named, names=tuple(named))


def read_steps(operations: object) -> tuple[Step, ...] | str:
    """Return the steps of one sequence; a string that comes back says what is wrong with it."""
    if not isinstance(operations, list | tuple) or isinstance(operations, Call):
        return f"operations yields a {type(operations).__name__}, expected a list of steps"
    steps: list[Step] = []
    for number, step in enumerate(operations, start=1):
        match step:
            case (str(name),) if name.isidentifier():
                steps.append((name, (), {}))
            case (str(name), Call() as call) if name.isidentifier():
                steps.append((name, call.args, call.named))
            case (str(name), tuple(args) | list(args)) if name.isidentifier():
                steps.append((name, tuple(args), {}))
            case _:
                return (
                    f"step {number} of operations is {step!r:.80}, expected (method, arguments), "
                    "such as ('deposit', (5,))"
                )
    return tuple(steps)


def part_inputs(
    task: Any, inputs: tuple[Any, ...]
) -> tuple[tuple[Any, ...], dict[str, Any], object]:
    """Return with what the object of a case is made, those of it that have names, and the steps."""
    names = task.inputs.names if type(inputs) is not Call else inputs.keywords
    named = dict(zip(names or (), tuple(inputs)[len(inputs) - len(names or ()) :], strict=True))
    args = tuple(inputs)[: len(inputs) - len(named)]
    if NAME in named:
        operations = named.pop(NAME)
        return args, named, operations
    return args[:-1], named, args[-1]


def _add_listed(given: object, operations: object) -> Inputs | str:
    if isinstance(operations, str | bytes) or not hasattr(operations, "__getitem__"):
        return (
            f"operations is a {type(operations).__name__}, expected a strategy of lists of "
            "(method, arguments), or a list of such lists"
        )
    if given is not None:
        return "inputs= beside operations= needs operations that are a strategy: use construct="
    cases = [(one,) for one in operations]  # type: ignore[attr-defined]
    if not cases:
        return "operations is empty"
    faults = [fault for fault in (read_steps(one) for (one,) in cases) if isinstance(fault, str)]
    return faults[0] if faults else FixedInputs(cases)
