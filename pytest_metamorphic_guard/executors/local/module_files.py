"""Import of the candidate, inside the worker."""

from __future__ import annotations

import importlib
import os
import sys
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    ModuleSpec,
    SourceFileLoader,
)
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from types import FunctionType
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.local.libraries import is_installed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from importlib.abc import PathEntryFinder
    from types import CodeType, ModuleType

    from pytest_metamorphic_guard.executors.local.setup import Target
else:
    PathEntryFinder = object  # for the reason in `bootstrap`

__all__ = ["load", "prepare_path"]

# Of a function's code: it is a coroutine, one of the old kind, or an asynchronous generator.
_ASYNC = 0x80 | 0x100 | 0x200


class FreshSourceLoader(SourceFileLoader):
    """Compiles the source that is there now.

    The usual loader trusts a cached ``.pyc`` whose recorded size and whole second agree, which an
    edit within the same second can satisfy.
    """

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        code: CodeType = self.source_to_code(self.get_data(path), path)
        return code


class _StatFinder(PathEntryFinder):
    """Finds modules in a directory that this process may not list, by asking for each name."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def find_spec(self, fullname: str, target: ModuleType | None = None) -> ModuleSpec | None:  # noqa: ARG002 - the protocol's
        base = os.path.join(self._folder, fullname.rpartition(".")[2])
        init = os.path.join(base, "__init__.py")
        if os.path.isfile(init):
            loader = FreshSourceLoader(fullname, init)
            return spec_from_file_location(
                fullname, init, loader=loader, submodule_search_locations=[base]
            )
        if os.path.isfile(base + ".py"):
            loader = FreshSourceLoader(fullname, base + ".py")
            return spec_from_file_location(fullname, base + ".py", loader=loader)
        for suffix in EXTENSION_SUFFIXES:
            if os.path.isfile(base + suffix):
                return spec_from_file_location(fullname, base + suffix)
        if os.path.isdir(base):
            spec = ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [base]
            return spec
        return None


def prepare_path(target: Target, unlisted: Collection[str] = ()) -> None:
    """Make the target's siblings importable, and never from a cached ``.pyc``.

    Args:
        target: What will be imported.
        unlisted: Directories that this process may not list.
    """
    # Landlock would refuse the write anyway, and a candidate's folder is not ours to fill.
    sys.dont_write_bytecode = True
    root = target.root or _find_root(target.name)
    if target.root:
        sys.path.insert(0, target.root)
    if root and not is_installed(root):
        sys.path_hooks.insert(0, _make_hook(root))
    if unlisted:
        sys.path_hooks.insert(0, _make_stat_hook(frozenset(unlisted)))
    sys.path_importer_cache.clear()


def load(target: Target) -> ModuleType:
    """Import the target, with what its calls will need, and return its module.

    Raises:
        BaseException: Whatever the candidate raises while it is imported.
        ImportError: The file cannot be imported under the name that its packages give it.
    """
    module = _import(target)
    _load_needed(module)
    for name in target.prepare:
        # Not loaded where nothing is to be prepared, so that a worker starts sooner.
        from pytest_metamorphic_guard.executors.callables import prepare

        prepare(module, name)
    return module


def _import(target: Target) -> ModuleType:
    if not target.file:
        return importlib.import_module(target.name)
    stem = os.path.splitext(os.path.basename(target.file))[0]
    if not _is_package(target.file) and ("." not in target.name or "." in stem):
        return _load_single(target)
    module = importlib.import_module(target.name)
    found = getattr(module, "__file__", None) or ""
    if not (found and os.path.samefile(found, target.file)):
        raise ImportError(
            f"{target.file} would be imported as {target.name}, which is {found or 'built in'};"
            " rename its package"
        )
    return module


def _load_single(target: Target) -> ModuleType:
    package, _, name = target.name.rpartition(".")
    taken = not package and (name in sys.modules or name in sys.stdlib_module_names)
    if taken or not name.isidentifier():
        name = "candidate_" + "".join(c if c.isalnum() else "_" for c in name)
    if package:  # a file that no import statement names, in a package whose modules it may use
        importlib.import_module(package)
        name = f"{package}.{name}"
    loader = None
    if not target.file.endswith(tuple(EXTENSION_SUFFIXES)):
        loader = FreshSourceLoader(name, target.file)
    spec = spec_from_file_location(name, target.file, loader=loader)
    if spec is None or spec.loader is None:
        raise ImportError(f"{target.file} is not something Python can import")
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    # A module may replace itself in sys.modules, as the import statement allows.
    return sys.modules.get(name, module)


def _find_root(name: str) -> str:
    spec = find_spec(name.partition(".")[0])
    if spec is None:
        return ""
    for folder in spec.submodule_search_locations or ():
        return os.path.dirname(folder)
    origin = spec.origin or ""
    return os.path.dirname(origin) if os.path.isabs(origin) else ""


def _load_needed(module: object) -> None:
    """Load what runs coroutines where a module has some, so that no call has to wait for it."""
    try:
        named = vars(module)
        held = [vars(one) for one in list(named.values()) if isinstance(one, type)]
        if any(_is_async(one) for known in (named, *held) for one in list(known.values())):
            # Not loaded where nothing is asynchronous: that takes longer than all the rest.
            import asyncio  # noqa: F401

            # As above.
            from pytest_metamorphic_guard.executors.callables import finish_alone  # noqa: F401
    except BaseException:  # noqa: BLE001 - a module may have put anything in its place
        return


def _is_async(value: object) -> bool:
    return type(value) is FunctionType and bool(value.__code__.co_flags & _ASYNC)


def _is_package(file: str) -> bool:
    return os.path.basename(file) == "__init__.py"


def _make_stat_hook(unlisted: frozenset[str]) -> Callable[[str], PathEntryFinder]:
    def hook(path: str) -> PathEntryFinder:
        if path not in unlisted:
            raise ImportError(path)
        return _StatFinder(path)

    return hook


def _make_hook(root: str) -> Callable[[str], PathEntryFinder]:
    make = FileFinder.path_hook(
        (ExtensionFileLoader, EXTENSION_SUFFIXES), (FreshSourceLoader, SOURCE_SUFFIXES)
    )
    below = root.rstrip(os.sep) + os.sep

    def hook(path: str) -> PathEntryFinder:
        inside = path == root or path.startswith(below)
        if not inside or is_installed(path):
            raise ImportError(path)
        return make(path)

    return hook
