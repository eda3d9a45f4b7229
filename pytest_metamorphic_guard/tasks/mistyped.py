"""Texts that somebody meant as the path of a file which is not there."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.errors import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["find_path", "is_folder", "suggest_file"]

# What files with code, prompts and configurations are called.
_SUFFIXES = (
    "cfg|csv|hbs|html?|ini|j2|jinja2?|json|jsonl|liquid|md|markdown|mustache|prompt|prompty|py|pyc"
    "|rst|te?xt|tmpl|toml|tpl|xml|ya?ml"
)
_NAMED = re.compile(rf"(.+\.(?:{_SUFFIXES}))(?::\w*)?", re.IGNORECASE | re.DOTALL)
# No word begins so; one that begins with "/" may be a command or the path of a URL.
_PLACED = re.compile(r"(?:\.{1,2}|~)/\S+")
_LONGEST = 300
_MOST_SEEN = 1_000
_DEPTH = 3
_ALIKE = 0.6


def find_path(text: str, folder: Path) -> str | None:
    """Return the path that a text must be meant as; None for what may be a prompt or a URL.

    A path has no white space, or else an existing folder before its last separator; and it ends in
    the suffix of a file, or begins as paths do, or its first part is a folder. ``maker/model``, the
    name of a model, is none.
    """
    if len(text) > _LONGEST or "\n" in text or "://" in text:
        return None
    named = _NAMED.fullmatch(text)
    path = text if named is None else named[1]
    if any(character.isspace() for character in path):
        return (
            path if named and "/" in path and is_folder(folder, path.rpartition("/")[0]) else None
        )
    if named or _PLACED.fullmatch(path):
        return path
    first, separator, _ = path.partition("/")
    return path if separator and is_folder(folder, first) else None


def suggest_file(path: str, folder: Path) -> str:
    """Return ``". Did you mean 'right'?"`` for the file that a path nearly names, else nothing."""
    return suggest(path, (near for near in _list_files(path, folder) if _is_near(path, near)))


def is_folder(folder: Path, name: str) -> bool:
    """Tell whether there is a folder of this name, which may be no name of a file at all."""
    try:
        return bool(name) and (folder / name).is_dir()
    except (OSError, ValueError):
        return False


def _is_near(path: str, other: str) -> bool:
    # Short names are alike by their suffixes alone.
    stems = Path(path).stem, Path(other).stem
    return difflib.SequenceMatcher(None, *stems).ratio() >= _ALIKE


def _list_files(path: str, folder: Path) -> Iterator[str]:
    """Yield files by the paths that a user would write, from the nearest folder that exists."""
    prefix = path.rpartition("/")[0]
    while prefix and not is_folder(folder, prefix):
        prefix = prefix.rpartition("/")[0]
    start = folder / prefix
    seen = 0
    for place, folders, files in os.walk(start):
        below = Path(place).relative_to(start)
        folders[:] = [
            name for name in sorted(folders) if name[0] not in "._" and len(below.parts) < _DEPTH
        ]
        for name in sorted(files):
            seen += 1
            if seen > _MOST_SEEN:
                return
            found = str(Path(prefix) / below / name)
            yield f"./{found}" if path.startswith("./") else found
