"""The modules that define classes of arguments: a worker has to import them to rebuild these."""

from __future__ import annotations

import contextlib
import copyreg
import io
import pickle
import sys
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType
from typing import Any, Self

from pytest_metamorphic_guard.values.pickling import reduce_value

__all__ = ["Need", "UnpreparedError", "dump_noting_needs", "find_needs"]

_PROTOCOL = 5
# The opcode that names a class or function which the reader has to import.
_STACK_GLOBAL = b"\x93"
# The library's modules are imported within milliseconds.
_LIGHT = sys.stdlib_module_names
_FUNCTIONS = frozenset({FunctionType, BuiltinFunctionType})
# Kinds of arguments whose needs are remembered.
_MOST_KINDS = 64


@dataclass(frozen=True, slots=True)
class Need:
    """A module, and what arguments take from it.

    Attributes:
        module: Its dotted name.
        names: Names in it.
    """

    module: str
    names: tuple[str, ...]

    @property
    def is_light(self) -> bool:
        """Whether its import takes next to nothing."""
        return self.module.partition(".")[0] in _LIGHT

    @property
    def subject(self) -> str:
        """The beginning of a sentence about its import."""
        return f"importing {self.module}, which defines {self.names[0]} of an input,"

    def dump(self) -> bytes:
        """Pickle what reading the arguments would import, without a single value.

        A process that is to get ready for a call must not see what it will be called with, or it
        could do the work before its time is taken.
        """
        found = []
        for name in self.names:
            value: object = sys.modules.get(self.module)
            for part in name.split("."):
                value = getattr(value, part, None)
            found.append(value)
        try:
            return pickle.dumps((self.module, *found), _PROTOCOL)
        except Exception:  # noqa: BLE001 - a module's own __getattr__ may do anything
            return pickle.dumps((self.module,), _PROTOCOL)


class UnpreparedError(Exception):
    """A module that arguments need cannot be imported; its text is the sentence that says why."""

    def __init__(self, need: Need, reason: str) -> None:
        super().__init__(need, reason)
        self.need = need
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.need.subject} {self.reason}"


def dump_noting_needs(value: object) -> tuple[bytes, tuple[Need, ...]]:
    """Return the pickle of a value, and what `find_needs` finds in it.

    What reading imports depends on the classes and functions that writing meets, so it is looked
    for once for each set of these.

    Raises:
        Exception: Whatever pickling raises.
    """
    file = io.BytesIO()
    pickler = _NotingPickler(file)
    pickler.dump(value)
    dumped, met = file.getvalue(), pickler.met
    if not met:
        return dumped, ()
    key = frozenset(met)
    known = _known.get(key)
    if known is not None:
        return dumped, known[0]
    needs = find_needs(dumped)
    if all(map(_says_all, met.values())):
        if len(_known) >= _MOST_KINDS:
            _known.clear()
        _known[key] = needs, tuple(met.values())
    return dumped, needs


def find_needs(dumped: bytes) -> tuple[Need, ...]:
    """Return what reading pickled arguments would import, in the order in which it would."""
    if _STACK_GLOBAL not in dumped:
        return ()
    finder = _NameFinder(io.BytesIO(dumped))
    # What stands in for a class may not do; the rest is then imported in the call.
    with contextlib.suppress(Exception):
        finder.load()
    return tuple(Need(module, tuple(names)) for module, names in finder.found.items())


# By the identities of what was met, which is kept alive so that these stay its own.
_known: dict[frozenset[int], tuple[tuple[Need, ...], tuple[object, ...]]] = {}


def _reduce_array(numpy: Any, value: Any) -> tuple[Any, ...] | None:
    """Return how an array of plain numbers is made anew, in less time than numpy does it.

    As there, an array is read-only if it was and its elements lie in a row, and shares its memory
    with a buffer. None for any other array.
    """
    dtype = value.dtype
    # The one type of these numbers that numpy has itself: another one may have more to it.
    if dtype.kind not in "biufc" or dtype is not numpy.dtype(dtype.char) or not value.size:
        return None
    flags = value.flags
    order = "F" if flags.f_contiguous and not flags.c_contiguous else "C"
    data: bytes | bytearray = value.tobytes(order)
    if flags.writeable or not flags.forc:
        data = bytearray(data)
    return numpy.ndarray, (value.shape, dtype.char, data, 0, None, order)


class _NotingPickler(pickle.Pickler):
    """Notes classes, functions, and the classes of instances, each under its identity."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, _PROTOCOL)
        self.met: dict[int, object] = {}

    def reducer_override(self, value: Any) -> Any:
        kind = type(value)
        numpy = sys.modules.get("numpy")
        if numpy is not None and kind is getattr(numpy, "ndarray", None):
            form = _reduce_array(numpy, value)
            if form is not None:
                self.met[id(kind)] = kind
                return form
        form = reduce_value(value)
        if form is not NotImplemented:
            self.met[id(kind)] = kind
            return form
        noted = value if kind in _FUNCTIONS or issubclass(kind, type) else kind
        self.met[id(noted)] = noted
        return NotImplemented


def _says_all(noted: object) -> bool:
    """Tell whether instances of what was met bring nothing that is not met as well.

    A class may say by the name of a global what its instance is, and that may be any.
    """
    if type(noted) in _FUNCTIONS:
        return True
    assert isinstance(noted, type)
    if noted.__module__.partition(".")[0] in _LIGHT | {"numpy", "pandas"}:
        return True
    return (
        getattr(noted, "__reduce_ex__", None) is object.__reduce_ex__
        and getattr(noted, "__reduce__", None) is object.__reduce__
        and noted not in copyreg.dispatch_table
    )


class _StandIn:
    """Takes whatever is done to an object that is rebuilt."""

    def __new__(cls, *_: object, **__: object) -> Self:
        return object.__new__(cls)

    def __init__(self, *_: object, **__: object) -> None:
        """Take the arguments of any class."""

    def __call__(self, *_: object, **__: object) -> _StandIn:
        return self

    def __setstate__(self, state: object) -> None:
        """Take any state."""

    def __setitem__(self, key: object, value: object) -> None:
        """Take any item."""

    def append(self, item: object) -> None:
        """Take an element of a list."""

    def extend(self, items: object) -> None:
        """Take the elements of a list."""

    def add(self, item: object) -> None:
        """Take an element of a set."""


class _NameFinder(pickle.Unpickler):
    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.found: dict[str, list[str]] = {}

    def find_class(self, module_name: str, global_name: str) -> object:
        names = self.found.setdefault(module_name, [])
        if global_name not in names:
            names.append(global_name)
        return _StandIn
