"""Changes of the input, each with what it may do to the output."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_metamorphic_guard.suggesting.ideas import Writer
    from pytest_metamorphic_guard.suggesting.shapes import Shape

__all__ = ["write_changes"]


class _Change(NamedTuple):
    """A change of one argument: a word for it, what it says, and the new value as code."""

    word: str
    said: str
    code: str


class _Effect(NamedTuple):
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


_SEQUENCE = (
    _Change("backwards", "{p} backwards", "{p}[::-1]"),
    _Change("turned", "{p} with its first element last", "{p}[1:] + {p}[:1]"),
    _Change("twice", "{p} twice in a row", "{p} + {p}"),
    _Change("cut", "{p} without its last element", "{p}[:-1]"),
    _Change("begun_again", "{p} with its first element again at the end", "{p} + {p}[:1]"),
)
_SORTED = {
    "list": _Change("in_order", "{p} in order", "sorted({p})"),
    "tuples": _Change("in_order", "{p} in order", "tuple(sorted({p}))"),
}
_LIST_OF_NUMBERS = (
    _Change("negated", "every number of {p} with the other sign", "[-number for number in {p}]"),
    _Change("doubled", "twice every number of {p}", "[2 * number for number in {p}]"),
    _Change("raised", "1 more in every number of {p}", "[number + 1 for number in {p}]"),
    _Change("with_0", "{p} with a 0 at the end", "[*{p}, 0]"),
    _Change("with_1", "{p} with a 1 at the end", "[*{p}, 1]"),
    _Change("extended", "a larger number at the end of {p}", "[*{p}, max({p}, default=0) + 1]"),
)
_TEXT = (
    _Change("upper", "{p} in upper case", "{p}.upper()"),
    _Change("lower", "{p} in lower case", "{p}.lower()"),
    _Change("swapped", "{p} with upper and lower case swapped", "{p}.swapcase()"),
    _Change("stripped", "{p} without space around it", "{p}.strip()"),
    _Change("indented", "a space before {p}", '" " + {p}'),
    _Change("longer", "a letter more at the end of {p}", '{p} + "a"'),
)
_NUMBER = (
    _Change("negated", "the other sign of {p}", "-{p}"),
    _Change("doubled", "twice {p}", "2 * {p}"),
    _Change("raised", "1 more of {p}", "{p} + 1"),
)
_BOOL = (_Change("turned", "the opposite of {p}", "not {p}"),)
_DICT = (_Change("cut", "{p} without its last key", "dict(list({p}.items())[:-1])"),)
_DICT_OF_NUMBERS = (
    _Change(
        "doubled", "twice every value of {p}", "{key: 2 * value for key, value in {p}.items()}"
    ),
    _Change(
        "raised", "1 more in every value of {p}", "{key: value + 1 for key, value in {p}.items()}"
    ),
    _Change("negated", "every value of {p} negated", "{key: -value for key, value in {p}.items()}"),
)


class _Place(NamedTuple):
    """A change at its place.

    Attributes:
        name: A name for both.
        position: Position of the argument.
        change: The word of the change.
        other: Position of the argument that changes places with it; None for one alone.
    """

    name: str
    position: int
    change: str
    other: int | None = None

    def find_key(self, effect: str) -> str:
        """Return the key of the idea that it has this effect."""
        return f"{self.change} {effect} at {self.position}"


_NOTHING = ("changes_nothing",)
_EQUAL = _Effect("changes_nothing", "changes nothing", "")
_NUMERIC = (
    _Effect("negates", "gives the output with the other sign", "scaled(-1)", _NOTHING),
    _Effect("doubles", "gives twice the output", "scaled(2)", _NOTHING),
    _Effect("fourfold", "gives four times the output", "scaled(4)", _NOTHING),
    _Effect("adds_1", "gives 1 more", "shifted(1)", _NOTHING),
    _Effect("takes_1", "gives 1 less", "shifted(-1)", _NOTHING),
)
_ORDERED = (
    _Effect("gives_more", "gives more", '"increasing"', ("adds_1",)),
    _Effect("gives_less", "gives less", '"decreasing"', ("takes_1",)),
    _Effect("gives_no_less", "gives no less", '"non_decreasing"', (*_NOTHING, "gives_more")),
    _Effect("gives_no_more", "gives no more", '"non_increasing"', (*_NOTHING, "gives_less")),
)
_BOOLEAN = (
    _Effect("turns_it", "gives the opposite", "maps(lambda output: not output)", _NOTHING),
    _Effect("stays_true", "leaves true what is true", '"non_decreasing"', _NOTHING),
    _Effect("stays_false", "leaves false what is false", '"non_increasing"', _NOTHING),
)
_LONG = (
    _Effect(
        "turns_it", "gives the output backwards", "maps(lambda output: output[::-1])", _NOTHING
    ),
    _Effect(
        "repeats_it",
        "gives the output twice in a row",
        "maps(lambda output: output + output)",
        _NOTHING,
    ),
    _Effect(
        "goes_on", "gives more at the end of the output", '"is_prefix"', (*_NOTHING, "repeats_it")
    ),
)
_ALIKE = (*_NOTHING, "turns_it", "same_elements")
_COLLECTED = (
    _Effect(
        "same_elements", "gives the same elements", '"is_permutation"', (*_NOTHING, "turns_it")
    ),
    _Effect(
        "loses_none",
        "gives all elements of the output",
        '"is_subset"',
        (*_ALIKE, "repeats_it", "goes_on"),
    ),
    _Effect("finds_none", "gives no element that is new", '"is_superset"', (*_ALIKE, "repeats_it")),
    _Effect("same_length", "gives as many elements", '"same_length"', _ALIKE),
)
_WRITTEN = (
    _Effect("upper", "gives the output in upper case", "maps(str.upper)"),
    _Effect("lower", "gives the output in lower case", "maps(str.lower)"),
    _Effect("swaps_case", "gives the output with its case swapped", "maps(str.swapcase)"),
)
_PARTS = ("first", "second", "third", "fourth")
# What is written otherwise may be returned otherwise; nothing else has to do with that.
_CASES = frozenset({"upper", "lower", "swapped"})
# What is a template or in the catalogue is suggested as that. Where there is one argument, what is
# said of all of them is said of it.
_READY = {
    ("backwards", "changes_nothing"): ("order_free at {i}",),
    ("turned", "changes_nothing"): ("order_free at {i}",),
    ("in_order", "changes_nothing"): ("order_free at {i}",),
    ("backwards", "same_elements"): ("same_elements at {i}",),
    ("turned", "same_elements"): ("same_elements at {i}",),
    ("in_order", "same_elements"): ("same_elements at {i}",),
    ("backwards", "turns_it"): ("order_follows at {i}",),
    ("begun_again", "changes_nothing"): ("copies_free at {i}",),
    ("cut", "finds_none"): ("keeps_found at {i}",),
    ("negated", "changes_nothing"): ("even at {i}",),
    ("negated", "negates"): ("odd at {i}",),
    ("doubled", "doubles"): ("homogeneous 2 at {i}",),
    ("raised", "gives_more"): ("monotone strict=True at {i}",),
    ("raised", "gives_less"): ('monotone direction="decreasing" strict=True at {i}',),
    ("raised", "gives_no_less"): ("monotone at {i}",),
    ("raised", "gives_no_more"): ('monotone direction="decreasing" at {i}',),
    ("raised", "stays_true"): ("monotone at {i}",),
    ("raised", "stays_false"): ('monotone direction="decreasing" at {i}',),
}
_READY_OF_ONE = {
    ("doubled", "changes_nothing"): ("scale_free 2",),
    ("doubled", "doubles"): ("homogeneous 2",),
    ("doubled", "fourfold"): ("homogeneous 2 degree=2",),
    ("raised", "changes_nothing"): ("shift_free 1",),
    ("raised", "adds_1"): ("moves_with 1",),
}


def write_changes(writer: Writer) -> None:
    """Write every change of an argument that fits, with every effect that fits the output."""
    subject = writer.subject
    effects = list(_list_effects(subject.output))
    for index, shape in enumerate(subject.shapes):
        name = subject.parameters[index]
        for change in _list_changes(shape):
            results = list(subject.parameters)
            results[index] = change.code.replace("{p}", name)
            # A name keeps its letters, also where a sentence begins.
            begun = change.said if change.said.startswith("{p}") else change.said.capitalize()
            said = begun.replace("{p}", name)
            place = _Place(f"{name}_{change.word}", index, change.word)
            _write(writer, place, said, results, effects)
    if len(subject.shapes) > 1 and all(shape.is_number for shape in subject.shapes):
        _write_common(writer, effects)
    for first in range(len(subject.shapes)):
        for second in range(first + 1, len(subject.shapes)):
            if subject.shapes[first] != subject.shapes[second]:
                continue
            one, other = subject.parameters[first], subject.parameters[second]
            results = list(subject.parameters)
            results[first], results[second] = other, one
            said = f"{one} and {other} in each other's place"
            place = _Place(f"{one}_for_{other}", first, f"swapped with {second}", second)
            _write(writer, place, said, results, effects)


def _write_common(writer: Writer, effects: list[_Effect]) -> None:
    """Write changes of all numbers together, with what they do to parts of the output.

    Of an output that is a number the catalogue says the same.
    """
    if writer.subject.output.kind != "tuple":
        return
    names = writer.subject.parameters
    for change in _NUMBER:
        said = change.said.capitalize().replace("{p}", "every argument")
        place = _Place(f"all_{change.word}", 0, f"all {change.word}")
        results = [change.code.replace("{p}", name) for name in names]
        _write(writer, place, said, results, effects)


def _write(
    writer: Writer, place: _Place, said: str, results: list[str], effects: list[_Effect]
) -> None:
    for effect in effects:
        if effect in _WRITTEN and place.change not in _CASES:
            continue
        follows = [place.find_key(word) for word in effect.follows]
        if effect is _EQUAL and place.other is not None:
            follows.append(f"commutative {place.position} {place.other}")
        for ready in (_READY, _READY_OF_ONE) if writer.subject.is_single else (_READY,):
            known = ready.get((place.change, effect.word), ())
            follows += [key.replace("{i}", str(place.position)) for key in known]
        writer.add_change(
            f"{place.name}_{effect.word}",
            f"{said} {effect.said}.",
            results,
            effect.expect,
            key=place.find_key(effect.word),
            follows=follows,
        )


def _list_changes(shape: Shape) -> Iterator[_Change]:
    kind = shape.kind
    if shape.is_sequence or kind in ("text", "bytes"):
        yield from _SEQUENCE
    if kind in _SORTED and (shape.parts[0].is_number or shape.parts[0].kind == "text"):
        yield _SORTED[kind]
    if kind == "list" and shape.has_numbers:
        yield from _LIST_OF_NUMBERS
    if kind == "text":
        yield from _TEXT
    if shape.is_number:
        yield from _NUMBER
    if kind == "bool":
        yield from _BOOL
    if kind == "dict":
        yield from _DICT
        if shape.parts[1].is_number:
            yield from _DICT_OF_NUMBERS


def _list_effects(output: Shape) -> Iterator[_Effect]:
    yield _EQUAL
    if output.kind == "tuple" and len(output.parts) <= len(_PARTS):
        for index, part in enumerate(output.parts):
            yield from _list_part_effects(index, part)
    yield from _list_whole_effects(output)


def _list_part_effects(index: int, part: Shape) -> Iterator[_Effect]:
    """Yield what a change may do to one of several values that are returned together."""
    numeral = _PARTS[index]
    taken = f"lambda output: output[{index}]"
    keeps = f"keeps_{numeral}"
    yield _Effect(keeps, f"keeps the {numeral} part", f'on({taken}, "equal")', _NOTHING)
    for effect in (*_NUMERIC[:2], *_ORDERED[2:]) if part.is_number else ():
        stronger = [keeps, *(f"{word}_{numeral}" for word in effect.follows)]
        said = f"{effect.said} as the {numeral} part"
        expect = f"on({taken}, {effect.expect})"
        yield _Effect(f"{effect.word}_{numeral}", said, expect, (*_NOTHING, *stronger))


def _list_whole_effects(output: Shape) -> Iterator[_Effect]:
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
        yield from _WRITTEN
