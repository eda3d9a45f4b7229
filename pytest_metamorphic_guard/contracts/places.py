"""Plugins that are named without an entry point: ``module:Class``, or ``path.py:Class``."""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["explain_place", "is_place", "load_place", "rebase_place"]

# A path may hold a colon or an equals sign, but none that is meant as such does.
_FILE = re.compile(r"([^:=\n]+\.py)(?::(.*))?", re.DOTALL)


def is_place(name: str) -> bool:
    """Tell whether a name says where a plugin is, instead of what its entry point is called."""
    return ":" in name or _FILE.fullmatch(name) is not None


def explain_place(name: str) -> str | None:
    """Say why nothing can be at the place that a name says; None where something may be.

    Nothing is imported.
    """
    in_file = _FILE.fullmatch(name)
    if in_file is not None:
        path, attribute = in_file.groups()
        if not Path(path).is_file():
            return f"there is no file {path!r} in {Path.cwd()}"
        if not attribute:
            return f"name the class or function in the file, as in '{path}:Class'"
        if not _is_dotted(attribute):
            return f"{attribute!r} is not the name of a class or function"
        return None
    module, _, attribute = name.partition(":")
    if not _is_dotted(module) or not _is_dotted(attribute):
        return "expected module:Class or path.py:Class"
    return None


def load_place(name: str) -> tuple[Any, str]:
    """Return what stands at a place, and the name of its module.

    Raises:
        Exception: Whatever its import raises, and AttributeError where the module lacks it.
    """
    in_file = _FILE.fullmatch(name)
    if in_file is None:
        module_name, _, attribute = name.partition(":")
        found: Any = importlib.import_module(module_name)
    else:
        path, attribute = in_file.groups()
        found = _import_file(Path(path).resolve())
    module_name = found.__name__
    for part in attribute.split("."):
        found = getattr(found, part)
    return found, module_name


def rebase_place(text: str, folder: Path) -> str:
    """Return what a user wrote in ``folder``, such that a path in it is relative to here."""
    path, colon, rest = text.partition(":")
    if _FILE.fullmatch(path) is None or Path(path).is_absolute() or folder == Path.cwd():
        return text
    return os.path.relpath(folder / path) + colon + rest


def _is_dotted(name: str) -> bool:
    return all(part.isidentifier() for part in name.split("."))


def _import_file(path: Path) -> ModuleType:
    for known in list(sys.modules.values()):
        file = getattr(known, "__file__", None)
        if isinstance(file, str) and Path(file) == path:
            return known  # what else imports the file means the same classes
    name = path.stem if path.stem not in sys.modules else f"mg_plugin_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None  # its name ends in .py
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
