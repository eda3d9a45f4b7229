"""The default seed of a gate, which follows from the contents of what it judges.

A fixed default would let a candidate's author see every input of the gate beforehand and memorise
the answers. Nobody can write a file to fit its own hash, and the same files still give the same
answer. All implementations count together, since all candidates must see the same inputs.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.command_words import is_command
from pytest_metamorphic_guard.contracts.roots import split_root
from pytest_metamorphic_guard.tasks.origins import find_origin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_metamorphic_guard.tasks.implementations import Implementation

__all__ = ["find_kept_seed", "make_seed"]

# A word of a source may be the name of a module or a file.
_WORD = re.compile(rb"[\w.-]+")
_MODULES = frozenset({".py", ".pyc", ".so", ".pyd"})
_MOST_FILES = 1000
_MOST_BYTES = 64 << 20


def make_seed(candidates: Iterable[Implementation], baselines: Iterable[Implementation]) -> int:
    """Return a seed from 0 to 2**32 - 1 that follows from contents alone.

    The names and places of the implementations do not matter, nor their order. A file counts
    together with what it names among the files beside it, or of its package: modules and data.
    Nothing is imported.
    """
    digests = sorted(
        role + _digest(implementation)
        for role, implementations in ((b"c", candidates), (b"b", baselines))
        for implementation in implementations
    )
    return int.from_bytes(hashlib.sha256(b"".join(digests)).digest()[:4], "big")


def find_kept_seed(targets: Iterable[str]) -> int | None:
    """Return the seed under which the answers of a recorded baseline were kept; None for others."""
    for target in targets:
        if target.startswith("recorded:"):
            # Not loaded for a run without such a baseline, which starts sooner.
            from pytest_metamorphic_guard.executors.answers import read_answers

            with contextlib.suppress(OSError, ValueError):  # its first call says it better
                return read_answers(Path(target.removeprefix("recorded:"))).seed
    return None


def _digest(implementation: Implementation) -> bytes:
    origin = find_origin(implementation)
    if is_command(implementation.target):
        contents = _read_words(implementation.target)
    elif origin is None:  # a raw text, or a module without a file
        contents = [implementation.target.encode("utf-8", "surrogatepass")]
    else:
        root, _ = split_root(implementation.target)
        contents = _read_named(origin, Path(root) if root else None)
    parts = sorted(hashlib.sha256(content).digest() for content in contents)
    function = (implementation.function or "").encode("utf-8", "surrogatepass")
    return hashlib.sha256(b"".join(parts) + function).digest()


def _read_words(command: str) -> list[bytes]:
    """Return the words of a command, with the contents of files in the place of their paths."""
    return [
        _read(Path(word), _MOST_BYTES) if Path(word).is_absolute() else word.encode()
        for word in shlex.split(command)
    ]


def _read_named(origin: Path, root: Path | None) -> list[bytes]:
    """Return the content of a file, and of the files near it that it or one of them names."""
    folders = _list_packages(origin.parent)
    if root is not None and root not in folders:
        folders.append(root)
    entries = [entry for folder in folders for entry in _list_folder(folder)]
    seen = {origin, *folders}
    words: set[bytes] = set()
    contents = []
    left = _MOST_BYTES
    new = [origin]
    while new:
        for path in new:
            if path.is_dir():
                entries += _list_folder(path)
                continue
            content = _read(path, left)
            left -= len(content)
            contents.append(content)
            for word in _WORD.findall(content):
                words.update((word, *word.split(b".")))
        new = [path for path in entries if path not in seen and _is_named(path, words)]
        new = new[: max(0, _MOST_FILES - len(seen))]
        seen.update(new)
    return contents


def _list_packages(folder: Path) -> list[Path]:
    """Return a file's folder and, where it is a package, those from which modules can name it."""
    folders = [folder]
    while (folder / "__init__.py").is_file() and folder.parent != folder:
        folder = folder.parent
        folders.append(folder)
    return folders


def _list_folder(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.name != "__pycache__")
    except OSError:  # not ours to list, and then not the candidate's either
        return []


def _is_named(path: Path, words: set[bytes]) -> bool:
    name = path.name.encode("utf-8", "surrogateescape")
    if name in words:
        return True
    # The module of a package itself runs whenever anything of it does.
    stem = name.partition(b".")[0]
    return path.suffix in _MODULES and (stem == b"__init__" or stem in words)


def _read(path: Path, most: int) -> bytes:
    try:
        if not path.is_file():  # a pipe would be waited for
            return b""
        with path.open("rb") as file:
            return file.read(max(0, most))
    except OSError:
        return b""
