"""The catalogue: relations that many functions of one domain satisfy, and where each must hold."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

DOMAINS = (
    "numbers",
    "sequences",
    "text",
    "prompts",
    "tables",
    "arrays",
    "graphs",
    "geometry",
    "models",
    "sql",
    "serialisation",
)

__all__ = ["DOMAINS", *DOMAINS]  # noqa: PLE0604 - the domains are names, loaded at first use


def __getattr__(name: str) -> ModuleType:
    if name not in DOMAINS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return importlib.import_module(f"{__name__}.{name}")
