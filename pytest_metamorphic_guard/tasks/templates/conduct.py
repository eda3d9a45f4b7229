"""How a function behaves, whatever it computes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.relations.raised import RaisedAnswer
from pytest_metamorphic_guard.tasks.declarations import MetamorphicRelation, Property
from pytest_metamorphic_guard.values.equivalence import equal_values

if TYPE_CHECKING:
    from typing import Unpack

    from pytest_metamorphic_guard.tasks.templates.filling import Words

__all__ = ["deterministic", "keeps_arguments", "never_raises"]


def deterministic(**words: Unpack[Words]) -> MetamorphicRelation:
    """The same input gives the same output.

    Args:
        words: ``name``, ``precondition``, ``min_pass_rate``.
    """
    settled: Any = {
        "name": "deterministic",
        "description": "The same input gives the same output",
        **words,
    }
    return MetamorphicRelation(transform=_stay, repeats_call=True, **settled)


def keeps_arguments(**words: Unpack[Words]) -> Property:
    """A call leaves its arguments as they were; the executors local and inprocess tell it.

    Args:
        words: ``name``, ``precondition``, ``min_pass_rate``.
    """
    said = "A call leaves its arguments as they were"
    settled: Any = {"name": "keeps_arguments", "description": said, **words}
    return Property(_keep_arguments, **settled)


def never_raises(**words: Unpack[Words]) -> Property:
    """Every call returns, also where the task counts exceptions as answers.

    Args:
        words: ``name``, ``precondition``, ``min_pass_rate``.
    """
    settled: Any = {"name": "never_raises", "description": "Every call returns", **words}
    return Property(_return, **settled)


def _stay(*inputs: Any) -> tuple[Any, ...]:
    return inputs


def _keep_arguments(_output: Any, *inputs: Any, arguments: tuple[Any, ...] | None) -> None:
    for number, (before, after) in enumerate(zip(inputs, arguments or (), strict=False), start=1):
        if not equal_values(before, after):
            raise AssertionError(f"argument {number} is left as {after!r:.80}")


def _return(output: Any) -> None:
    raised = isinstance(output, RaisedAnswer)
    if raised:
        raise AssertionError(f"it raised {output}")
