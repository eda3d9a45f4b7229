"""Which kind a value is of: found by the module of its type, and loaded when one is met."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values import instances
from pytest_metamorphic_guard.values.frames import keep_builtins
from pytest_metamorphic_guard.values.instances import get_module

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.values.frames import Mark
    from pytest_metamorphic_guard.values.kind import Kind

__all__ = ["find_base", "find_kind", "find_mark"]

keep_builtins(globals())

# The modules here that know the types of a module, by its first name. A type says itself which
# module it is from. If it lies, nothing is gained by it: kinds are found by the type, and the true
# types are entered under themselves.
_HOMES: Final = {
    "builtins": ("builtins",),
    "collections": ("collections",),
    "datetime": ("moments",),
    "decimal": ("numbers",),
    "fractions": ("numbers",),
    "ipaddress": ("stdlib",),
    "numpy": ("numpy",),
    "pandas": ("pandas", "timestamps"),
    "pathlib": ("stdlib",),
    "pytest_metamorphic_guard": ("records",),
    "uuid": ("stdlib",),
    "zoneinfo": ("moments",),
}
_ROOM: Final = __name__.rpartition(".")[0]
_get_mro: Any = type.__dict__["__mro__"].__get__
_BY_TYPE: dict[type, Kind] = {}
_BY_MARK: dict[Mark, Kind] = {}
_entered: set[str] = set()


def find_kind(kind: type) -> Kind | None:
    """Return the kind that values of exactly this type are of, or None where nobody knows it."""
    return _BY_TYPE.get(kind) or _look_for(kind) or instances.find_kind(kind)


def find_mark(mark: Mark) -> Kind:
    """Return the kind whose values have this mark in a frame.

    Raises:
        KeyError: It is the mark of none.
    """
    if mark not in _BY_MARK and mark.home:
        for found in _load(mark.home):
            if found.mark is not None:
                _BY_MARK.setdefault(found.mark, found)
    return _BY_MARK[mark]


def find_base(kind: type) -> Callable[[Any], Any] | None:
    """Return what makes a plain value out of an instance of a subclass of a plain type.

    Of the plain types that a class derives from, the first in its order of resolution counts. None
    for any other class. What a subclass overrides is never asked.
    """
    for base in _get_mro(kind)[1:]:
        found = _BY_TYPE.get(base) or _look_for(base)
        if found is not None and found.to_plain is not None:
            return found.to_plain
    return None


def _look_for(kind: type) -> Kind | None:
    module = get_module(kind)
    root = module.partition(".")[0] if type(module) is str else ""
    if root in _HOMES and root not in _entered:
        _entered.add(root)
        for home in _HOMES[root]:
            for found in _load(home):
                if found.library in ("", root):
                    for known in found.types():
                        _BY_TYPE[known] = found
    return _BY_TYPE.get(kind)


def _load(home: str) -> tuple[Kind, ...]:
    # Not importlib: a worker's own `__import__` loads from beside this file, whatever the candidate
    # has made of imports.
    kinds: tuple[Kind, ...] = __import__(f"{_ROOM}.{home}", fromlist=["KINDS"]).KINDS
    return kinds
