"""The syntax of ``key=value,key=value``: numbers, words, quoted texts and lists."""

from __future__ import annotations

from typing import Any

from pytest_metamorphic_guard.errors import MetamorphicGuardError

__all__ = ["OptionSyntaxError", "parse_options"]

_WORDS = {"true": True, "false": False, "none": None, "null": None}
_ESCAPES = {"n": "\n", "t": "\t"}


class OptionSyntaxError(MetamorphicGuardError):
    """Options that do not read.

    Args:
        text: The options.
        position: Where reading stopped, from 0.
        expected: What was expected there.
    """

    def __init__(self, text: str, position: int, expected: str) -> None:
        super().__init__(text, position, expected)
        self.text = text
        self.position = position
        self.expected = expected

    def __str__(self) -> str:
        found = self.text[self.position : self.position + 10]
        return f"expected {self.expected} at {found!r}" if found else f"expected {self.expected}"


def parse_options(text: str) -> dict[str, Any]:
    """Return the options of ``key=value,key=value``.

    Raises:
        OptionSyntaxError: It does not read, or gives an option twice.
    """
    return _Reader(text).read_options()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def read_options(self) -> dict[str, Any]:
        options: dict[str, Any] = {}
        while True:
            self._skip_space()
            begun = self._at
            key = self._read_until("=,[]\"'").strip()
            if not key.isidentifier() or self._peek() != "=":
                raise OptionSyntaxError(self._text, begun, "option=value")
            if key in options:
                raise OptionSyntaxError(self._text, begun, f"{key} only once")
            self._at += 1
            options[key] = self._read_value(",")
            if not self._peek():
                return options
            self._take(",", "a comma or the end")

    def _read_value(self, ends: str) -> Any:
        self._skip_space()
        mark = self._peek()
        if mark == "[":
            value: Any = self._read_list()
        elif mark and mark in "\"'":
            value = self._read_quoted(mark)
        else:
            return self._read_bare(ends)
        self._skip_space()
        return value

    def _read_list(self) -> list[Any]:
        self._at += 1
        items: list[Any] = []
        self._skip_space()
        while self._peek() != "]":
            items.append(self._read_value(",]"))
            if self._peek() == ",":
                self._at += 1
                self._skip_space()
            elif self._peek() != "]":
                raise OptionSyntaxError(self._text, self._at, "a comma or ]")
        self._at += 1
        return items

    def _read_quoted(self, quote: str) -> str:
        begun = self._at
        self._at += 1
        characters = []
        while (character := self._peek()) != quote:
            if not character:
                raise OptionSyntaxError(self._text, begun, f"a closing {quote}")
            self._at += 1
            if character == "\\" and self._peek():
                character = _ESCAPES.get(self._peek(), self._peek())
                self._at += 1
            characters.append(character)
        self._at += 1
        return "".join(characters)

    def _read_bare(self, ends: str) -> Any:
        begun = self._at
        word = self._read_until(ends).strip()
        if not word:
            raise OptionSyntaxError(self._text, begun, "a value")
        lower = word.lower()
        return _WORDS[lower] if lower in _WORDS else _read_number(word)

    def _read_until(self, ends: str) -> str:
        begun = self._at
        while self._peek() and self._peek() not in ends:
            self._at += 1
        return self._text[begun : self._at]

    def _take(self, character: str, expected: str) -> None:
        if self._peek() != character:
            raise OptionSyntaxError(self._text, self._at, expected)
        self._at += 1

    def _skip_space(self) -> None:
        while self._peek().isspace():
            self._at += 1

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]


def _read_number(word: str) -> int | float | str:
    # Python reads more than a user means by a number: "1_0", "nan", "infinity".
    if not word.lstrip("+-.")[:1].isdigit() or "_" in word:
        return word
    try:
        return int(word)
    except ValueError:
        pass
    try:
        return float(word)
    except ValueError:
        return word
