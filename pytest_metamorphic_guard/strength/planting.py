"""Mutants as files: each in a folder of its own, beside copies of what the original imports.

The files of the user are read and never touched. A mutant keeps its place in its package, so that
relative imports and files beside it are found.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import tokenize
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pytest_metamorphic_guard.contracts.roots import mark_root, split_root
from pytest_metamorphic_guard.errors import ImplementationError
from pytest_metamorphic_guard.strength.definition import find_definition, find_place, is_library

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_metamorphic_guard.tasks.implementations import Implementation

__all__ = ["Bed"]

_MOST_FILES = 4_000
_MOST_BYTES = 64 << 20
# Beside a module may lie anything, such as what it was trained on.
_MOST_DATA = 4 << 20
_IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+(\w+)|import[ \t]+([^\n#]+))", re.MULTILINE)
_UNWANTED = frozenset({"__pycache__", "node_modules"})


class Bed:
    """A temporary folder in which variants of one file are put, and removed with all of them.

    Args:
        original: The implementation whose file is varied.

    Raises:
        ImplementationError: It is no Python file, or its package is too large to be copied.
    """

    def __init__(self, original: Implementation) -> None:
        self._original = original
        self._root, self._inner = find_place(original)
        self._file, self._changed = self._root / self._inner, find_definition(original).file
        with self._changed.open("rb") as file:
            self._encoding = tokenize.detect_encoding(file.readline)[0]
        self._folder = Path(tempfile.mkdtemp(prefix="mg-strength-")).resolve()
        self._count = 0
        try:
            self._copy()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the folder; safe to call again."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def plant(self, text: str | None = None) -> Implementation:
        """Return an implementation whose file has this text; the original's own by default."""
        self._count += 1
        folder = self._folder / f"m{self._count:04}"
        shutil.copytree(self._base, folder, copy_function=_link, symlinks=True)
        file = folder / self._inner
        changed = folder / self._changed.relative_to(self._root)
        for path, original in ((file, self._file), (changed, self._changed)):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(original.read_bytes())
        if text is not None:
            changed.write_bytes(text.encode(self._encoding))
        is_marked = bool(split_root(self._original.target)[0])
        target = mark_root(str(folder), str(file)) if is_marked else str(file)
        said = self._original.specification
        named = f"{said} (mutant {self._count - 1})" if self._count > 1 else said
        return replace(self._original, target=target, specification=named, callable_object=None)

    def remove(self, planted: Implementation) -> None:
        """Remove the folder of a variant that is needed no more."""
        relative = Path(os.path.relpath(planted.target, self._folder))
        shutil.rmtree(self._folder / relative.parts[0], ignore_errors=True)

    @property
    def _base(self) -> Path:
        return self._folder / "base"

    def _copy(self) -> None:
        """Copy what lies beside the original and what it may import from there, once."""
        self._base.mkdir()
        budget = _Budget(self._original.specification)
        if is_library(self._file):
            top = self._root / self._inner.parts[0]
            if top.is_dir():
                kept = {self._file, self._changed, *self._file.parents, *self._changed.parents}
                _link_around(top, self._base / top.name, kept)
            return
        waiting, known = [self._inner.parts[0]], {self._inner.parts[0]}
        if len(self._inner.parts) == 1:
            waiting += [path.name for path in self._root.iterdir() if _is_data(path)]
        while waiting:
            name = waiting.pop()
            for path in _list_files(self._root / name):
                inner = path.relative_to(self._root)
                budget.take(path)
                if path not in (self._file, self._changed):
                    (self._base / inner).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(path, self._base / inner)
                if path.suffix == ".py":
                    new = _find_near(path, self._root) - known
                    known |= new
                    waiting += sorted(new)


class _Budget:
    """How much may be copied."""

    def __init__(self, specification: str) -> None:
        self._specification = specification
        self._files, self._bytes = _MOST_FILES, _MOST_BYTES

    def take(self, path: Path) -> None:
        self._files -= 1
        self._bytes -= path.stat().st_size
        if min(self._files, self._bytes) < 0:
            fault = f"lies beside more than {_MOST_FILES} files or {_MOST_BYTES >> 20} MiB"
            raise ImplementationError(
                self._specification, f"{fault}, too many to copy for its mutants"
            )


def _link_around(place: Path, copied: Path, kept: set[Path]) -> None:
    """Link to everything in a folder of an installed package, but to what lies on these paths."""
    copied.mkdir(exist_ok=True)
    for path in place.iterdir():
        if path in kept:
            if path.is_dir():
                _link_around(path, copied / path.name, kept)
        elif path.name not in _UNWANTED:
            (copied / path.name).symlink_to(path)


def _find_near(file: Path, root: Path) -> set[str]:
    """Return the names of modules and packages in a folder that a file imports by name."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return set()
    names: set[str] = set()
    for single, several in _IMPORT.findall(text):
        listed = several.split(",") if several else [single]
        names.update(name.split()[0].partition(".")[0] for name in listed if name.split())
    found = set()
    for name in names:
        if (root / f"{name}.py").is_file():
            found.add(f"{name}.py")
        elif (root / name).is_dir():
            found.add(name)
    return found


def _list_files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    if not path.is_dir():
        return
    for folder, inner, files in os.walk(path):
        inner[:] = sorted(n for n in inner if n not in _UNWANTED and not n.startswith("."))
        for name in sorted(files):
            found = Path(folder) / name
            if found.is_file() and not name.startswith("."):
                yield found


def _is_data(path: Path) -> bool:
    is_hidden = path.name.startswith(".")
    return not is_hidden and path.is_file() and path.suffix != ".py" and _is_small(path)


def _is_small(path: Path) -> bool:
    return path.stat().st_size <= _MOST_DATA


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
