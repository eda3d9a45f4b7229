"""Where the code of an implementation stands, which may be imported into the file that is named."""

from __future__ import annotations

import ast
import sysconfig
from importlib.util import decode_source
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pytest_metamorphic_guard.contracts.roots import split_root
from pytest_metamorphic_guard.contracts.texts import clean_line
from pytest_metamorphic_guard.errors import ImplementationError
from pytest_metamorphic_guard.runner.reachable import find_import
from pytest_metamorphic_guard.tasks.origins import find_origin

if TYPE_CHECKING:
    from pytest_metamorphic_guard.tasks.implementations import Implementation

__all__ = ["Definition", "find_definition", "find_file", "find_place", "is_library"]

_MOST_STEPS = 10
_LIBRARY = Path(sysconfig.get_paths()["stdlib"]).resolve()
_INSTALLED = frozenset({"site-packages", "dist-packages"})


class Definition(NamedTuple):
    """The code of an implementation.

    Attributes:
        file: The file that holds it.
        function: Its name there.
        text: The text of the file; its lines end in one character.
    """

    file: Path
    function: str
    text: str


def find_file(implementation: Implementation) -> Path:
    """Return the Python file that an implementation names.

    Raises:
        ImplementationError: It is no Python file, and cannot be changed.
    """
    origin = None if implementation.claim is not None else find_origin(implementation)
    if origin is None or origin.suffix != ".py":
        fault = "is no Python file, and only Python code can be changed to measure strength"
        raise ImplementationError(implementation.specification, fault)
    return origin


def find_place(implementation: Implementation) -> tuple[Path, Path]:
    """Return the folder on which the imports of a file begin, and its path from there.

    Raises:
        ImplementationError: It is no Python file.
    """
    file = find_file(implementation)
    root = split_root(implementation.target)[0]
    if root:
        folder = Path(root).resolve()
        return folder, file.relative_to(folder)
    folder = file.parent
    if file.is_relative_to(_LIBRARY) and not is_installed(file):
        # Every process has imported its package already, perhaps.
        return folder, Path(file.name)
    while (folder / "__init__.py").is_file() and folder.parent != folder:
        folder = folder.parent
    return folder, file.relative_to(folder)


def is_installed(file: Path) -> bool:
    """Tell whether a file belongs to an installed distribution."""
    return not _INSTALLED.isdisjoint(file.parts)


def is_library(file: Path) -> bool:
    """Tell whether a file belongs to one, or to the standard library: nobody edits it."""
    return is_installed(file) or file.is_relative_to(_LIBRARY)


def find_definition(implementation: Implementation) -> Definition:
    """Return where the code of an implementation stands; imports by name are followed.

    Nothing is imported.

    Raises:
        ImplementationError: It is no Python file, or cannot be read.
    """
    specification = implementation.specification
    root, inner = find_place(implementation)
    # Of a method all of its class: what its objects are made with is a part of it.
    file, function = root / inner, (implementation.function or "").partition(".")[0]
    text = _read(file, specification)
    for _ in range(_MOST_STEPS):
        found = find_import(ast.parse(text), function)
        target = None if found is None else _find_module(file, root, found.level, found.module)
        if found is None or target is None:
            break
        file, function = target, found.name
        text = _read(file, specification)
    return Definition(file, function, text)


def _find_module(file: Path, root: Path, level: int, module: str) -> Path | None:
    """Return the file of a module that is imported, if it lies where imports begin."""
    folder = root
    if level:
        folder = file.parent
        for _ in range(level - 1):
            folder = folder.parent
    path = folder.joinpath(*module.split(".")) if module else folder
    for found in (path.with_suffix(".py"), path / "__init__.py"):
        if found.is_file() and found.is_relative_to(root):
            return found
    return None


def _read(file: Path, specification: str) -> str:
    try:
        # As the interpreter does: an encoding may be declared, and lines end in one sign.
        text = decode_source(file.read_bytes())
        ast.parse(text)
    except (OSError, SyntaxError, ValueError, RecursionError) as error:
        said = f"cannot be read as Python: {error}"
        raise ImplementationError(specification, clean_line(said)) from None
    return text
