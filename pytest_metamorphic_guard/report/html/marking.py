"""Two texts side by side, with what differs marked."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import groupby

from pytest_metamorphic_guard.contracts.texts import clean

__all__ = ["Piece", "mark"]

# A part of a text, and whether the other text lacks it.
Piece = tuple[str, bool]

# An element goes with the separator after it: commas and spaces match nothing by themselves.
_TOKEN = re.compile(r"[\w.+-]+[^\w]*|[^\w]+")
# Comparing takes time of the product of both numbers in the worst case.
_MOST_TOKENS = 600


def mark(first: str, second: str) -> tuple[list[Piece], list[Piece]]:
    """Return both texts in pieces; of long ones the differing middle is marked as a whole."""
    first, second = clean(first), clean(second)
    if first == second:
        return [(first, False)], [(second, False)]
    one, two = _TOKEN.findall(first), _TOKEN.findall(second)
    if len(one) == len(two):
        return _mark_places(one, two)
    if max(len(one), len(two)) > _MOST_TOKENS:
        return _mark_middle(one, two)
    left: list[Piece] = []
    right: list[Piece] = []
    matcher = SequenceMatcher(None, one, two, autojunk=False)
    for operation, start, end, from_second, to_second in matcher.get_opcodes():
        differs = operation != "equal"
        if start < end:
            left.append(("".join(one[start:end]), differs))
        if from_second < to_second:
            right.append(("".join(two[from_second:to_second]), differs))
    return left, right


def _mark_places(one: list[str], two: list[str]) -> tuple[list[Piece], list[Piece]]:
    """Mark what differs from what stands at the same place, as in a list with its elements."""
    left: list[Piece] = []
    right: list[Piece] = []
    for differs, group in groupby(zip(one, two, strict=True), lambda pair: pair[0] != pair[1]):
        pairs = list(group)
        left.append(("".join(first for first, _ in pairs), differs))
        right.append(("".join(second for _, second in pairs), differs))
    return left, right


def _mark_middle(one: list[str], two: list[str]) -> tuple[list[Piece], list[Piece]]:
    shortest = min(len(one), len(two))
    head = next((i for i in range(shortest) if one[i] != two[i]), shortest)
    most = shortest - head
    tail = next((i for i in range(most) if one[-1 - i] != two[-1 - i]), most)
    return _split(one, head, tail), _split(two, head, tail)


def _split(tokens: list[str], head: int, tail: int) -> list[Piece]:
    end = len(tokens) - tail
    pieces = [
        ("".join(tokens[:head]), False),
        ("".join(tokens[head:end]), True),
        ("".join(tokens[end:]), False),
    ]
    return [piece for piece in pieces if piece[0]]
