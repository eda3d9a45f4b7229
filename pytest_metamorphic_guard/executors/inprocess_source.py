"""A candidate imported into this process, and kept out of everybody else's way.

Its module, and modules beside it that nobody else has imported, are in ``sys.modules`` while it
runs and only then. So two candidates may each have a ``helper.py``, an edited one is imported
afresh, and a test that imports the same name gets its own.
"""

from __future__ import annotations

import importlib
import os
import sys
import sysconfig
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.roots import map_entries, split_root
from pytest_metamorphic_guard.executors.callables import prepare

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

__all__ = ["Source", "find_source"]

_INSTALLED = tuple(
    Path(folder) for name, folder in sysconfig.get_paths().items() if name.endswith("lib")
)
_LONGEST_SHOWN = 80

_Stamp = tuple[int, int, int]


@dataclass(slots=True)
class Source:
    """One candidate: a file, or a module that has none of its own.

    Attributes:
        name: The module's dotted name.
        file: Its source file, or None where it is imported by name like any other module.
        root: The folder on whose contents it is imported.
        prepare: Names of functions in it that are called once, as a part of the import.
    """

    name: str
    file: Path | None = None
    root: Path | None = None
    prepare: tuple[str, ...] = ()
    _module: ModuleType | None = None
    _own: dict[str, ModuleType] = field(default_factory=dict)
    _stamps: dict[str, _Stamp | None] = field(default_factory=dict)
    _tops: tuple[str, ...] = ()

    @property
    def module(self) -> ModuleType:
        """The candidate's module; it must have been loaded."""
        assert self._module is not None
        return self._module

    @property
    def is_loaded(self) -> bool:
        """Whether there is a module, of the source as it was when `present` was entered."""
        return self._module is not None

    def defines(self, kind: type) -> bool:
        """Return whether a class is of the candidate or a module of its own."""
        return kind.__module__ in self._own

    def forget(self) -> None:
        """Have it imported afresh before the next call."""
        self._module = None
        self._own.clear()
        self._stamps.clear()

    def load(self) -> None:
        """Import it, inside `present`. What the candidate raises comes out."""
        importlib.invalidate_caches()
        self._import()
        for name in self.prepare:
            prepare(self.module, name)

    def _import(self) -> None:
        if self.file is None:
            self._load_by_name()
            return
        self._stamps[str(self.file)] = _stamp(str(self.file))
        spec = ModuleSpec(self.name, None, origin=str(self.file))
        spec.has_location = True
        if self.file.name == "__init__.py":
            spec.submodule_search_locations = [str(self.file.parent)]
        module = module_from_spec(spec)
        self._own[self.name] = sys.modules[self.name] = module
        # Compiled here: a cached file may be that of an edit within the same second.
        code = compile(self.file.read_bytes(), self.file, "exec", dont_inherit=True)
        exec(code, module.__dict__)
        # A module may replace itself in sys.modules, as the import statement allows.
        self._module = self._own[self.name] = sys.modules.get(self.name, module)

    def _load_by_name(self) -> None:
        known = sys.modules.get(self.name)
        module = importlib.import_module(self.name)
        path = getattr(module, "__file__", None) or ""
        stamp = _stamp(path)
        if known is module and path.endswith(".py") and _SHARED.get(path, stamp) != stamp:
            module = importlib.reload(module)
        _SHARED[path] = self._stamps[path] = stamp
        self._module = module

    @contextmanager
    def present(self) -> Iterator[None]:
        """Have its folder on the path and its modules in place inside the block.

        Forgotten are those of before, if a file of the candidate was edited since.
        """
        if any(_stamp(path) != stamp for path, stamp in self._stamps.items()):
            self.forget()
        if self.file is None:
            yield
            return
        if not self.is_loaded:
            self._tops = (self.name.partition(".")[0], *_list_modules(self.root))
        wrote_bytecode = sys.dont_write_bytecode
        others = {name: sys.modules.get(name) for name in (self.name, *self._own)}
        others |= self._take_foreign()
        root, path = str(self.root), sys.path[:]
        mapped = list(map_entries(str(self.file), path))
        sys.path[:] = [root, *mapped]
        sys.modules.update(self._own)
        sys.dont_write_bytecode = True
        known = len(sys.modules)
        try:
            yield
        finally:
            sys.dont_write_bytecode = wrote_bytecode
            if mapped != path:
                sys.path[:] = path
            elif root in sys.path:
                sys.path.remove(root)
            self._keep_new(known)
            for name, other in others.items():
                if other is not None:
                    sys.modules[name] = other

    def _take_foreign(self) -> dict[str, ModuleType]:
        """Take modules away that have a name of one of its own, and come from elsewhere."""
        foreign = {top for top in self._tops if top in sys.modules and self._is_foreign(top)}
        if not foreign:
            return {}
        taken = [name for name in sys.modules if name.partition(".")[0] in foreign]
        return {name: sys.modules.pop(name) for name in taken}

    def _is_foreign(self, name: str) -> bool:
        return not all(self._is_beside(place) for place in _find_places(sys.modules[name]))

    def _keep_new(self, known: int) -> None:
        # sys.modules is in order of insertion, so what came is at its end.
        for name in list(islice(reversed(sys.modules), max(0, len(sys.modules) - known))):
            path = _find_places(sys.modules[name])[0]
            if self._is_beside(path):
                self._own[name] = sys.modules[name]
                if path.endswith(".py"):
                    self._stamps.setdefault(path, _stamp(path))
        for name in self._own:
            sys.modules.pop(name, None)

    def _is_beside(self, path: str) -> bool:
        found = Path(path)
        assert self.root is not None
        return bool(path) and found.is_relative_to(self.root) and not _is_installed(found)


