"""Expectations with a hole: what the follow-up output should be, told by the source output."""

from __future__ import annotations

import inspect
from functools import reduce
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.relations.arithmetic import add, scale, shift
from pytest_metamorphic_guard.relations.condition import Expectation, Question, equal
from pytest_metamorphic_guard.relations.raised import RaisedAnswer, name_kinds, read_kinds
from pytest_metamorphic_guard.values.approximation import approx

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.relations.condition import Same
    from pytest_metamorphic_guard.relations.raised import ExceptionKind

__all__ = ["maps", "predict", "raises", "scaled", "shifted", "sum_of_sources", "within"]


def predict(
    name: str,
    description: str,
    function: Callable[[Any], Any],
    *,
    copies: bool = False,
    takes_sources: bool = False,
) -> Expectation:
    """Return the expectation that the follow-up output is a function of the source output.

    Args:
        name: Its name.
        description: What it says, as a sentence without full stop.
        function: Takes the source output, or the tuple of all source outputs.
        copies: The function is the user's, and may change what it is given.
        takes_sources: It takes the tuple.
    """

    def find_question(_same: Same, source: Any, followup: Any) -> Question:
        return Question(equal, function(source), followup, "predicted")

    def check(same: Same, source: Any, followup: Any) -> object:
        return same(function(source), followup)

    return Expectation(
        name,
        description,
        check,
        takes_sources=takes_sources,
        copies=copies,
        reduce=find_question,
    )


def maps(function: Callable[[Any], Any]) -> Expectation:
    """Expect the follow-up output to be ``function(source_output)``.

    Raises:
        TypeError: It is no function.
    """
    if not callable(function):
        raise TypeError(f"maps({function!r:.60}): expected a function of the source output")
    return predict("maps", _describe_map(function), function, copies=True)


def scaled(c: Any) -> Expectation:
    """Expect the follow-up output to be ``c`` times the source output, in every number of it."""
    return predict(
        "scaled",
        f"the follow-up output is {c!r} times the source output",
        lambda output: scale(output, c),
    )


def shifted(c: Any) -> Expectation:
    """Expect the follow-up output to be the source output plus ``c``, in every number of it."""
    return predict(
        "shifted",
        f"the follow-up output is the source output plus {c!r}",
        lambda output: shift(output, c),
    )


def within(*, rel: float = 0.0, abs: float = 0.0) -> Expectation:  # noqa: A002 - as in approx
    """Expect numbers of the follow-up output to be near those of the source output.

    Args:
        rel: Tolerated difference relative to the larger of both numbers.
        abs: Tolerated absolute difference; the larger tolerance counts.

    Raises:
        ValueError: A tolerance is negative, or none is given.
    """
    if not rel and not abs:
        raise ValueError("within(): give rel= or abs=; without a tolerance it is equal")
    same = approx(rel=rel, abs=abs)
    tolerances = [f"{rel * 100:g} %"] if rel else []
    tolerances += [f"{abs:g}"] if abs else []
    return Expectation(
        "within",
        f"the follow-up output is within {' or '.join(tolerances)} of the source output",
        lambda _same, source, followup: same(source, followup),
        same=same,
    )


def raises(*kinds: ExceptionKind) -> Expectation:
    """Expect the follow-up call to raise one of these exceptions, which are its answers then.

    Args:
        kinds: Exception classes or their names; none for all that the task names with ``raises=``.

    Raises:
        TypeError: One is no exception.
    """
    read, faults = read_kinds(kinds, "raises()")
    if faults:
        raise TypeError(faults[0])

    def check(_same: Same, _source: Any, followup: Any) -> bool:
        return isinstance(followup, RaisedAnswer) and (not read or followup.is_a(*read))

    described = f"the follow-up call raises {name_kinds(read)}".rstrip()
    return Expectation("raises", described, check, takes_raised=True, answers=read)


sum_of_sources = predict(
    "sum_of_sources",
    "the follow-up output is the sum of the source outputs",
    lambda outputs: reduce(add, outputs),
    takes_sources=True,
)


def _describe_map(function: Callable[..., object]) -> str:
    doc = inspect.getdoc(function) if inspect.isroutine(function) else None
    name = getattr(function, "__name__", type(function).__name__)
    if inspect.isbuiltin(function) or not doc:
        called = "what the function of maps() makes" if name == "<lambda>" else f"{name}()"
        return f"the follow-up output is {called} of the source output"
    return f"{name}(): {doc.splitlines()[0].rstrip('.')}"
