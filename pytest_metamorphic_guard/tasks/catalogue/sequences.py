"""Relations of functions of lists, tuples and sets."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.relations.arithmetic import add
from pytest_metamorphic_guard.relations.expectations import is_permutation, is_superset
from pytest_metamorphic_guard.relations.holes import predict
from pytest_metamorphic_guard.tasks.catalogue.page import (
    at,
    make_law,
    make_relation,
    read_sentence,
)
from pytest_metamorphic_guard.tasks.declarations import Law, Property
from pytest_metamorphic_guard.tasks.templates.filling import replace_at

if TYPE_CHECKING:
    from random import Random
    from typing import Unpack

    from pytest_metamorphic_guard.tasks.declarations import MetamorphicRelation
    from pytest_metamorphic_guard.tasks.templates.filling import Words

__all__ = [
    "copies_free",
    "joins_parts",
    "keeps_elements",
    "keeps_found",
    "merges_parts",
    "order_follows",
    "order_free",
    "same_elements",
    "sums_parts",
]


def order_free(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """The order of the elements does not matter.

    Holds where the sequence stands for a set or a bag, as in sums, counts, ranges and sorting.
    """

    def shuffle(*inputs: Any, rng: Random) -> tuple[Any, ...]:
        return replace_at(inputs, argument, _shuffle(inputs[argument], rng))

    return make_relation(order_free, words, shuffle)


def same_elements(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """The order of the elements changes at most the order of the output.

    Holds where elements are chosen or changed each by itself, as in filters.
    """

    def shuffle(*inputs: Any, rng: Random) -> tuple[Any, ...]:
        return replace_at(inputs, argument, _shuffle(inputs[argument], rng))

    return make_relation(same_elements, words, shuffle, is_permutation)


def order_follows(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """Elements the other way round give the output the other way round.

    Holds where each element has its own answer, in its own place.
    """
    backwards = predict(
        "backwards", "the follow-up output is the source output backwards", lambda out: out[::-1]
    )
    return make_relation(order_follows, words, at(argument, lambda seq: seq[::-1]), backwards)


def copies_free(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """An element that is there already changes nothing when it comes again.

    Holds where the sequence stands for a set: distinct elements, a smallest or largest one.
    """

    def repeat(*inputs: Any, rng: Random) -> Any:
        elements = inputs[argument]
        if len(elements):
            start = rng.randrange(len(elements))
            again = elements[start : start + 1]
            yield replace_at(inputs, argument, elements + again)

    return make_relation(copies_free, words, repeat)


def keeps_found(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """What is found among some elements is found among more of them.

    Holds where each element is chosen for what it is, as in filters and searches without a limit.
    """

    def cut(*inputs: Any, rng: Random) -> tuple[Any, ...]:
        # The follow-up has fewer elements, so that nothing need be made up.
        return _split(inputs, argument, rng)[0]

    return make_relation(keeps_found, words, cut, is_superset)


def joins_parts(*, argument: int = 0, **words: Unpack[Words]) -> Law:
    """The outputs of two parts, one after the other, are the output of the whole.

    Holds where elements are answered one by one and in order, as in filters and translations.
    """

    def join(solve: Any, *inputs: Any, rng: Random) -> None:
        head, tail = _split(inputs, argument, rng)
        joined, whole = solve(*head) + solve(*tail), solve(*inputs)
        _compare(solve, joined, whole, "joined")

    return make_law(joins_parts, words, join)


def sums_parts(*, argument: int = 0, **words: Unpack[Words]) -> Law:
    """The outputs of two parts have the output of the whole as their sum.

    Holds where something is counted or summed.
    """

    def total(solve: Any, *inputs: Any, rng: Random) -> None:
        head, tail = _split(inputs, argument, rng)
        _compare(solve, add(solve(*head), solve(*tail)), solve(*inputs), "summed")

    return make_law(sums_parts, words, total)


def merges_parts(*, argument: int = 0, **words: Unpack[Words]) -> Law:
    """What is made of the outputs of two parts is the output of the whole.

    Holds where a list gives a list of the same kind: the best few, distinct elements, sorting.
    """

    def merge(solve: Any, *inputs: Any, rng: Random) -> None:
        head, tail = _split(inputs, argument, rng)
        both = solve(*head) + solve(*tail)
        _compare(solve, solve(*replace_at(inputs, argument, both)), solve(*inputs), "merged")

    return make_law(merges_parts, words, merge)


def keeps_elements(*, argument: int = 0, **words: Unpack[Words]) -> Property:
    """The output has the elements of the input, in any order.

    Holds where elements are only moved, as in sorting, shuffling and rotating.
    """

    def check(output: Any, *inputs: Any) -> object:
        return is_permutation(list(inputs[argument]), list(output))

    settled: Any = {"name": "keeps_elements", "description": read_sentence(keeps_elements)}
    return Property(check, **{**settled, **words})


def _shuffle(elements: Any, rng: Random) -> Any:
    order = list(elements)
    rng.shuffle(order)
    return type(elements)(order)


def _split(
    inputs: tuple[Any, ...], argument: int, rng: Random
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return the inputs with the first elements and with the rest; a set has any as its first."""
    elements = inputs[argument]
    cut = rng.randrange(len(elements) + 1)
    if isinstance(elements, AbstractSet):
        # Sets of texts have another order in every process.
        order = sorted(elements, key=repr)
        kind: Any = type(elements)
        parts = kind(order[:cut]), kind(order[cut:])
    else:
        parts = elements[:cut], elements[cut:]
    return replace_at(inputs, argument, parts[0]), replace_at(inputs, argument, parts[1])


def _compare(solve: Any, parts: Any, whole: Any, how: str) -> None:
    if not solve.equivalence(parts, whole):
        raise AssertionError(f"the parts {how} are {parts!r:.60}, the whole is {whole!r:.60}")
