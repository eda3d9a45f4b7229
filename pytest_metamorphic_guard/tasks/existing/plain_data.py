"""Plain data as JSON that comes back as it was: with tuples, and without what JSON would change."""

from __future__ import annotations

import json
import math
from typing import Any

__all__ = ["NotPlain", "from_json", "to_json"]

_TUPLE = "__tuple__"
_DEEPEST = 50


class NotPlain(ValueError):  # noqa: N818 - reads as what happened
    """A value that is no plain data; the text says of which class it is."""


def to_json(value: object) -> str:
    """Write plain data: None, truth values, finite numbers, texts, and lists, tuples and dicts.

    Raises:
        NotPlain: It has something else in it.
    """
    return json.dumps(_mark(value, 0), ensure_ascii=False, allow_nan=False)


def from_json(text: str) -> Any:
    """Read what `to_json` wrote.

    Raises:
        ValueError: It is no JSON.
    """
    return json.loads(text, object_hook=_unmark)


def _mark(value: object, depth: int) -> object:
    kind = type(value)
    if depth > _DEEPEST:
        raise NotPlain("data nested too deeply")
    if kind in (bool, int, type(None)) or (kind is float and math.isfinite(value)):  # type: ignore[arg-type]
        return value
    if isinstance(value, str) and kind is str:
        try:
            value.encode()
        except UnicodeEncodeError:
            raise NotPlain("text that is no Unicode") from None
        return value
    if isinstance(value, list) and kind is list:
        return [_mark(item, depth + 1) for item in value]
    if isinstance(value, tuple) and kind is tuple:
        return {_TUPLE: [_mark(item, depth + 1) for item in value]}
    if isinstance(value, dict) and kind is dict and _TUPLE not in value:
        if not all(type(key) is str for key in value):
            raise NotPlain("dict with keys that are no texts")
        return {key: _mark(item, depth + 1) for key, item in value.items()}
    raise NotPlain(kind.__name__)


def _unmark(found: dict[str, Any]) -> Any:
    return tuple(found[_TUPLE]) if found.keys() == {_TUPLE} else found
