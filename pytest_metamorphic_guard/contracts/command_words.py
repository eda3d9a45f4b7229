"""How a command is written: ``command: ./solver --fast``, without a shell."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from pathlib import Path

__all__ = ["PREFIX", "is_command", "read_command", "write_command"]

PREFIX = "command:"
# ``command:solve`` is a function of a module that is called so.
_COMMAND = re.compile(r"command:(?=[\s./~'\"])\s*\S")


def is_command(text: str) -> bool:
    """Tell whether a text is written as a command."""
    return _COMMAND.match(text) is not None


def read_command(text: str, folder: Path) -> tuple[str, ...]:
    """Return the words of a command, those that name something in ``folder`` as absolute paths.

    The program runs in a directory of its own, where relative paths would lead nowhere: this counts
    for words such as ``model.bin``, and for the second half of ``--model=model.bin``.

    Raises:
        ValueError: It has no words, or nothing has the name of its program.
    """
    try:
        words = shlex.split(text.removeprefix(PREFIX))
    except ValueError:
        raise ValueError("a quote is not closed") from None
    if not words:
        raise ValueError("name a program, as in 'command: ./solver --fast'")
    return _find_program(words[0], folder), *(_complete(word, folder) for word in words[1:])


def write_command(words: tuple[str, ...]) -> str:
    """Return a command that `read_command` reads as these words."""
    return f"{PREFIX} {shlex.join(words)}"


def _find_program(word: str, folder: Path) -> str:
    path = _join(folder, word)
    if "/" in word or word.startswith("~"):
        if path is None:
            raise ValueError(f"there is no file {word!r} in {folder}")
    elif shutil.which(word) is not None:
        return word
    elif path is None:
        raise ValueError(f"there is no program {word!r} on the PATH, and no such file in {folder}")
    if Path(path).is_dir():
        raise ValueError(f"{word!r} is a folder, not a program")
    if not os.access(path, os.X_OK):
        raise ValueError(f"{word!r} may not be executed: chmod +x it, or name what runs it first")
    return path


def _complete(word: str, folder: Path) -> str:
    option, sign, value = word.partition("=")
    if sign and option.startswith("-"):
        return f"{option}={_join(folder, value) or value}"
    return _join(folder, word) or word


def _join(folder: Path, word: str) -> str | None:
    """Return the absolute path of what a word names in a folder; None where it names nothing."""
    if not word or word.strip(".") == "":  # "." is more often an operand than a folder
        return None
    try:
        # Not resolved: a program may go by the name under which it is called.
        path = folder.absolute() / Path(word).expanduser()
        return os.path.normpath(path) if path.exists() else None
    except (OSError, ValueError, RuntimeError):  # too long, a NUL, nobody's home: no path
        return None
