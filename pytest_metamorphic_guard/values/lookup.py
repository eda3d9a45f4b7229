"""Which kind a value is of: found by the module of its type, and loaded when one is met."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values import instances
from pytest_metamorphic_guard.values.frames import BrokenKindError, DecodeError, keep_builtins
from pytest_metamorphic_guard.values.instances import get_module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_metamorphic_guard.values.frames import Mark
    from pytest_metamorphic_guard.values.kind import Kind

__all__ = [
    "HOMES",
    "find_base",
    "find_kind",
    "find_mark",
    "find_tag",
    "list_offers",
    "set_offers",
]

keep_builtins(globals())

# The modules here that know the types of a module, by its first name, in the order in which they
# are asked. A type says itself which module it is from. If it lies, nothing is gained by it: kinds
# are found by the type, and the true types are entered under themselves.
HOMES: Final = {
    "PIL": ("images",),
    "array": ("buffers",),
    "builtins": ("builtins", "buffers", "mappings", "exceptions"),
    "collections": ("collections", "mappings"),
    "datetime": ("moments",),
    "decimal": ("numbers",),
    "fractions": ("numbers",),
    "ipaddress": ("stdlib",),
    "jaxlib": ("tensors",),
    "numpy": ("numpy", "structures"),
    "pandas": ("pandas", "timestamps", "spans"),
    "pathlib": ("stdlib",),
    "polars": ("polars",),
    "pyarrow": ("arrow",),
    "re": ("patterns",),
    "scipy": ("sparse",),
    "shapely": ("geometries",),
    "torch": ("tensors",),
    "types": ("mappings",),
    "pytest_metamorphic_guard": ("records", "named_arguments"),
    "uuid": ("stdlib",),
    "xarray": ("labelled",),
    "zoneinfo": ("moments",),
}
_GROUP: Final = "metamorphic_guard.values"
_MOST_TAG: Final = 100
_ROOM: Final = __name__.rpartition(".")[0]
_get_mro: Any = type.__dict__["__mro__"].__get__
_BY_TYPE: dict[type, Kind] = {}
_BY_MARK: dict[Mark, Kind] = {}
_BY_TAG: dict[str, Kind] = {}
_entered: set[tuple[str, str]] = set()
# Name, place and distribution of what distributions add, by name; None until somebody asks.
_offers: dict[str, tuple[str, str, str]] | None = None


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


def find_tag(tag: object) -> Kind:
    """Return the kind that a distribution adds under this name.

    Raises:
        DecodeError: None does.
    """
    offers = _get_offers()
    if type(tag) is not str or tag not in offers:
        known = ", ".join(offers) or "none"
        raise DecodeError(f"no kind of value {str(tag)[:_MOST_TAG]!r}; installed: {known}")
    return _load_offer(tag)


def list_offers() -> tuple[tuple[str, str, str], ...]:
    """Return what `set_offers` takes in another process of this environment."""
    return tuple(_get_offers().values())


def set_offers(offers: Iterable[tuple[str, str, str]]) -> None:
    """Take name, place and distribution of kinds that distributions add; nothing is loaded.

    Of two with one name the first counts.
    """
    global _offers  # noqa: PLW0603 - one per process, set once where it starts
    _offers = {}
    for offer in offers:
        _offers.setdefault(offer[0], offer)


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
    if type(module) is not str:
        return None
    root = module.partition(".")[0]
    for home in HOMES.get(root, ()):
        if kind not in _BY_TYPE and (root, home) not in _entered:
            _entered.add((root, home))
            for found in _load(home):
                if found.library in ("", root):
                    for known in found.types():
                        _BY_TYPE[known] = found
    return _BY_TYPE.get(kind) or _look_abroad(kind, module)


def _look_abroad(kind: type, module: str) -> Kind | None:
    """Return the kind that a distribution adds for a type, or what says that it is broken."""
    offers = _get_offers()
    while offers and module:
        if module in offers:
            known = _load_offer(module)
            if kind in _BY_TYPE or not known.types():
                return _BY_TYPE.get(kind) or known
        module = module.rpartition(".")[0]
    return None


def _load_offer(tag: str) -> Kind:
    if tag not in _BY_TAG:
        kinds = _import("installed")
        offer = kinds.Offer(*_get_offers()[tag])
        try:
            found: Kind = kinds.load_offer(offer)
        except BrokenKindError as error:
            found = kinds.make_broken(offer, error)
        _BY_TAG[tag] = found
        for known in found.types():
            _BY_TYPE.setdefault(known, found)
    return _BY_TAG[tag]


def _get_offers() -> dict[str, tuple[str, str, str]]:
    if _offers is None:
        set_offers(_read_offers())
    assert _offers is not None
    return _offers


def _read_offers() -> list[tuple[str, str, str]]:
    """Return name, place and distribution of what is installed; of two with one name, both."""
    # Not loaded in a worker, which is told.
    from importlib.metadata import distributions, entry_points

    # To read all entry points takes thrice as long as to see that none is of this group.
    if not any(_GROUP in (each.read_text("entry_points.txt") or "") for each in distributions()):
        return []
    return sorted(
        (point.name, point.value, point.dist.metadata["Name"] if point.dist else "")
        for point in entry_points(group=_GROUP)
    )


def _load(home: str) -> tuple[Kind, ...]:
    kinds: tuple[Kind, ...] = _import(home).KINDS
    return kinds


def _import(home: str) -> Any:
    # Not importlib: a worker's own `__import__` loads from beside this file, whatever the candidate
    # has made of imports.
    return __import__(f"{_ROOM}.{home}", fromlist=["KINDS"])
