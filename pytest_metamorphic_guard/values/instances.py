"""Instances of classes that say what they consist of: dataclasses, enums, named tuples, and others.

They are looked at without letting the class decide what is seen.
"""

from __future__ import annotations

import contextlib
import enum
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values.deciding import Incomparable
from pytest_metamorphic_guard.values.frames import MAX_OPAQUE_TEXT, MAX_TYPE_NAME, keep_builtins
from pytest_metamorphic_guard.values.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    from pytest_metamorphic_guard.values.sides import Pair

    # Kind, names and values of a record; the one plain value that an instance also is; or neither.
    _Form: TypeAlias = tuple[str, list[str], list[object]] | tuple[object] | None

__all__ = [
    "add_state",
    "describe",
    "find_kind",
    "get_module",
    "has_fields",
    "is_enum",
    "name_class",
    "name_type",
    "read_record",
]

keep_builtins(globals())

_getattr = object.__getattribute__
# Read through `type` itself: a metaclass can lie about all of these.
_get_mro: Any = type.__dict__["__mro__"].__get__
_get_namespace: Any = type.__dict__["__dict__"].__get__
_get_qualname: Any = type.__dict__["__qualname__"].__get__
get_module: Any = type.__dict__["__module__"].__get__

_get_size: Any = type.__dict__["__basicsize__"].__get__
_get_dict_room: Any = type.__dict__["__dictoffset__"].__get__
_get_weak_room: Any = type.__dict__["__weakrefoffset__"].__get__
_POINTER: Final = 8
_HELD_ELSEWHERE: Final = ("obj", "exceptions")
_Member: Final = MemberDescriptorType

_BUILTIN_BASES: Final = frozenset(
    {int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset}
)


def find_kind(kind: type) -> Kind | None:
    """Return the kind of enum members or of instances with fields; None for any other class."""
    if is_enum(kind):
        return _MEMBER
    mro = _get_mro(kind)
    if BaseException in mro:
        return _EXCEPTION
    is_namedtuple = tuple in mro and any("_fields" in _get_namespace(base) for base in mro)
    return _INSTANCE if is_namedtuple or _declares_fields(mro) else None


def read_record(kind: type, value: Any) -> tuple[str, list[str], list[object]] | None:
    """Return kind, names and values of the fields, or None for any other class.

    What the candidate's own descriptors raise comes out.
    """
    mro = _get_mro(kind)
    if is_enum(kind):
        return "enum", ["name", "value"], [_getattr(value, "_name_"), _getattr(value, "_value_")]
    if tuple in mro:
        names = next(filter(None, (_get_namespace(base).get("_fields") for base in mro)), None)
        if type(names) is not tuple or set(map(type, names)) - {str}:
            return None
        values = list(tuple.__iter__(value))
        return ("namedtuple", list(names), values) if len(values) == len(names) else None
    if BaseException in mro:
        return "exception", *_read_exception(value)
    declared = _list_fields(kind, mro)
    if declared is None or not _BUILTIN_BASES.isdisjoint(mro):
        return None
    extra = _read_extra(value)
    values = [_getattr(value, name) for name in declared]
    return "dataclass", [*declared, *extra], [*values, *extra.values()]


def add_state(kind: type, value: Any, found: _Form) -> _Form:
    """Return how an instance travels where objects are their attributes.

    Args:
        kind: Its class.
        value: The instance.
        found: How it travels otherwise: as a record, as the plain value that it also is, or not.
    """
    match found:
        case None:
            state = _read_state(kind, value)
            return None if state is None else ("object", *state)
        case (plain,):
            own = _read_own(value, type(plain))
            if own:
                return "object", [type(plain).__name__, *own], [plain, *own.values()]
        case ("namedtuple", names, values):
            own = _read_own(value, tuple)
            if own:
                return "object", [*names, *own], [*values, *own.values()]
        case _:
            pass
    return found


def _read_own(value: Any, base: type) -> dict[str, object]:
    """Return what an instance keeps beside what an instance of a base does, in order of names."""
    mro = _get_mro(type(value))
    own = _read_members(value, mro[: mro.index(base)])
    with contextlib.suppress(AttributeError):
        own |= _getattr(value, "__dict__")
    return {name: own[name] for name in sorted(filter(lambda name: type(name) is str, own))}


def _read_state(kind: type, value: Any) -> tuple[list[str], list[object]] | None:
    """Return names and values of the attributes of an object, in the order of their names.

    None for an object that may keep more than these: one of a class that is not written in Python,
    or derives from such a class. No property is asked.
    """
    bases = _get_mro(kind)[:-1]
    members = [
        (name, member)
        for base in bases
        for name, member in _get_namespace(base).items()
        if type(member) is _Member and not name.startswith("__")
    ]
    # As Python's own pickles find out: what else an object keeps has no name.
    rooms = len(members) + (_get_dict_room(kind) > 0) + (_get_weak_room(kind) > 0)
    if not bases or _get_size(kind) > _get_size(object) + rooms * _POINTER:
        return None
    state: dict[str, object] = {}
    for name, member in members:
        with contextlib.suppress(AttributeError):  # it is not set
            state.setdefault(name, member.__get__(value))
    with contextlib.suppress(AttributeError):
        state.update(_getattr(value, "__dict__"))
    if set(map(type, state)) - {str}:
        return None
    ordered = sorted(state)
    return ordered, [state[name] for name in ordered]


