"""What a specification names on this machine, and whether it changed since it was imported."""

from __future__ import annotations

import contextlib
import os
import re
import time

from pytest_metamorphic_guard.contracts.roots import split_root
from pytest_metamorphic_guard.executors.local.libraries import is_installed
from pytest_metamorphic_guard.executors.local.setup import Target

__all__ = ["Watch", "find_target", "list_tree", "locate"]

_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_LONGEST_NAME = 200
_SHOWN = 80
# Up to this many files are looked at before every call (about 1 µs each) ...
_FEW = 16
# ... and more than that at most this often.
_INTERVAL_S = 0.05
# A tree larger than this is watched in part: its first files, and always the candidate itself.
_MOST = 1_000

_Stamp = tuple[int, int, int]


def find_target(specification: str) -> Target:
    """Return what to import for a path or a dotted module name.

    Raises:
        ValueError: It is neither; the text says so.
    """
    if "\n" not in specification and "\0" not in specification:
        path = os.path.abspath(specification)
        if os.path.isfile(path):
            root, name = split_root(specification)
            return Target(file=path, name=name, root=root) if root else locate(path)
        is_short = len(specification) <= _LONGEST_NAME
        if is_short and _MODULE.fullmatch(specification) and not specification.endswith(".py"):
            return Target(file="", name=specification, root="")
        if specification.endswith(".py") or os.path.exists(path):
            what = "is a directory" if os.path.isdir(path) else "does not exist"
            raise ValueError(f"{specification} {what}; expected a Python file")
    shown = specification[:_SHOWN] + ("..." if len(specification) > _SHOWN else "")
    raise ValueError(f"{shown!r} is neither a Python file nor the name of a module")


def locate(path: str) -> Target:
    """Return what to import for the absolute path of a file, whatever its name is."""
    folder, base = os.path.split(path)
    names = [] if base == "__init__.py" else [os.path.splitext(base)[0]]
    while os.path.isfile(os.path.join(folder, "__init__.py")) and os.path.basename(folder):
        if "." in os.path.basename(folder):
            break  # no import statement reaches into it
        folder, package = os.path.split(folder)
        names.insert(0, package)
    # What is left of a name with a dot, such as gpt-4.1, would be a package otherwise.
    names[-1:] = [name.replace(".", "_") for name in names[-1:]]
    return Target(file=path, name=".".join(names), root=folder)


class Watch:
    """Tells whether source files changed since the watch was set.

    It is set before the candidate is read, so that an edit in between is noticed. Watched are the
    file itself, the Python files beside it, and the packages that both belong to.
    """

    def __init__(self, file: str, root: str = "") -> None:
        self._file = file
        alone = not root or is_installed(file)
        self._folders, files = ((), (file,)) if alone else list_tree(file, root)
        self._files = {path: _stamp(path) for path in files}
        self._known = {path: _stamp(path) for path in self._folders}
        self._root = root
        self._few = len(self._files) + len(self._known) <= _FEW
        self._next = time.monotonic() + _INTERVAL_S

    def has_changed(self) -> bool:
        """Return whether anything watched was edited, added or removed."""
        if not self._few:
            now = time.monotonic()
            if now < self._next:
                return _stamp(self._file) != self._files[self._file]
            self._next = now + _INTERVAL_S
        for path, stamp in self._files.items():
            if _stamp(path) != stamp:
                return True
        for path, stamp in self._known.items():
            if _stamp(path) != stamp:
                return self._has_other_files()
        return False

    def _has_other_files(self) -> bool:
        # Caches and reports that appear beside the sources change the folder, but not the sources.
        folders, files = list_tree(self._file, self._root)
        if set(files) != set(self._files) or set(folders) != set(self._folders):
            return True
        self._known = {path: _stamp(path) for path in folders}
        return False


def _stamp(path: str) -> _Stamp | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def list_tree(file: str, root: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return folders and files: a file, the Python files beside it, and those of their packages."""
    folders: list[str] = []
    files = {file: None}
    waiting = [os.path.dirname(file), root]
    while waiting and len(files) + len(folders) < _MOST:
        folder = waiting.pop(0)
        if folder in folders:
            continue
        folders.append(folder)
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name.endswith(".py"):
                    files[entry.path] = None
                elif _is_package(entry):
                    waiting.append(entry.path)
    return tuple(folders), tuple(files)


def _is_package(entry: os.DirEntry[str]) -> bool:
    if not entry.name.isidentifier() or not entry.is_dir():
        return False
    return os.path.isfile(os.path.join(entry.path, "__init__.py"))
