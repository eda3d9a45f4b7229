"""Expectations made of others, and of parts of outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.relations.condition import Expectation, Question
from pytest_metamorphic_guard.relations.expectations import to_expectation
from pytest_metamorphic_guard.relations.raised import RaisedAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_metamorphic_guard.relations.condition import Same

__all__ = ["StrangeAnswerError", "all_of", "any_of", "negated", "on"]


class StrangeAnswerError(Exception):
    """A function of the user's answered with something else than a truth value.

    Args:
        name: The function's name.
        answer: What it returned.
    """

    def __init__(self, name: str, answer: object) -> None:
        super().__init__(name, answer)
        self.name = name
        self.answer = answer

    def __str__(self) -> str:
        kind = type(self.answer).__name__
        return f"{self.name} returned a {kind}, expected True, False, or an assert"


def all_of(*expected: object) -> Expectation:
    """Expect all of these; each is what ``expect=`` takes.

    Raises:
        TypeError: One is no expectation, or none is given.
    """
    parts = _read("all_of", expected)

    def check(same: Same, *values: Any) -> bool:
        return all(_ask(part, same, values) for part in parts)

    def find_question(same: Same, source: Any, followup: Any) -> Question | None:
        # What takes inputs cannot be asked again without them.
        for part in parts:
            if not part.takes_inputs and not part.ask(same, source, followup):
                return Question(part, source, followup, "one of several")
        return None

    described = ", and ".join(part.description for part in parts)
    return _combine("all_of", described, check, parts, find_question)


def any_of(*expected: object) -> Expectation:
    """Expect one of these at least; each is what ``expect=`` takes.

    Raises:
        TypeError: One is no expectation, or none is given.
    """
    parts = _read("any_of", expected)

    def check(same: Same, *values: Any) -> bool:
        return any(_holds(part, same, values) for part in parts)

    described = ", or ".join(part.description for part in parts)
    return _combine("any_of", described, check, parts, None)


def negated(expected: object) -> Expectation:
    """Expect that this does not hold.

    Raises:
        TypeError: It is no expectation.
    """
    (part,) = _read("negated", (expected,))

    def check(same: Same, *values: Any) -> bool:
        return not _holds(part, same, values)

    return _combine("negated", f"it is not so that {part.description}", check, (part,), None)


def on(part: Callable[[Any], Any], expected: object) -> Expectation:
    """Expect something of a part of the outputs: ``on(lambda out: out["price"], non_decreasing)``.

    Args:
        part: Takes an output and returns the part.
        expected: What ``expect=`` takes.

    Raises:
        TypeError: One of them is wrong.
    """
    if not callable(part):
        raise TypeError(f"on({part!r:.60}, ...): expected a function of an output")
    (inner,) = _read("on", (expected,))

    def take(side: Any, *, many: bool = False) -> Any:
        if many:
            return tuple(map(take, side))
        return side if isinstance(side, RaisedAnswer) else part(side)

    def check(same: Same, source: Any, followup: Any, *inputs: Any) -> bool:
        values = take(source, many=bool(inner.takes_sources)), take(followup)
        return _ask(inner, same, (*values, *inputs))

    def find_question(_same: Same, source: Any, followup: Any) -> Question:
        first = take(source, many=bool(inner.takes_sources))
        return Question(inner, first, take(followup), "parts")

    name = getattr(part, "__name__", "")
    named = f"{name}()" if name and name != "<lambda>" else "a part of each output"
    described = f"of {named}: {inner.description}"
    return _combine("on", described, check, (inner,), find_question, copies=True)


def _read(name: str, given: Sequence[object]) -> tuple[Expectation, ...]:
    if not given:
        raise TypeError(f"{name}(): give what is expected")
    read = [to_expectation(one) for one in given]
    for one in read:
        if isinstance(one, str):
            raise TypeError(f"{name}(): {one}")
    found = tuple(one for one in read if isinstance(one, Expectation))
    if any(one.name == "properties_hold" for one in found):
        raise TypeError(f"{name}(): properties_hold stands for itself")
    if len({one.takes_sources for one in found} - {None}) > 1:
        names = " and ".join(one.name for one in found)
        raise TypeError(f"{name}(): of {names} one takes all sources and one takes a single source")
    return found


def _find_sources(parts: Sequence[Expectation]) -> bool | None:
    return next((one.takes_sources for one in parts if one.takes_sources is not None), None)


def _combine(  # noqa: PLR0913 - as an expectation
    name: str,
    described: str,
    check: Callable[..., object],
    parts: Sequence[Expectation],
    reduce: Callable[[Same, Any, Any], Question | None] | None,
    *,
    copies: bool = False,
) -> Expectation:
    return Expectation(
        name,
        described,
        check,
        takes_inputs=any(part.takes_inputs for part in parts),
        built_in=all(part.built_in for part in parts),
        takes_sources=_find_sources(parts),
        copies=copies or any(part.copies for part in parts),
        takes_raised=True,
        answers=tuple(kind for part in parts for kind in part.answers),
        reduce=reduce,
    )


def _ask(part: Expectation, same: Same, values: Sequence[Any]) -> bool:
    answer = part.ask(same, *(values if part.takes_inputs else values[:2]))
    # A function of the user's that asserts returns nothing.
    if answer is None or answer is True or answer is False:
        return answer is not False
    if type(answer).__module__ == "numpy" and getattr(answer, "ndim", 1) == 0:
        return bool(answer)
    raise StrangeAnswerError(part.name, answer)


def _holds(part: Expectation, same: Same, values: Sequence[Any]) -> bool:
    try:
        return _ask(part, same, values)
    except AssertionError:  # how a function of the user's says no
        return False
