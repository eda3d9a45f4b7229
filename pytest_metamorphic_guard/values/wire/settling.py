"""Results of a call in this process in the form in which those of a worker arrive."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from types import CoroutineType
from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values import frames as form
from pytest_metamorphic_guard.values import instances
from pytest_metamorphic_guard.values.lookup import find_kind
from pytest_metamorphic_guard.values.records import LEFT_OUT, Opaque, Record
from pytest_metamorphic_guard.values.wire.decoding import decode
from pytest_metamorphic_guard.values.wire.encoding import encode, read_form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_metamorphic_guard.values.kind import Kind

__all__ = ["settle"]


def settle(value: object, *, by_state: bool = False) -> object:
    """Return a result with records for instances, and plain values for those of subclasses.

    So instances of one class from two files are equal. An object that could not travel stays
    itself, or is a record of its attributes where ``by_state`` is true.
    """
    if by_state:
        return _send(value, by_state=True)
    try:
        return _settle(value)
    except RecursionError:  # deeper than a worker would send, or containing itself
        return value


def _settle(value: Any) -> Any:  # noqa: PLR0911 - one answer per form
    kind = type(value)
    if kind in form.SCALARS:
        return value
    if kind in _REBUILD:
        return _REBUILD[kind](value)
    known = find_kind(kind)
    if known is not None and _arrives_changed(known):
        return _send(value)
    if known is not None and known.mark is not None:
        return value
    if kind is CoroutineType:
        value.close()  # nobody will await it, of which Python would warn wherever it is collected
        return value
    try:
        found = read_form(kind, value)
    except Exception:  # noqa: BLE001 - the candidate's own descriptors may raise anything
        return value
    match found:
        case None:
            return value
        case (plain,):
            return _settle(plain)
        case what, names, values:
            fields = zip(names, map(_settle, values), strict=True)
            return Record(what, instances.name_class(kind), tuple(fields))


def _arrives_changed(known: Kind) -> bool:
    """Tell whether values are of a stranger's kind, arrive as another, or hold what may."""
    return bool(known.tag or known.nests or (known.mark is None and known.write is not None))


def _send(value: object, *, by_state: bool = False) -> object:
    try:
        return decode(encode(value, by_state=by_state))
    except form.DecodeError as error:
        return Opaque(instances.name_type(type(value)), f"{LEFT_OUT}{error}")
    except form.EncodeError as error:
        if error.kind != "broken_kind":
            return value
        return Opaque(instances.name_type(type(value)), f"{LEFT_OUT}{error}")


def _rebuild_items(kind: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def rebuild(value: Iterable[Any]) -> Any:
        if form.SCALARS.issuperset(map(type, value)):
            return value
        return kind(map(_settle, value))

    return rebuild


def _rebuild_mapping(value: Any) -> Any:
    if form.SCALARS.issuperset(map(type, value)) and form.SCALARS.issuperset(
        map(type, value.values())
    ):
        return value
    pairs = [(_settle(key), _settle(item)) for key, item in value.items()]
    if type(value) is OrderedDict:
        return OrderedDict(pairs)  # which keeps an order of its own
    made = type(value)()
    dict.update(made, pairs)
    return made


_REBUILD: Final[dict[type, Callable[[Any], Any]]] = {
    **{kind: _rebuild_items(kind) for kind in (list, tuple, set, frozenset)},
    deque: lambda value: deque(map(_settle, value), value.maxlen),
    **dict.fromkeys((dict, OrderedDict, Counter, defaultdict), _rebuild_mapping),
    slice: lambda value: slice(*map(_settle, (value.start, value.stop, value.step))),
}