# When modules that are imported by name, and so shared with everybody, were last seen.
_SHARED: dict[str, _Stamp | None] = {}


def find_source(specification: str) -> Source:
    """Return what a path or a dotted module name refers to; nothing is imported.

    Raises:
        ValueError: It is neither; the text says so.
    """
    shown = specification[:_LONGEST_SHOWN]
    if "\n" not in specification and "\0" not in specification:
        path = Path(specification).absolute()
        if path.is_file():
            marked, name = split_root(specification)
            return Source(name, path, Path(marked)) if marked else _locate(path)
        if path.suffix == ".py" or path.exists():
            what = "is a directory" if path.is_dir() else "does not exist"
            raise ValueError(f"{shown} {what}; expected a Python file")
        if all(part.isidentifier() for part in specification.split(".")):
            return Source(specification)
    raise ValueError(f"{shown!r} is neither a Python file nor the name of a module")


def _find_places(module: ModuleType) -> list[str]:
    """Return the file of a module, or the folders of a package that has none."""
    file = getattr(module, "__file__", None)
    return [file] if file else [str(place) for place in getattr(module, "__path__", ())] or [""]


def _list_modules(root: Path | None) -> Iterator[str]:
    """Yield the names of the modules and packages in a folder, but for those of Python itself."""
    try:
        entries = sorted(root.iterdir()) if root is not None else []
    except OSError:
        return
    for entry in entries:
        name = entry.name.removesuffix(".py")
        is_module = entry.suffix == ".py" or (entry / "__init__.py").is_file()
        if is_module and name.isidentifier() and name not in sys.stdlib_module_names:
            yield name


def _locate(path: Path) -> Source:
    root = path.parent
    names = [] if path.name == "__init__.py" else [path.stem]
    while (root / "__init__.py").is_file() and root != root.parent and "." not in root.name:
        names.insert(0, root.name)
        root = root.parent
    names[-1:] = [name.replace(".", "_") for name in names[-1:]]
    name = ".".join(names)
    if _is_installed(path):
        return Source(name)  # a second copy of a library may not even be possible
    if len(names) == 1 and (not name.isidentifier() or name in sys.stdlib_module_names):
        name = "candidate_" + "".join(c if c.isalnum() else "_" for c in name)
    return Source(name, path, root)


def _is_installed(path: Path) -> bool:
    return any(path.is_relative_to(folder) for folder in _INSTALLED)


def _stamp(path: str) -> _Stamp | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - before every call, where a Path takes longer than the rest
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
