"""Exceptions as values: those of Python's own are made anew, and no other is.

A candidate's own exception arrives as a record of what it was made with; see `instances`.
"""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values.checks import require
from pytest_metamorphic_guard.values.frames import EXCEPTION, DecodeError, keep_builtins
from pytest_metamorphic_guard.values.instances import name_class
from pytest_metamorphic_guard.values.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_metamorphic_guard.values.sides import Pair

__all__ = ["KINDS"]

keep_builtins(globals())

# Groups hold exceptions of any class, which need not arrive as exceptions.
_TYPES: Final = {
    kind.__name__: kind
    for kind in vars(builtins).values()
    if isinstance(kind, type)
    and issubclass(kind, BaseException)
    and not issubclass(kind, BaseExceptionGroup)
}
_get_state: Any = object.__getattribute__


def _take_apart(value: Any) -> tuple[str, tuple[object, ...], object]:
    # What it is made of is more than its ``args``: a file's name is no part of these.
    made_of = value.__reduce__()[1]
    notes = _get_state(value, "__dict__").get("__notes__")
    return name_class(type(value)), tuple(made_of), notes


def _put_together(name: Any, made_of: Any, notes: Any) -> object:
    if type(name) is not str or name not in _TYPES or type(notes) not in (list, type(None)):
        raise DecodeError("no exception of Python's own")
    value = _TYPES[name](*require(made_of, tuple))
    if type(value).__name__ != name:
        raise DecodeError("an exception that becomes another one")
    for note in notes or ():
        value.add_note(note)
    return value


def _to_source(value: Any, write: Callable[[object], str]) -> str:
    name, made_of, notes = _take_apart(value)
    if notes:
        return f"<{value!r} with notes>"
    return f"{name}({', '.join(map(write, made_of))})"


def _pair(first: Any, second: Any) -> Iterable[Pair]:
    (name, left, notes), (other, right, more) = _take_apart(first), _take_apart(second)
    if name != other or len(left) != len(right):
        return ()
    pairs = zip(left, right, strict=True)
    return [
        *((f".args[{at}]", a, b) for at, (a, b) in enumerate(pairs)),
        (".__notes__", notes, more),
    ]


KINDS: Final = (
    Kind(
        library="builtins",
        types=lambda: tuple(_TYPES.values()),
        mark=EXCEPTION,
        nests=True,
        take_apart=_take_apart,
        put_together=_put_together,
        list_parts=_take_apart,
        to_source=_to_source,
        pair=_pair,
    ),
)
