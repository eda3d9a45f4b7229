"""Values that a worker sent and that are shown, compared, and never executed.

Results of builtin types arrive as themselves. An instance of any other class arrives as a `Record`
when its fields are plain data, and as an `Opaque` value when they are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values.checks import require, require_text
from pytest_metamorphic_guard.values.deciding import Undecidable, is_deciding
from pytest_metamorphic_guard.values.frames import (
    MAX_OPAQUE_TEXT,
    MAX_TYPE_NAME,
    OPAQUE,
    RECORD,
    DecodeError,
    keep_builtins,
)
from pytest_metamorphic_guard.values.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_metamorphic_guard.values.sides import Pair, Rules, Writer

__all__ = ["KINDS", "LEFT_OUT", "Opaque", "Record", "refuse_value", "require_plain"]

keep_builtins(globals())

_MOST_FIELDS = 20
_KINDS: Final = ("dataclass", "namedtuple", "enum", "exception", "object", "pattern", "table")


@dataclass(frozen=True, slots=True)
class Record:
    """A dataclass instance, named tuple, enum member or exception as inert data.

    So are instances of attrs and pydantic, and patterns of ``re``.

    Fields are read as attributes (``output.total``); a named tuple's also by index. Two records
    are equal when kind, type name and fields are.

    Attributes:
        kind: ``"dataclass"`` (of attrs and pydantic, too), ``"namedtuple"``, ``"enum"``,
            ``"exception"``, ``"pattern"``, ``"object"`` under ``Task(by_state=True)``, or
            ``"table"`` for a value of a library that is not here.
        type_name: Qualified name of the class within its module, e.g. ``"Invoice"``.
        fields: ``(name, value)`` pairs in order of definition.
    """

    kind: str
    type_name: str
    fields: tuple[tuple[str, object], ...]

    def __getattr__(self, name: str) -> object:
        for field, value in self.fields:
            if field == name:
                return value
        known = ", ".join(field for field, _ in self.fields[:_MOST_FIELDS]) or "none"
        more = ", ..." if len(self.fields) > _MOST_FIELDS else ""
        raise AttributeError(f"{self.type_name} has no field {name!r}; fields: {known}{more}")

    def __iter__(self) -> Iterator[object]:
        self._require_namedtuple()
        return (value for _, value in self.fields)

    def __len__(self) -> int:
        self._require_namedtuple()
        return len(self.fields)

    def __getitem__(self, index: int) -> object:
        self._require_namedtuple()
        return self.fields[index][1]

    def __repr__(self) -> str:
        if self.kind == "enum":
            return f"{self.type_name}.{dict(self.fields).get('name', '?')}"
        inner = ", ".join(f"{field}={value!r}" for field, value in self.fields)
        return f"{self.type_name}({inner})"

    def _require_namedtuple(self) -> None:
        if self.kind != "namedtuple":
            raise TypeError(f"{self.type_name} is a {self.kind}, not a sequence")


@dataclass(frozen=True, slots=True, eq=False)
class Opaque:
    """A value of a class that cannot travel: to ask anything of it raises `Undecidable`.

    Only its two attributes and its ``repr`` can be read, and not while a check is under way.

    Attributes:
        type_name: Qualified name of the class.
        text: The start of its ``repr``, made by the worker.
    """

    type_name: str
    text: str

    def __getattribute__(self, name: str) -> Any:
        # Within a check our own attributes, and our class, would pass for the value's.
        if is_deciding() and (name == "__class__" or not _is_special(name)):
            raise refuse_value(self)
        return object.__getattribute__(self, name)

    def __reduce__(self) -> tuple[Any, ...]:
        return Opaque, (_get_type_name(self), _get_text(self))

    def __repr__(self) -> str:
        if is_deciding():
            raise refuse_value(self)
        return f"<{_get_type_name(self)} that cannot be compared: {_get_text(self)}>"


_get_type_name: Any = vars(Opaque)["type_name"].__get__
_get_text: Any = vars(Opaque)["text"].__get__


def refuse_value(value: object) -> Undecidable:
    """Return what ends a check that asked about a value of a class that cannot travel."""
    if type(value) is Opaque:
        name = _get_type_name(value)
        if (text := _get_text(value)).startswith(LEFT_OUT):
            return Undecidable(f"a {name} came, {text}")
    else:
        name = f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
    article = "an" if name.startswith(("a", "e", "i", "object")) else "a"
    return Undecidable(
        f"{article} {name} came, which does not travel between processes and cannot be compared; "
        f"{_advise(name)}"
    )


def require_plain(values: Iterable[object]) -> None:
    """Refuse arguments that are, or in plain containers hold, an `Opaque` value.

    Raises:
        Undecidable: One of them is.
    """
    pending = [values]
    seen: set[int] = set()  # arguments may contain themselves
    while pending:
        members = list(pending.pop())
        kinds = set(map(type, members))
        if Opaque in kinds:
            raise refuse_value(next(member for member in members if type(member) is Opaque))
        if kinds.isdisjoint(_HOLDERS):
            continue
        for member in members:
            if id(member) in seen:
                continue
            seen.add(id(member))
            if type(member) is dict:
                pending.append([*member, *member.values()])
            elif type(member) is Record:
                pending.append([value for _, value in member.fields])
            elif type(member) in _HOLDERS:
                pending.append(member)  # type: ignore[arg-type]  # list, tuple or set


def _advise(name: str) -> str:
    for start, advice in _ADVICE.items():
        if name.startswith(start):
            return advice
    return (
        "return plain data instead, such as numbers, texts, lists, dicts, arrays or a dataclass of "
        "these, or compare objects by their attributes: Task(by_state=True)"
    )


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _refuse_question(self: Opaque, *_: object, **__: object) -> Any:
    raise refuse_value(self)


_HOLDERS: Final = frozenset({list, tuple, set, frozenset, dict, Record})
LEFT_OUT: Final = "left out: "
_AS_LIST: Final = "return a list of what it yields instead"
_AS_CALL: Final = "name a function that calls it, and return what that returns"
_ADVICE: Final = {
    "generator": _AS_LIST,
    "async_generator": _AS_LIST,
    "coroutine": "return what it awaits instead",
    **dict.fromkeys(("function", "builtin_function", "method", "functools.partial"), _AS_CALL),
    **dict.fromkeys(("map", "filter", "zip", "enumerate", "reversed", "dict_", "odict_"), _AS_LIST),
    **dict.fromkeys(("itertools.", "list_", "tuple_", "set_", "range_", "str_"), _AS_LIST),
    "re.Match": "return its groups instead, match.groupdict() or match.groups()",
    "polars.lazyframe": "return what it computes instead, .collect()",
    "polars.": (
        "return a DataFrame or Series of columns without objects, and without nanoseconds in lists "
        "or structs, instead"
    ),
    "pyarrow.": "return a Table or Array without unions and extensions instead",
    "pandas.": "return columns of numbers, texts, times or plain objects instead",
    "scipy.sparse": "return one of its formats itself, and no subclass, instead",
    "xarray.": "return a DataArray or Dataset of arrays of numpy instead, .compute()",
    "shapely.": "return a geometry without measures instead, shapely.force_2d(...)",
    "PIL.": "convert it instead, image.convert('RGB')",
    "torch.": "return a dense tensor or array instead, .detach().cpu().numpy()",
    "numpy.ma.": "return its data and its mask as two arrays instead",
    "numpy.": "return an array of numbers, texts, times or plain objects instead",
}
_QUESTIONS: Final = (
    *("eq", "ne", "lt", "le", "gt", "ge", "hash", "bool", "len", "iter", "next", "reversed"),
    *("contains", "getitem", "setitem", "delitem", "call", "bytes", "index"),
    *("int", "float", "complex", "round", "trunc", "floor", "ceil", "neg", "pos", "abs", "invert"),
    *("enter", "exit", "aiter", "anext", "await", "fspath", "array", "array_ufunc"),
)
_OPERATORS: Final = (
    *("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "divmod", "pow"),
    *("lshift", "rshift", "and", "xor", "or"),
)
for _name in (*_QUESTIONS, *_OPERATORS, *(f"r{name}" for name in _OPERATORS)):
    setattr(Opaque, f"__{_name}__", _refuse_question)


def _write_record(writer: Writer, value: Record) -> None:
    writer.mark(RECORD)
    writer.scalar(value.kind)
    writer.scalar(value.type_name)
    writer.sequence([name for name, _ in value.fields])
    writer.sequence([field for _, field in value.fields])


def _read_record(kind: Any, type_name: Any, names: Any, values: Any) -> Record:
    from pytest_metamorphic_guard.contracts.texts import clean_name  # which no worker needs to load

    if type(kind) is not str or kind not in _KINDS:
        raise DecodeError("no kind of a record")
    for name in require(names, list):
        require_text(name, MAX_TYPE_NAME)
    fields = tuple(zip(map(clean_name, names), require(values, list), strict=True))
    return Record(kind, clean_name(require_text(type_name, MAX_TYPE_NAME)), fields)


def _read_opaque(type_name: Any, text: Any) -> Opaque:
    from pytest_metamorphic_guard.contracts.texts import clean_line, clean_name

    name = clean_name(require_text(type_name, MAX_TYPE_NAME))
    return Opaque(name, clean_line(require_text(text, MAX_OPAQUE_TEXT)))


def _compare_records(first: Record, second: Record, _: Rules) -> Iterable[tuple[Any, Any]] | None:
    if (first.kind, first.type_name) != (second.kind, second.type_name):
        return None
    return ((first.fields, second.fields),)


def _pair_records(first: Record, second: Record) -> Iterable[Pair]:
    if len(first.fields) != len(second.fields):
        return ()
    pairs = zip(first.fields, second.fields, strict=True)
    return ((f".{name}", a, b) for (name, a), (_, b) in pairs)


KINDS: Final = (
    Kind(
        types=lambda: (Record,),
        mark=RECORD,
        write=_write_record,
        put_together=_read_record,
        compare=_compare_records,
        list_parts=lambda value: ["record", value.kind, value.type_name, value.fields],
        pair=_pair_records,
    ),
    Kind(
        types=lambda: (Opaque,),
        mark=OPAQUE,
        take_apart=lambda value: (_get_type_name(value), _get_text(value)),
        put_together=_read_opaque,
    ),
)
