"""Texts that a regular expression matches, or nearly: what code that has it looks for."""

from __future__ import annotations

import random
import re
import zlib
from importlib import import_module
from typing import Any

__all__ = ["write_matches"]

_MOST = 12
_LONGEST = 40
_MORE_REPEATS = 3
_OTHERS = "a7 -_.é\n"
_CATEGORIES = {"DIGIT": "0479", "SPACE": " \t\n", "WORD": "aZ_5"}


def write_matches(pattern: str, flags: int = 0) -> list[str]:
    """Return some texts for a regular expression, always the same; none for what is none.

    Assertions and the flags inside are passed over, so that a text may not match after all.
    """
    # The parser of the standard library, which has no stubs.
    parser: Any = import_module("re._parser")
    try:
        parsed = parser.parse(pattern, flags & re.VERBOSE)
    except (re.error, RecursionError, OverflowError, ValueError):
        return []
    writer = _Writer(random.Random(zlib.crc32(pattern.encode("utf-8", "replace"))))  # noqa: S311
    texts = dict.fromkeys(writer.write(parsed)[:_LONGEST] for _ in range(_MOST))
    return [text for text in texts if text]


class _Writer:
    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._groups: dict[int, str] = {}
        self._turns: dict[int, int] = {}

    def write(self, parsed: Any) -> str:
        return "".join(self._write_part(str(kind), value) for kind, value in parsed)

    def _write_part(self, kind: str, value: Any) -> str:  # noqa: PLR0911 - one for each kind
        match kind:
            case "LITERAL":
                return chr(value)
            case "NOT_LITERAL":
                return self._chance.choice([one for one in _OTHERS if ord(one) != value])
            case "ANY":
                return self._chance.choice(_OTHERS)
            case "IN":
                return self._write_one_of(value)
            case "BRANCH":
                return self._write_branch(value[1])
            case "SUBPATTERN":
                written = self.write(value[-1])
                self._groups[value[0]] = written
                return written
            case "GROUPREF":
                return self._groups.get(value, "")
            case "ATOMIC_GROUP":
                return self.write(value)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                return self._repeat(*value)
            case _:  # a place, or what stands before or behind it
                return ""

    def _write_branch(self, ways: list[Any]) -> str:
        """Take one way after the other, so that each has its text."""
        turn = self._turns.get(id(ways), 0)
        self._turns[id(ways)] = turn + 1
        return self.write(ways[turn % len(ways)])

    def _repeat(self, least: int, most: int, parsed: Any) -> str:
        number = self._chance.randint(least, min(most, least + _MORE_REPEATS))
        return "".join(self.write(parsed) for _ in range(min(number, _LONGEST)))

    def _write_one_of(self, members: list[tuple[Any, Any]]) -> str:
        if str(members[0][0]) == "NEGATE":
            refused = {value for kind, value in members if str(kind) == "LITERAL"}
            return self._chance.choice([one for one in _OTHERS if ord(one) not in refused] or ["b"])
        kind, value = self._chance.choice(members)
        match str(kind):
            case "LITERAL":
                return chr(value)
            case "RANGE":
                return chr(self._chance.randint(*value))
            case _:  # a category, which may be that of all others
                name = str(value).rpartition("_")[2]
                others = _OTHERS if "_NOT_" in str(value) else _CATEGORIES.get(name, _OTHERS)
                return self._chance.choice(others)
