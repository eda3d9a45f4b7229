"""The files of an implementation as one archive, which workers know by what is in it."""

from __future__ import annotations

import glob
import hashlib
import io
import os
import stat
import sys
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.roots import split_root
from pytest_metamorphic_guard.executors.local.libraries import is_installed
from pytest_metamorphic_guard.executors.local.sources import Watch, find_target, list_tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_metamorphic_guard.executors.local.needs import Need
    from pytest_metamorphic_guard.executors.local.setup import Target

__all__ = ["Bundle", "Bundles"]

_MOST_FILES = 5_000
# A zip file knows no earlier time; the same files are to make the same archive.
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What a worker needs to call an implementation.

    Attributes:
        files: Digest of the archive; empty for a module that the workers have themselves.
        content: The archive.
        entry: Path of the implementation's file in it, or the dotted name of the module.
        marked: Whether imports begin on its top folder, whatever the folders look like.
        digest: Of the module's own file, where no files are sent.
        root: The folder of this machine that it was made of.
        names: Paths in the archive.
    """

    files: str
    content: bytes
    entry: str
    marked: bool
    digest: str
    root: str
    names: frozenset[str]


class Bundles:
    """Makes them, and makes them anew when a source was edited.

    Args:
        patterns: Which other files than Python's are sent, relative to the implementation's folder.
        most_bytes: How much all files of one may take.
    """

    def __init__(self, patterns: tuple[str, ...], most_bytes: int) -> None:
        self._patterns = patterns
        self._most_bytes = most_bytes
        self._made: dict[tuple[str, frozenset[str]], tuple[Bundle, Watch | None]] = {}

    def find(self, file_path: str, needs: Iterable[Need], withheld: Mapping[str, str]) -> Bundle:
        """Return what is sent for an implementation and modules that define classes of its inputs.

        Raises:
            ValueError: It is no Python file and no module, or too much belongs to it.
            OSError: A file cannot be read.
        """
        modules = frozenset(need.module for need in needs if not need.is_light)
        key = file_path, modules
        known = self._made.get(key)
        if known is not None and (known[1] is None or not known[1].has_changed()):
            return known[0]
        target = find_target(file_path)
        watch = Watch(target.file, target.root) if target.file else None
        bundle = self._make(file_path, target, modules, withheld)
        self._made[key] = bundle, watch
        return bundle

    def forget(self) -> None:
        """Make all of them anew."""
        self._made.clear()

    def _make(
        self, file_path: str, target: Target, modules: Iterable[str], withheld: Mapping[str, str]
    ) -> Bundle:
        if not target.file or is_installed(target.file):
            digest = _hash(target.file) if target.file else ""
            return Bundle(
                files="",
                content=b"",
                entry=target.name,
                marked=False,
                digest=digest,
                root="",
                names=frozenset(),
            )
        found = _list_sources(target.file, target.root)
        for module in sorted(modules):
            for name, path in _list_module(module).items():
                found.setdefault(name, path)
        found |= self._list_others(target)
        content = _pack(_leave_out(found, target.file, withheld), self._most_bytes)
        return Bundle(
            files=hashlib.sha256(content).hexdigest(),
            content=content,
            entry=os.path.relpath(target.file, target.root),
            marked=bool(split_root(file_path)[0]),
            digest="",
            root=target.root,
            names=frozenset(found),
        )

    def _list_others(self, target: Target) -> dict[str, str]:
        folder, found = os.path.dirname(target.file), {}
        for pattern in self._patterns:
            matched = glob.glob(os.path.join(glob.escape(folder), pattern), recursive=True)
            if not matched:
                raise ValueError(f"option 'files' of the executor 'dask': no {pattern} in {folder}")
            for path in matched:
                if os.path.isfile(path) and not _is_inside(path, target.root):
                    raise ValueError(
                        f"option 'files' of the executor 'dask': {path} is not below {target.root}"
                    )
                if os.path.isfile(path):
                    found[os.path.relpath(path, target.root)] = path
        return found


def _list_sources(file: str, root: str) -> dict[str, str]:
    """Return the Python files that belong to one, by their path below a root."""
    _, paths = list_tree(file, root)
    # What a link leads to elsewhere is none of the implementation's: it may be anything.
    return {
        os.path.relpath(path, root): path
        for path in paths
        if path == file or _is_inside(path, root)
    }


def _list_module(name: str) -> dict[str, str]:
    """Return the files of a module that is not installed, under the name that it is imported by."""
    file = getattr(sys.modules.get(name), "__file__", None) or ""
    if not file.endswith(".py") or not os.path.isfile(file) or is_installed(file):
        return {}
    root = os.path.dirname(os.path.abspath(file))
    parts = name.split(".")
    depth = len(parts) if os.path.basename(file) == "__init__.py" else len(parts) - 1
    for _ in range(depth):
        root = os.path.dirname(root)
    expected = os.path.join(root, *parts)
    if file not in (expected + ".py", os.path.join(expected, "__init__.py")):
        return {}  # imported under a name that no import statement finds
    return _list_sources(file, root)


def _leave_out(found: Mapping[str, str], file: str, withheld: Iterable[str]) -> dict[str, str]:
    hidden = {os.path.realpath(path) for path in withheld}
    inodes = {_identify(path) for path in hidden} - {None}
    kept = {}
    for name, path in found.items():
        real = os.path.realpath(path)
        is_hidden = real in hidden or any(real.startswith(one + os.sep) for one in hidden)
        if path == file or not (is_hidden or _identify(path) in inodes):
            kept[name] = path
    return kept


def _pack(found: Mapping[str, str], most_bytes: int) -> bytes:
    if len(found) > _MOST_FILES:
        raise ValueError(
            f"{len(found)} files belong to the candidate, and at most {_MOST_FILES} are sent: "
            "give it a folder of its own"
        )
    size, buffer = 0, io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in sorted(found.items()):
            # A pipe would be waited for, and a device never ends.
            if not stat.S_ISREG(os.stat(path).st_mode):
                continue
            size += os.stat(path).st_size
            if size > most_bytes:
                raise ValueError(
                    f"the files of the candidate take more than {most_bytes >> 20} MiB, which "
                    "max_files_mb in --mg-executor-config allows"
                )
            with open(path, "rb") as file:
                data = file.read(most_bytes + 1)
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _hash(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def _identify(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _is_inside(path: str, root: str) -> bool:
    return os.path.realpath(path).startswith(os.path.realpath(root).rstrip(os.sep) + os.sep)
