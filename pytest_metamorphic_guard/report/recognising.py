"""Recognises a message of the tool in what was printed, and so the topics that explain it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

__all__ = ["HOLE", "LIST", "recognise"]

HOLE = "…"
# All messages by the words of their topics; docs/write_messages.py writes it.
LIST = Path(__file__).with_name("messages.json")
# Shorter pieces stand in sentences of anybody.
_LEAST_PIECE = 5


class _Message(NamedTuple):
    words: tuple[str, ...]
    pieces: tuple[str, ...]


def recognise(text: str) -> tuple[str, ...]:
    """Return the words of the topics that have the message in a text, none for no message.

    Of several messages the one counts of which the longest pieces are found; two topics share a
    few messages.

    Args:
        text: What was printed, with values where the message has holes, and anything around it.
    """
    flat = " ".join(text.split())
    for message in _read():
        if _fits(message.pieces, flat):
            return message.words
    return ()


def _fits(pieces: tuple[str, ...], text: str) -> bool:
    place = 0
    for piece in pieces:
        found = text.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    return True


@cache
def _read() -> list[_Message]:
    """Return all messages, those with the longest pieces first."""
    by_word: dict[str, list[str]] = json.loads(LIST.read_text(encoding="utf-8"))
    topics: dict[tuple[str, ...], list[str]] = {}
    for word, messages in by_word.items():
        for message in messages:
            pieces = _take_apart(message)
            if max(map(len, pieces)) >= _LEAST_PIECE:
                topics.setdefault(pieces, []).append(word)
    found = [_Message(tuple(dict.fromkeys(words)), pieces) for pieces, words in topics.items()]
    return sorted(found, key=lambda message: -sum(len(piece) ** 2 for piece in message.pieces))


def _take_apart(message: str) -> tuple[str, ...]:
    # One module writes 'FILE: cannot be read', another leaves it to its caller to name the file.
    return tuple(piece for piece in message.strip(f"{HOLE} .:;,").split(HOLE) if piece.strip())
