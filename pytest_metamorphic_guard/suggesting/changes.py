"""Changes of the input, each written with every effect that it may have on the output."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pytest_metamorphic_guard.suggesting.effects import EQUAL, WRITTEN, list_effects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_metamorphic_guard.suggesting.effects import Effect
    from pytest_metamorphic_guard.suggesting.ideas import Writer
    from pytest_metamorphic_guard.suggesting.shapes import Shape

__all__ = ["write_changes"]


class _Change(NamedTuple):
    """A change of one argument: a word for it, what it says, and the new value as code."""

    word: str
    said: str
    code: str


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
    effects = list(list_effects(subject.output))
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


def _write_common(writer: Writer, effects: list[Effect]) -> None:
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
    writer: Writer, place: _Place, said: str, results: list[str], effects: list[Effect]
) -> None:
    for effect in effects:
        if effect in WRITTEN and place.change not in _CASES:
            continue
        follows = [place.find_key(word) for word in effect.follows]
        if effect is EQUAL and place.other is not None:
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
