"""What a function does to its own outputs, and to arguments in another order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.relations.condition import Expectation
from pytest_metamorphic_guard.tasks.declarations import Law, MetamorphicRelation
from pytest_metamorphic_guard.tasks.templates.filling import Words, replace_at

if TYPE_CHECKING:
    from typing import Unpack

__all__ = ["associative", "commutative", "idempotent", "involutive"]


def idempotent(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """Doing it again to its own output changes nothing: f(f(x)) is f(x).

    Args:
        argument: Position of the argument in whose place the output is given; others stay.
        words: ``name``, ``precondition``, ``min_pass_rate``.
    """

    def give_back(*inputs: Any, output: Any) -> tuple[Any, ...]:
        return replace_at(inputs, argument, output)

    return _make(
        "idempotent",
        "Doing it again to its own output changes nothing: f(f(x)) is f(x)",
        words,
        transform=give_back,
    )


def involutive(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """Doing it twice gives the input back: f(f(x)) is x.

    Args:
        argument: Position of the argument in whose place the output is given; others stay.
        words: ``name``, ``precondition``, ``min_pass_rate``.
    """

    def give_back(*inputs: Any, output: Any) -> tuple[Any, ...]:
        return replace_at(inputs, argument, output)

    expected = Expectation(
        "involutive",
        "the follow-up output is the source input",
        lambda same, _source, followup, inputs, _made: same(inputs[argument], followup),
        takes_inputs=True,
        built_in=False,
        takes_sources=None,
    )
    return _make(
        "involutive",
        "Doing it twice gives the input back: f(f(x)) is x",
        words,
        transform=give_back,
        expect=expected,
    )


def commutative(*, first: int = 0, second: int = 1, **words: Unpack[Words]) -> MetamorphicRelation:
    """The order of two arguments does not matter: f(a, b) is f(b, a).

    Args:
        first: Position of one of them.
        second: Position of the other.
        words: ``name``, ``precondition``, ``min_pass_rate``.
    """

    def swap(*inputs: Any) -> tuple[Any, ...]:
        return replace_at(replace_at(inputs, first, inputs[second]), second, inputs[first])

    return _make(
        "commutative",
        "The order of two arguments does not matter: f(a, b) is f(b, a)",
        words,
        transform=swap,
    )


def associative(**words: Unpack[Words]) -> Law:
    """Brackets do not matter: f(f(a, b), c) is f(a, f(b, c)).

    For functions of two arguments and what they return; ``c`` is the first one of another input.

    Args:
        words: ``name``, ``precondition``, ``min_pass_rate``.
    """

    def brackets(solve: Any, one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
        (first, second, *rest), third = one, other[0]
        left = solve(solve(first, second, *rest), third, *rest)
        right = solve(first, solve(second, third, *rest), *rest)
        if not solve.equivalence(left, right):
            raise AssertionError(f"f(f(a, b), c) is {left!r:.60}, f(a, f(b, c)) is {right!r:.60}")

    said = "Brackets do not matter: f(f(a, b), c) is f(a, f(b, c))"
    settled: Any = {"name": "associative", **words}
    return Law(body=brackets, sources=2, description=said, shows_lines=False, **settled)


def _make(name: str, said: str, words: Words, **own: Any) -> MetamorphicRelation:
    settled: Any = {"name": name, "description": said, **own, **words}
    return MetamorphicRelation(**settled)
