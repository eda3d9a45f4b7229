"""Candidates whose source says that they use the baseline, and so could return its answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.evidence_building import Missing
from pytest_metamorphic_guard.implementations import find_origin

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pytest_metamorphic_guard.implementations import Implementation

__all__ = ["find_borrowed"]

_MOST_BYTES = 1 << 20
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
            "return its answers: keep what both need in a module of its own",
            candidate.specification,
        )
        for candidate in candidates
        for origin, baseline in origins
        if (own := find_origin(candidate)) is not None and own != origin and _uses(own, origin)
    ]


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
