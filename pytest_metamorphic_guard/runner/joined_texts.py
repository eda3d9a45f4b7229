"""Texts and bytes with literals of the code under test as parts: joined, repeated, cut and mixed.

They are made where hypothesis makes a text, of the characters and within the sizes that its
strategy asks for, so that no strategy yields what it could not yield before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pytest_metamorphic_guard.runner.literals import Literals

__all__ = ["JoinedTexts"]

_Text = TypeVar("_Text", str, bytes)
_WORDS = re.compile(r"\w+")
_WORDS_BYTES = re.compile(rb"\w+")
_SHARE = 0.5
_NEAR_SHARE = 0.85
# As often as each stands there.
_WAYS = (*["whole"] * 6, *["drawn"] * 2, "cut", "again")
_INSIDE = 0.2
_BETWEEN = 0.35
_QUOTED = 0.15
_MOST_CHOSEN = 4
_MOST_PARTS = 7
_MOST_DRAWN = 3
_LONGEST_LEAST = 200
# Of fewer, texts are drawn in which every two stand together.
_FEW_CHARACTERS = 16
# The first characters in the order of hypothesis are digits and letters.
_PLAIN = 62
_BYTES_DRAWN = b"0123456789abcXYZ_ \x00\xff"


class _Parts(NamedTuple):
    """What texts are made of.

    Attributes:
        marks: Literals of one character that is no letter, such as ``/``.
        wholes: Other literals.
        pieces: What stands in those: words, marks, and what is behind a mark at the beginning.
    """

    marks: tuple[Any, ...]
    wholes: tuple[Any, ...]
    pieces: tuple[Any, ...]


@dataclass(slots=True)
class JoinedTexts:
    """Makes texts of the literals of the code under test.

    Attributes:
        literals: The literals; those near the function are taken more often.
    """

    literals: Literals
    _texts: tuple[_Parts, ...] = field(init=False)
    _bytes: tuple[_Parts, ...] = field(init=False)
    _known: dict[int, tuple[Any, tuple[_Parts, ...]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        near, far = self.literals.near, self.literals.values
        self._texts = tuple(_split(one, str, _WORDS) for one in (near, far))
        self._bytes = tuple(_split(one, bytes, _WORDS_BYTES) for one in (near, far))

    def make(self, kind: str, constraints: Mapping[str, Any], chance: random.Random) -> Any:
        """Return a text or bytes in half of the draws, and None in the others.

        Args:
            kind: How hypothesis calls what is drawn.
            constraints: What the strategy asks for, as hypothesis has it.
            chance: By what is chosen.
        """
        least, most = constraints["min_size"], constraints["max_size"]
        if least > _LONGEST_LEAST or most == 0:
            return None
        parts: tuple[_Parts, ...]
        draw: Any
        nothing: Any
        if kind == "bytes":
            parts, draw, nothing = self._bytes, _draw_bytes, b""
        else:
            intervals = constraints["intervals"]
            parts, draw, nothing = (
                self._find_permitted(intervals),
                partial(_draw_text, intervals),
                "",
            )
        # Where there is nothing, all is drawn as if nobody had asked.
        if not any(map(any, parts)) or chance.random() >= _SHARE:
            return None
        return _join(parts, draw, chance, least, most, nothing)

    def _find_permitted(self, intervals: Any) -> tuple[_Parts, ...]:
        """Return the parts without those of characters that a strategy never draws."""
        if len(intervals) < _FEW_CHARACTERS:
            return ()
        if id(intervals) not in self._known:
            self._known[id(intervals)] = intervals, _keep_permitted(self._texts, intervals)
        return self._known[id(intervals)][1]


def _split(values: Sequence[object], kind: type[_Text], words: re.Pattern[_Text]) -> _Parts:
    """Return the texts among some values, and what stands in them."""
    texts = [value for value in values if isinstance(value, kind)]
    marks = tuple(text for text in texts if len(text) == 1 and not words.match(text))
    wholes = tuple(text for text in texts if text not in marks)
    pieces: dict[Any, None] = {}
    for whole in wholes:
        others = words.sub(whole[:0], whole)
        pieces |= dict.fromkeys(others[at : at + 1] for at in range(len(others)))
        pieces |= dict.fromkeys(words.findall(whole))
        if not words.match(whole):
            pieces[whole[1:]] = None
    return _Parts(marks, wholes, tuple(piece for piece in pieces if piece not in texts))


def _keep_permitted(found: Iterable[_Parts], intervals: Any) -> tuple[_Parts, ...]:
    """Leave out what has characters in it that a strategy never draws."""

    def permitted(texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(one for one in texts if all(ord(char) in intervals for char in one))

    return tuple(_Parts(*map(permitted, one)) for one in found)


def _join(  # noqa: PLR0913, PLR0917 - all of it decides what is made
    parts: tuple[_Parts, ...],
    draw: Callable[[random.Random], _Text],
    chance: random.Random,
    least: int,
    most: int,
    text: _Text,
) -> _Text | None:
    chosen = _choose(parts, chance)
    if not chosen:
        return None
    marks = [one for one in chosen if len(one) == 1]
    between = chance.choice(marks) if marks and chance.random() < _BETWEEN else text
    part = chosen[0]
    number = chance.randint(1, _MOST_PARTS)
    while number > 0 or len(text) < least:
        number -= 1
        match chance.choice(_WAYS):
            case "whole":
                part = chance.choice(chosen)
            case "drawn":
                part = draw(chance)
            case "cut":
                part = _cut(chance.choice(chosen), chance)
            case _:
                pass
        at = chance.randint(0, len(text)) if chance.random() < _INSIDE else len(text)
        text = text[:at] + (between if text else text) + part + text[at:]
    if marks and chance.random() < _QUOTED:
        around = chance.choice(marks)
        text = around + text + around
    return text[:most]


def _choose(parts: tuple[_Parts, ...], chance: random.Random) -> list[Any]:
    """Return few different parts, so that they meet."""
    near, far = parts
    found: list[Any] = []
    for _ in range(chance.randint(1, _MOST_CHOSEN)):
        is_near = chance.random() < _NEAR_SHARE
        one = near if any(near) and (is_near or not any(far)) else far
        pools = [pool for pool in one if pool]
        if pools:
            found.append(chance.choice(chance.choice(pools)))
    return found


def _cut(whole: _Text, chance: random.Random) -> _Text:
    """Return a literal without its beginning, or without its end."""
    at = chance.randint(0, len(whole) - 1)
    return chance.choice([whole[at:], whole[: at + 1]])


def _draw_text(intervals: Any, chance: random.Random) -> str:
    last = min(len(intervals), _PLAIN) - 1
    count = chance.randint(1, _MOST_DRAWN)
    return "".join(intervals.char_in_shrink_order(chance.randint(0, last)) for _ in range(count))


def _draw_bytes(chance: random.Random) -> bytes:
    return bytes(chance.choices(_BYTES_DRAWN, k=chance.randint(1, _MOST_DRAWN)))
