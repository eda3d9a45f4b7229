"""Where the source of a module is, found without importing it or its parents."""

from __future__ import annotations

import importlib.machinery
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.roots import mark_root, split_root

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

__all__ = ["find_inside", "find_module", "find_source", "has_module"]


def find_source(module: str, folder: Path | None = None) -> str | None:
    """Find a module's source file without importing it or its parents.

    Where the file's place alone does not tell the module's name, the path says where imports begin.
    """
    origin, roots = find_module(module, folder)
    if not origin or not origin.endswith(".py"):
        return None
    file = str(Path(origin).resolve())
    root = next((root for root in roots if Path(file).is_relative_to(Path(root).resolve())), None)
    if "." not in module or root is None or _tells_its_name(file, module):
        return file
    marked = mark_root(str(Path(root).resolve()), file)
    # A package whose folder has another name is found by its name alone.
    return marked if split_root(marked)[1] == module else None


def find_inside(root: Path, module: str) -> str | None:
    """Return the path of a module's source file below a folder on which its imports begin."""
    places = [str(root)]
    spec = None
    for part in module.split("."):
        spec = importlib.machinery.PathFinder.find_spec(part, places)
        if spec is None:
            return None
        places = _list_places(spec)
    origin = spec.origin if spec is not None else None
    if not origin or not origin.endswith(".py"):
        return None
    return mark_root(str(root.resolve()), str(Path(root.resolve(), os.path.relpath(origin, root))))


def find_module(module: str, folder: Path | None = None) -> tuple[str | None, list[str]]:
    """Find a module's file, and the folders on which its imports may begin."""
    top, *parts = module.split(".")
    spec = _find_top(top, folder)
    roots = [] if spec is None else [str(Path(place).parent) for place in _list_places(spec)]
    for part in parts:
        if spec is None:
            return None, roots
        # By its last part alone: with dots Python would look for the parent among what is imported.
        spec = importlib.machinery.PathFinder.find_spec(part, _list_places(spec))
    return (spec.origin if spec else None), roots


def _find_top(name: str, folder: Path | None) -> ModuleSpec | None:
    locations = [*([str(folder)] if folder else []), *sys.path]
    spec = importlib.machinery.PathFinder.find_spec(name, locations)
    if spec is not None and spec.origin is not None:
        return spec
    # An editable installation may have a finder of its own; a folder that is no package comes last.
    for finder in sys.meta_path:
        if finder is not importlib.machinery.PathFinder and hasattr(finder, "find_spec"):
            found = finder.find_spec(name, None)
            if found is not None:
                return found
    return spec


def _list_places(spec: ModuleSpec) -> list[str]:
    return list(spec.submodule_search_locations or ())


def _tells_its_name(file: str, module: str) -> bool:
    """Tell whether the packages around a file give it this name."""
    path = Path(file)
    names = [] if path.name == "__init__.py" else [path.stem]
    for parent in path.parents:
        if not (parent / "__init__.py").is_file():
            break
        names.insert(0, parent.name)
    return ".".join(names) == module


def has_module(module: str) -> bool:
    """Tell whether a module without a source file exists: built in, an extension, or frozen."""
    top = module.partition(".")[0]
    return top in sys.modules or any(
        finder.find_spec(top, None) is not None
        for finder in sys.meta_path
        if hasattr(finder, "find_spec")
    )
