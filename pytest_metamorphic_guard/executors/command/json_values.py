"""Values on their way to a program and back, as JSON: what cannot go is refused before it goes."""

from __future__ import annotations

import json
import math
from functools import partial
from typing import Any, NoReturn

__all__ = ["UnfitError", "UnreadableError", "check_value", "read_json", "write_json"]

# RFC 8259 calls integers up to here interoperable; beyond it many readers round.
_LARGEST = (1 << 53) - 1
_DEEPEST = 200
_SHOWN = 60


class UnfitError(ValueError):
    """A value that cannot be sent; its text says which one, and why."""


class UnreadableError(ValueError):
    """What came is no JSON; its text says what is wrong with it."""


def check_value(value: object, place: str, *, big_integers: bool) -> None:
    """Refuse what JSON cannot say.

    Args:
        value: The value. A tuple goes as an array, so it comes back as a list.
        place: Where it stands, such as ``argument 1``; deeper places are added as ``[0]['key']``.
        big_integers: Whether integers beyond 2**53 are sent.

    Raises:
        UnfitError: It holds something else than None, booleans, numbers, texts, lists, tuples and
            dicts whose keys are texts.
    """
    if not _is_fit(value, _DEEPEST, big_integers=big_integers):
        _refuse_part(value, place, big_integers=big_integers)


def _is_fit(value: object, depth: int, *, big_integers: bool) -> bool:
    """Tell in a hurry whether there is nothing to refuse."""
    kind = type(value)
    if kind is int:
        return big_integers or -_LARGEST <= value <= _LARGEST  # type: ignore[operator]
    if kind is str:
        return value.isascii()  # type: ignore[attr-defined, no-any-return]
    if kind is float:
        return math.isfinite(value)  # type: ignore[arg-type]
    if kind is bool or value is None:
        return True
    if kind is list or kind is tuple:
        return depth > 0 and all(
            _is_fit(item, depth - 1, big_integers=big_integers)
            for item in value  # type: ignore[attr-defined]
        )
    return False


def _refuse_part(  # noqa: C901, PLR0912 - one branch per kind of value
    value: object, place: str, *, big_integers: bool, depth: int = _DEEPEST
) -> None:
    """Look at every part, and refuse the first one that does not fit."""
    if not depth:
        raise UnfitError(f"{place[:_SHOWN]}... is nested more than {_DEEPEST} deep")
    inner = partial(_refuse_part, big_integers=big_integers, depth=depth - 1)
    match value:
        case None | bool():
            return
        case int():
            if not big_integers and abs(value) > _LARGEST:
                raise UnfitError(
                    f"{place} is {_show(value)}, beyond 2**53, which many programs round: "
                    "'big_integers': true sends it"
                )
        case float():
            if not math.isfinite(value):
                raise UnfitError(f"{place} is {value!r}, which JSON does not have")
        case str():
            try:
                value.encode()
            except UnicodeEncodeError:
                raise UnfitError(f"{place} is {value!r:.60}, which is no UTF-8") from None
        case list() | tuple():
            for index, item in enumerate(value):
                inner(item, f"{place}[{index}]")
        case dict():
            for key, item in value.items():
                if not isinstance(key, str):
                    raise UnfitError(
                        f"{place} has the key {key!r:.60} of type {type(key).__name__}, and JSON "
                        "has only texts as keys"
                    )
                inner(key, f"a key of {place}")
                inner(item, f"{place}[{key!r:.60}]")
        case _:
            raise UnfitError(f"{place} is of type {type(value).__name__}, which JSON does not have")


def write_json(value: object) -> bytes:
    """Return a value that was checked as JSON, without white space between its parts."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()


def read_json(data: bytes) -> Any:
    """Return what a JSON text says, in UTF-8.

    Raises:
        UnreadableError: It says nothing, or is not what JSON allows, as ``NaN`` is not.
    """
    try:
        value = json.loads(data.decode(), parse_constant=_refuse)
    except UnicodeDecodeError:
        fault = "no UTF-8"
    except RecursionError:
        fault = "nested too deep"
    except ValueError as error:
        fault = str(error) if isinstance(error, UnreadableError) else "no JSON"
    else:
        # Few brackets cannot be deep; whoever compares or shows the value goes down step by step.
        brackets = data.count(b"[") + data.count(b"{")
        if brackets <= _DEEPEST or _is_shallow(value, _DEEPEST):
            return value
        fault = "nested too deep"
    raise UnreadableError(f"{fault}: {data[:_SHOWN].decode('utf-8', 'replace')!r}") from None


def _is_shallow(value: object, depth: int) -> bool:
    match value:
        case list():
            return depth > 0 and all(_is_shallow(item, depth - 1) for item in value)
        case dict():
            return depth > 0 and all(_is_shallow(item, depth - 1) for item in value.values())
        case _:
            return True


def _refuse(word: str) -> NoReturn:
    raise UnreadableError(f"{word}, which JSON does not have")


def _show(value: int) -> str:
    digits = hex(value) if value.bit_length() > 4 * _SHOWN else str(value)
    return digits if len(digits) <= _SHOWN else f"{digits[:_SHOWN]}..."
