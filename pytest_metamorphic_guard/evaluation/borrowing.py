"""Candidates that use the baseline, and so could return its answers: kept from it, or found out."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.evaluation.gaps import KEEP_APART, Missing
from pytest_metamorphic_guard.evaluation.importing import find_imported
from pytest_metamorphic_guard.tasks.origins import find_origin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_metamorphic_guard.settings import Settings
    from pytest_metamorphic_guard.tasks.implementations import Implementation

__all__ = ["find_borrowed", "find_withheld"]

_MOST_BYTES = 1 << 20
_INSTALLED = frozenset({"site-packages", "dist-packages"})
_FROM = re.compile(r"^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]*)", re.MULTILINE)
_IMPORT = re.compile(r"^[ \t]*import[ \t]+([^\n#]*)", re.MULTILINE)


def find_borrowed(
    candidates: Iterable[Implementation], baselines: Iterable[Implementation]
) -> list[Missing]:
    """Return, for the gate, the candidates whose source imports or opens a baseline's file.

    Two functions of one file are left alone: whoever compares them has both before their eyes.
    """
    origins = [(found, one) for one in baselines if (found := find_origin(one)) is not None]
    return [
        Missing(
            f"{candidate.specification} uses {baseline.specification}, the baseline, and could "
            "return its answers",
            candidate.specification,
            remedy=KEEP_APART,
        )
        for candidate in candidates
        for origin, baseline in origins
        if (own := find_origin(candidate)) is not None and own != origin and _uses(own, origin)
    ]


def find_withheld(candidate: Implementation, settings: Settings) -> dict[str, str]:
    """Return the files that a candidate may not read under a gate, each with what it is.

    These are the baselines of its tasks, and the candidates that compete with it. Left alone is
    what the candidate cannot do without: its own file, what its package imports by itself, and what
    is installed.
    """
    own = find_origin(candidate)
    if own is None or not settings.gate:
        return {}
    tasks = {
        one.task for one in settings.candidates if one.implementation.target == candidate.target
    }
    others = [
        (one.implementation, "another candidate")
        for one in settings.candidates
        if one.task in tasks
    ]
    others += [
        (one.implementation, "the baseline")
        for one in settings.baselines
        if one.task is None or None in tasks or one.task in tasks
    ]
    found = {
        origin: f"{other.specification}, {what}"
        for other, what in others
        if (origin := find_origin(other)) is not None and origin != own
    }
    return {
        str(_find_whole(origin, own)): what
        for origin, what in found.items()
        if not _is_installed(origin) and not _is_needed(own, origin)
    }


def _find_whole(origin: Path, own: Path) -> Path:
    """Return the folder of a package that is a baseline as a whole, else the file."""
    is_package = origin.name == "__init__.py" and not own.is_relative_to(origin.parent)
    return origin.parent if is_package else origin


def _is_installed(file: Path) -> bool:
    return not _INSTALLED.isdisjoint(file.parts) or file.is_relative_to(Path(os.__file__).parent)


def _is_needed(own: Path, other: Path) -> bool:
    """Tell whether the packages that hold both files import the other one by themselves."""
    packages = []
    root = own.parent
    while (root / "__init__.py").is_file() and root.parent != root:
        packages.append(root)
        root = root.parent
    shared = [
        (folder / "__init__.py").resolve() for folder in packages if other.is_relative_to(folder)
    ]
    return bool(shared) and other in find_imported(shared, root, apart=[own])


def _uses(own: Path, other: Path) -> bool:
    try:
        with own.open("rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return False
    package = other.stem == "__init__"
    name, parent = (other.parent if package else other).stem, other.parent.name
    for module, names in _FROM.findall(text):
        if module.rpartition(".")[2] == name:
            return True
        near = not module.strip(".") or module.rpartition(".")[2] == parent
        if near and re.search(rf"\b{re.escape(name)}\b", names):
            return True
    for names in _IMPORT.findall(text):
        modules = (part.split()[0] for part in names.split(",") if part.split())
        if any(module.rpartition(".")[2] == name for module in modules):
            return True
    quoted = rf"""["'](?:[^"'\n]*[./])?{re.escape(name)}"""
    by_name = rf"""(?:import_module|__import__|run_module)\(\s*{quoted}["']"""
    return bool(re.search(rf"""{quoted}\.py["']|{by_name}""", text))
