"""Places for arguments in a text: ``{0}`` by number, ``{name}`` by name.

Only a name or a number in braces is a place; every other brace stands for itself, as in JSON, and
``{{name}}`` is the text ``{name}``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "Arguments",
    "UnfitError",
    "fill",
    "fill_data",
    "find_data_places",
    "find_places",
    "to_json",
    "to_text",
    "write_in_url",
]

_PLACE: Final = re.compile(r"\{\{(\w+)\}\}|\{(\w+)\}")
_PLAIN: Final = frozenset({type(None), bool, int, str})
_DEEPEST: Final = 200


class UnfitError(ValueError):
    """Arguments that cannot be sent, or a place for which there is none."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a function is called with, as a template takes it.

    Attributes:
        function: Name of the function.
        values: The arguments.
        names: Their names in order, as far as they are known.
    """

    function: str
    values: tuple[Any, ...]
    names: tuple[str, ...] = ()

    def find(self, place: str) -> Any:
        """Return what stands in a place: ``args`` are all arguments, ``function`` is the name.

        A name is that of an argument; else a key of the only argument, where that is a dict; else
        the only argument itself.

        Raises:
            UnfitError: There is no such argument.
        """
        if place.isdecimal():
            if int(place) < len(self.values):
                return self.values[int(place)]
            raise UnfitError(
                f"the place {{{place}}} is for another argument: there are {len(self.values)}, "
                "from {0}"
            )
        if place in self.names:
            number = self.names.index(place)
            if number < len(self.values):
                return self.values[number]
        if place in ("args", "function"):
            return list(self.values) if place == "args" else self.function
        if len(self.values) == 1 and not self.names:
            only = self.values[0]
            if not isinstance(only, dict):
                return only
            if place in only:
                return only[place]
        raise UnfitError(
            f"nothing is known to stand in the place {{{place}}}: name the arguments in the option "
            f"'arguments', use {{0}}, or write {{{{{place}}}}} for the text itself"
        )


def find_places(text: str) -> set[str]:
    """Return the places of a text."""
    return {found[2] for found in _PLACE.finditer(text) if found[2]}


def fill(text: str, arguments: Arguments, write: Callable[[Any], str]) -> str:
    """Return a text with its places filled by what ``write`` makes of the arguments.

    Raises:
        UnfitError: There is no argument for a place, or it cannot be written.
    """

    def replace(found: re.Match[str]) -> str:
        return f"{{{found[1]}}}" if found[1] else write(arguments.find(found[2]))

    return _PLACE.sub(replace, text)


def fill_data(data: Any, arguments: Arguments) -> Any:
    """Return plain data with the places of its texts filled.

    A text that is one place becomes the argument itself, whatever it is.

    Raises:
        UnfitError: As `fill`.
    """
    if isinstance(data, str):
        whole = _PLACE.fullmatch(data)
        if whole is not None and whole[2]:
            return arguments.find(whole[2])
        return fill(data, arguments, to_text)
    if isinstance(data, dict):
        return {key: fill_data(value, arguments) for key, value in data.items()}
    if isinstance(data, list):
        return [fill_data(value, arguments) for value in data]
    return data


def find_data_places(data: Any) -> set[str]:
    """Return the places of all texts in plain data."""
    if isinstance(data, str):
        return find_places(data)
    parts: Any = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return {place for part in parts for place in find_data_places(part)}


def to_text(value: Any) -> str:
    """Return a text as it is, and any other value as JSON.

    Raises:
        UnfitError: It has no JSON form.
    """
    return value if isinstance(value, str) else to_json(value)


def to_json(value: Any) -> str:
    """Return a value as JSON that means the same to any reader; a tuple is a list there.

    Raises:
        UnfitError: JSON has no form for it, or would change it.
    """
    _check(value, 0)
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise UnfitError(f"an argument is no JSON: {error}") from error


def _check(value: Any, depth: int) -> None:
    """Refuse what ``json`` would write as something else."""
    if type(value) in _PLAIN:
        return
    if depth > _DEEPEST:
        raise UnfitError(f"an argument is nested more than {_DEEPEST} deep")
    match value:
        case dict():
            for key, item in value.items():
                if not isinstance(key, str):
                    raise UnfitError(f"an argument is no JSON: its key {key!r:.60} is no text")
                _check(item, depth + 1)
        case list() | tuple():
            for item in value:
                _check(item, depth + 1)
        case float() if value != value or value in (float("inf"), -float("inf")):  # noqa: PLR0124
            raise UnfitError(f"an argument is no JSON: {value!r} has no form there")
        case float() | int() | str():
            pass
        case _:
            raise UnfitError(
                f"an argument is no JSON: {value!r:.60} is of type {type(value).__name__}"
            )


def write_in_url(value: Any) -> str:
    """Return a value as it stands in a URL.

    Raises:
        UnfitError: It has no text.
    """
    text = to_text(value)
    # As a part of a path these two would be another path.
    return text.replace(".", "%2E") if text in (".", "..") else quote(text, safe="")
