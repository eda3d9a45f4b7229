"""What the import of a module brings along, as sources say. Nothing is imported."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

__all__ = ["find_imported"]

_MOST_FILES = 500
_MOST_BYTES = 1 << 20
_LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def find_imported(files: Iterable[Path], root: Path, apart: Collection[Path] = ()) -> set[Path]:
    """Return these files, and those below ``root`` that are imported when they are.

    Args:
        files: Python files below ``root``.
        root: The folder on which their imports begin.
        apart: Files whose own imports do not count.
    """
    found: set[Path] = set()
    waiting = list(files)
    while waiting and len(found) < _MOST_FILES:
        file = waiting.pop()
        if file in found or file in apart:
            continue
        found.add(file)
        package = list(file.parent.relative_to(root).parts)
        for names in _list_names(file, package):
            waiting += _locate(root, names)
    return found


def _list_names(file: Path, package: list[str]) -> Iterator[list[str]]:
    """Yield the dotted names, split, that a file asks for when it is imported."""
    try:
        with file.open("rb") as opened:
            waiting: list[ast.AST] = [ast.parse(opened.read(_MOST_BYTES))]
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.split(".")
        elif isinstance(node, ast.ImportFrom):
            near = package[: len(package) - node.level + 1] if node.level else []
            module = near + (node.module.split(".") if node.module else [])
            yield module
            for alias in node.names:
                yield [*module, alias.name]
        if not isinstance(node, _LATER):
            waiting += ast.iter_child_nodes(node)


def _locate(root: Path, names: list[str]) -> Iterator[Path]:
    folder = root
    for name in names:
        for file in (folder / name / "__init__.py", folder / f"{name}.py"):
            if file.is_file():
                yield file.resolve()
        folder /= name
