"""Which installed packages the code under test imports, in which versions."""

from __future__ import annotations

import ast
import contextlib
import importlib.metadata
import sys
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.runner.literals import parse_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pytest_metamorphic_guard.tasks.implementations import Implementation

__all__ = ["find_packages"]


def find_packages(
    implementation: Implementation, list_installed: Callable[[], Mapping[str, Sequence[str]]]
) -> dict[str, str]:
    """Return the versions of the distributions that a file, and modules beside it, import.

    Files are read as text, and nothing is imported. What is imported under a name that only the
    running code knows is not found.

    Args:
        implementation: The code under test.
        list_installed: Gives the names of distributions by the name of the module that they bring.
            It reads files of all of them, so it is not asked by code that imports none.
    """
    modules = {name for tree in parse_sources(implementation) for name in _list_modules(tree)}
    modules -= sys.stdlib_module_names
    installed = list_installed() if modules else {}
    found: dict[str, str] = {}
    for distribution in sorted({d for name in modules for d in installed.get(name, ())}):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[distribution] = importlib.metadata.version(distribution)
    return found


def _list_modules(tree: ast.Module) -> list[str]:
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.append(node.module)
    return [name.partition(".")[0] for name in names]
