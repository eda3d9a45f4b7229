"""What a change of the input may do to the output."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_metamorphic_guard.suggesting.shapes import Shape

__all__ = ["EQUAL", "WRITTEN", "Effect", "list_effects"]


class Effect(NamedTuple):
    """What a change may do to the output.

    Attributes:
        word: A word for it.
        said: What it says.
        expect: The expectation.
        follows: The words of effects from which it follows.
    """

    word: str
    said: str
    expect: str
    follows: tuple[str, ...] = ()


_NOTHING = ("changes_nothing",)
EQUAL = Effect("changes_nothing", "changes nothing", "")
_NUMERIC = (
    Effect("negates", "gives the output with the other sign", "scaled(-1)", _NOTHING),
    Effect("doubles", "gives twice the output", "scaled(2)", _NOTHING),
    Effect("fourfold", "gives four times the output", "scaled(4)", _NOTHING),
    Effect("adds_1", "gives 1 more", "shifted(1)", _NOTHING),
    Effect("takes_1", "gives 1 less", "shifted(-1)", _NOTHING),
)
_ORDERED = (
    Effect("gives_more", "gives more", '"increasing"', ("adds_1",)),
    Effect("gives_less", "gives less", '"decreasing"', ("takes_1",)),
    Effect("gives_no_less", "gives no less", '"non_decreasing"', (*_NOTHING, "gives_more")),
    Effect("gives_no_more", "gives no more", '"non_increasing"', (*_NOTHING, "gives_less")),
)
_BOOLEAN = (
    Effect("turns_it", "gives the opposite", "maps(lambda output: not output)", _NOTHING),
    Effect("stays_true", "leaves true what is true", '"non_decreasing"', _NOTHING),
    Effect("stays_false", "leaves false what is false", '"non_increasing"', _NOTHING),
)
_LONG = (
    Effect("turns_it", "gives the output backwards", "maps(lambda output: output[::-1])", _NOTHING),
    Effect(
        "repeats_it",
        "gives the output twice in a row",
        "maps(lambda output: output + output)",
        _NOTHING,
    ),
    Effect(
        "goes_on", "gives more at the end of the output", '"is_prefix"', (*_NOTHING, "repeats_it")
    ),
)
_ALIKE = (*_NOTHING, "turns_it", "same_elements")
_COLLECTED = (
    Effect("same_elements", "gives the same elements", '"is_permutation"', (*_NOTHING, "turns_it")),
    Effect(
        "loses_none",
        "gives all elements of the output",
        '"is_subset"',
        (*_ALIKE, "repeats_it", "goes_on"),
    ),
    Effect("finds_none", "gives no element that is new", '"is_superset"', (*_ALIKE, "repeats_it")),
    Effect("same_length", "gives as many elements", '"same_length"', _ALIKE),
)
WRITTEN = (
    Effect("upper", "gives the output in upper case", "maps(str.upper)"),
    Effect("lower", "gives the output in lower case", "maps(str.lower)"),
    Effect("swaps_case", "gives the output with its case swapped", "maps(str.swapcase)"),
)
_PARTS = ("first", "second", "third", "fourth")


def list_effects(output: Shape) -> Iterator[Effect]:
    """Yield every effect that fits an output, each after those from which it follows."""
    yield EQUAL
    if output.kind == "tuple" and len(output.parts) <= len(_PARTS):
        for index, part in enumerate(output.parts):
            yield from _list_part_effects(index, part)
    yield from _list_whole_effects(output)


def _list_part_effects(index: int, part: Shape) -> Iterator[Effect]:
    """Yield what a change may do to one of several values that are returned together."""
    numeral = _PARTS[index]
    taken = f"lambda output: output[{index}]"
    keeps = f"keeps_{numeral}"
    yield Effect(keeps, f"keeps the {numeral} part", f'on({taken}, "equal")', _NOTHING)
    for effect in (*_NUMERIC[:2], *_ORDERED[2:]) if part.is_number else ():
        stronger = [keeps, *(f"{word}_{numeral}" for word in effect.follows)]
        said = f"{effect.said} as the {numeral} part"
        expect = f"on({taken}, {effect.expect})"
        yield Effect(f"{effect.word}_{numeral}", said, expect, (*_NOTHING, *stronger))


def _list_whole_effects(output: Shape) -> Iterator[Effect]:
    kind = output.kind
    if output.is_numeric:
        yield from _NUMERIC
    if output.is_number:
        yield from _ORDERED
    if kind == "bool":
        yield from _BOOLEAN
    if output.is_sequence or kind in ("text", "bytes", "tuple"):
        yield from _LONG
    if output.is_sequence or kind in ("set", "frozenset", "dict"):
        yield from _COLLECTED
    if kind == "text":
        yield from WRITTEN