def is_enum(kind: type) -> bool:
    """Tell whether a class is an enum."""
    return enum.EnumMeta in _get_mro(type(kind))


def has_fields(kind: type) -> bool:
    """Tell whether a class declares fields, as a dataclass, or a class of attrs or pydantic."""
    return _list_fields(kind, _get_mro(kind)) is not None


def _list_fields(kind: type, mro: tuple[type, ...]) -> list[str] | None:
    """Return the names of the fields of a dataclass, or of a class of attrs or pydantic."""
    names: list[str]
    for base in mro:
        namespace = _get_namespace(base)
        if "__dataclass_fields__" in namespace:
            # Loaded long since by whoever made this class, and not before.
            from dataclasses import fields

            names = [field.name for field in fields(kind)]
        elif "__attrs_attrs__" in namespace:
            names = [field.name for field in namespace["__attrs_attrs__"]]
        elif "__pydantic_fields__" in namespace and mro.index(base) == 0:
            names = list(namespace["__pydantic_fields__"])
        else:
            continue
        return None if set(map(type, names)) - {str} else names
    return None


def describe(value: object) -> str:
    """Return the start of the value's ``repr``, whatever that does."""
    try:
        # An exact str whatever class `__repr__` returned.
        return str.__getitem__(repr(value), slice(MAX_OPAQUE_TEXT))
    except BaseException as error:  # noqa: BLE001 - SystemExit from a `__repr__` must not end the worker
        return f"<repr failed: {_get_qualname(type(error))}>"[:MAX_OPAQUE_TEXT]


def _read_extra(value: Any) -> dict[str, object]:
    """Return what an instance of pydantic took beside its fields, by name and in their order."""
    try:
        extra = _getattr(value, "__pydantic_extra__")
    except AttributeError:
        return {}
    if type(extra) is not dict or set(map(type, extra)) - {str}:
        return {}
    return {name: extra[name] for name in sorted(extra)}


def name_class(kind: type) -> str:
    """Return the class's qualified name within its module, as the class itself says it."""
    name: str = _get_qualname(kind)
    return name[:MAX_TYPE_NAME]


def name_type(kind: type) -> str:
    """Return the class's qualified name with its module, as the class itself says it."""
    module, name = get_module(kind), _get_qualname(kind)
    prefix = "" if type(module) is not str or module == "builtins" else module + "."
    text: str = prefix + name
    return text[:MAX_TYPE_NAME]


def _read_exception(value: Any) -> tuple[list[str], list[object]]:
    """Return the names and values of what an exception was made with, and of what it was given."""
    known = set(map(id, (*_get_args(value), None)))
    members = _read_members(value, _get_mro(type(value)))
    # ``obj`` is what had no such attribute, and a group has its exceptions in its ``args``, too.
    kept = {n: v for n, v in members.items() if id(v) not in known and n not in _HELD_ELSEWHERE}
    state = {**kept, **_getattr(value, "__dict__")}
    notes = state.pop("__notes__", None)
    names = [*(name for name in state if type(name) is str), *(["__notes__"] if notes else [])]
    state["__notes__"] = notes
    return ["args", *names], [_get_args(value), *(state[name] for name in names)]


def _read_members(value: Any, bases: Iterable[type]) -> dict[str, object]:
    """Return what an instance keeps in slots of these classes."""
    found: dict[str, object] = {}
    for base in bases:
        for name, member in _get_namespace(base).items():
            if type(member) is _Member and not name.startswith("__"):
                with contextlib.suppress(AttributeError):  # it is not set
                    found.setdefault(name, member.__get__(value))
    return found


def _declares_fields(mro: tuple[type, ...]) -> bool:
    namespaces = list(map(_get_namespace, mro))
    return any(
        "__dataclass_fields__" in names
        or names.get("__attrs_attrs__")
        or names.get("__pydantic_fields__")
        for names in namespaces
    )


def _list_values(value: Any) -> list[Any]:
    """Return what an instance consists of."""
    kind = type(value)
    if hasattr(kind, "__dataclass_fields__"):
        # As above.
        from dataclasses import fields

        return [getattr(value, field.name) for field in fields(kind)]
    declared = getattr(kind, "__attrs_attrs__", None) or getattr(kind, "__pydantic_fields__", None)
    if declared:
        named = [getattr(value, getattr(field, "name", field)) for field in declared]
        return [*named, *_read_extra(value).items()]
    if isinstance(value, tuple):
        return list(tuple.__iter__(value))
    raise Incomparable(value)


def _list_exception(value: Any) -> list[Any]:
    names, values = _read_exception(value)
    return [id(type(value)), *sorted(zip(names, values, strict=True), key=lambda pair: pair[0])]


def _pair_fields(first: Any, second: Any) -> Iterable[Pair]:
    """Return the fields of two instances of one class."""
    if type(first) is not type(second):
        return ()
    left, right = (read_record(type(value), value) for value in (first, second))
    if left is None or right is None or left[1] != right[1]:
        return ()
    pairs = zip(left[2], right[2], strict=True)
    return [(f".{name}", a, b) for name, (a, b) in zip(left[1], pairs, strict=True)]


_get_args: Any = vars(BaseException)["args"].__get__
_EXCEPTION: Final = Kind(types=tuple, list_parts=_list_exception, pair=_pair_fields)
_MEMBER: Final = Kind(types=tuple, make_key=lambda value, _: ("enum", id(value)))
_INSTANCE: Final = Kind(types=tuple, list_parts=_list_values, pair=_pair_fields)
