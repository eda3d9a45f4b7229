"""Prompts: a text or a list of chat messages, with places for the arguments."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.executors.http.exchange import Trouble
from pytest_metamorphic_guard.executors.http.places import (
    Arguments,
    UnfitError,
    fill,
    find_places,
    to_text,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Prompt", "read_prompt"]

_ROLES = ("system", "developer", "user", "assistant")
_MOST_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is asked.

    Attributes:
        messages: ``(role, content)`` of each message, with places.
        has_places: Whether there is a place for an argument; else they come as a last message.
    """

    messages: tuple[tuple[str, str], ...]
    has_places: bool

    def fill(self, arguments: Arguments) -> list[dict[str, str]]:
        """Return the messages of one call.

        Raises:
            Trouble: A place has no argument, or an argument has no text.
        """
        try:
            filled = [
                {"role": role, "content": fill(content, arguments, to_text)}
                for role, content in self.messages
            ]
            if not self.has_places and arguments.values:
                values = arguments.values
                shown = to_text(values[0] if len(values) == 1 else list(values))
                filled.append({"role": "user", "content": shown})
        except UnfitError as error:
            raise Trouble("not_started", f"the prompt cannot be filled: {error}") from error
        return filled


def read_prompt(specification: str, system: str | None) -> Prompt:
    """Return the prompt that a text, or a file of one, holds.

    A file that ends in ``.json`` is a list of objects with ``role`` and ``content``.

    Args:
        specification: The path of a file, or the text itself.
        system: What comes first as a message of its own, or None.

    Raises:
        Trouble: It is no prompt.
    """
    path = _find_file(specification)
    text = specification if path is None else _read(path)
    if path is not None and path.suffix.lower() == ".json":
        messages = _read_messages(path, text)
    else:
        if not text.strip():
            raise Trouble("not_started", "the prompt is empty")
        # What says how to answer, and leaves the question to a message of its own.
        role = "user" if find_places(text) else "system"
        messages = [(role, text)]
    if system is not None:
        messages.insert(0, ("system", system))
    return Prompt(tuple(messages), any(find_places(content) for _, content in messages))


def _find_file(specification: str) -> Path | None:
    try:
        path = Path(specification)
        return path if path.is_file() else None
    except (OSError, ValueError):  # too long or with a NUL: a text, not a path
        return None


def _read(path: Path) -> str:
    if path.suffix in (".py", ".pyc"):
        raise Trouble("not_started", f"{path.name} is a Python file; a prompt is a text or .json")
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise Trouble("not_started", f"{path.name} has more than {_MOST_BYTES >> 20} MiB")
        return content.decode("utf-8")
    except OSError as error:
        raise Trouble("not_started", f"{path.name} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Trouble("not_started", f"{path.name} is no UTF-8 text: {error}") from error


def _read_messages(path: Path, text: str) -> list[tuple[str, str]]:
    expected = "expected a list of objects with 'role' and 'content'"
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Trouble("not_started", f"{path.name} is no JSON: {error}") from error
    if not isinstance(data, list) or not data:
        raise Trouble("not_started", f"{path.name}: {expected}")
    return [_read_message(path, number, one) for number, one in enumerate(data)]


def _read_message(path: Path, number: int, data: Any) -> tuple[str, str]:
    where = f"{path.name}: message {number}"
    keys: Sequence[object] = sorted(data) if isinstance(data, dict) else ()
    if keys != ["content", "role"] or not isinstance(data["content"], str):
        raise Trouble("not_started", f"{where}: expected an object with the texts role and content")
    if data["role"] not in _ROLES:
        said = f"its role is {data['role']!r:.40}, expected one of {', '.join(_ROLES)}"
        raise Trouble("not_started", f"{where}: {said}")
    return data["role"], data["content"]
