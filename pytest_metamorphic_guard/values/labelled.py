"""Arrays and datasets of xarray, which is imported inside of functions.

What is no array of numpy is not sent: to read one of dask would compute it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values.checks import require, require_text
from pytest_metamorphic_guard.values.frames import LABELLED, DecodeError, keep_builtins
from pytest_metamorphic_guard.values.kind import Kind
from pytest_metamorphic_guard.values.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_metamorphic_guard.values.sides import Asker, Pair, Rules, Writer

__all__ = ["KINDS"]

keep_builtins(globals())

_FORMS: Final = ("DataArray", "Dataset", "Variable")
_SHOWN_LINES: Final = 12
_MOST_NAME: Final = 1 << 12
_OWN: Final = "\0values"


def _write(writer: Writer, value: Any) -> None:
    parts = _take_apart(value)
    if parts is None:
        writer.opaque(value)
        return
    writer.mark(LABELLED)
    writer.scalar(type(value).__name__)
    writer.sequence(parts)


def _take_apart(value: Any) -> list[Any] | None:
    """Return name, attributes, variables and coordinates: of each its name, axes and array."""
    form = type(value).__name__
    name = value.name if form == "DataArray" else None
    own = dict(value.data_vars) if form == "Dataset" else {_OWN: value}
    coords = {} if form == "Variable" else dict(value.coords)
    found = [[_take_variable(*pair) for pair in part.items()] for part in (own, coords)]
    if any(variable is None for part in found for variable in part):
        return None
    attributes = dict(value.attrs) if form == "Dataset" else {}
    return [name, attributes, *found]


def _take_variable(name: Any, value: Any) -> list[Any] | None:
    import numpy as np

    data = value.data
    if type(data) is not np.ndarray or {type(each) for each in (name, *value.dims)} - {str}:
        return None
    return [name, list(value.dims), data, dict(value.attrs)]


def _put_together(form: Any, parts: Any) -> object:
    name, attributes, own, coords = require(parts, list)
    if form not in _FORMS or type(attributes) is not dict:
        raise DecodeError("no form of xarray")
    own, coords = ([_read_variable(part) for part in require(each, list)] for each in (own, coords))
    try:
        import xarray as xr
    except ImportError:
        return Record("table", f"xarray.{form}", (("variables", own), ("coords", coords)))
    made = {each: xr.Variable(axes, data, attrs) for each, axes, data, attrs in own}
    labels = {each: xr.Variable(axes, data, attrs) for each, axes, data, attrs in coords}
    if form == "Dataset":
        return xr.Dataset(made, labels, attributes)
    (variable,) = made.values()
    if form == "Variable":
        return variable
    return xr.DataArray(variable, labels, variable.dims, name, variable.attrs)


def _read_variable(parts: Any) -> list[Any]:
    import numpy as np

    name, axes, data, attributes = require(parts, list)
    require_text(name, _MOST_NAME)
    for axis in require(axes, list):
        require_text(axis, _MOST_NAME)
    if require(data, np.ndarray).ndim != len(axes) or type(attributes) is not dict:
        raise DecodeError("axes that do not fit an array")
    return [name, axes, data, attributes]


def _compare(first: Any, second: Any, _: Rules) -> Iterable[tuple[Any, Any]] | None:
    if type(first) is not type(second):
        return None
    left, right = _take_apart(first), _take_apart(second)
    if left is None or right is None:
        return None if not first.identical(second) else ()
    return [(_key(left), _key(right))]


def _key(parts: list[Any]) -> list[Any]:
    # A dataset is a mapping; the order of its variables is none of theirs.
    name, attributes, *variables = parts
    return [name, attributes, *({each[0]: each[1:] for each in part} for part in variables)]


def _pair(first: Any, second: Any) -> Iterable[Pair]:
    if type(first) is not type(second):
        return []
    left, right = _take_apart(first), _take_apart(second)
    if left is None or right is None:
        return []
    pairs: list[Pair] = [(".name", left[0], right[0]), (".attrs", left[1], right[1])]
    for at, word in ((2, ""), (3, ".coords")):
        both = [{each[0]: each for each in side[at]} for side in (left, right)]
        for name in both[0].keys() & both[1].keys():
            path = "" if name == _OWN else f"{word}[{name!r}]"
            before, after = both[0][name], both[1][name]
            pairs += [(f"{path}.dims", before[1], after[1]), (path, before[2], after[2])]
            pairs.append((f"{path}.attrs", before[3], after[3]))
    return pairs


def _describe(first: Any, second: Any, asker: Asker) -> list[str]:
    # Which no worker needs to load.
    from pytest_metamorphic_guard.values.arrays import describe_arrays

    lines = []
    sides = [_take_apart(value) for value in (first, second)]
    if None not in sides:
        for at, word in ((2, "variable"), (3, "coordinate")):
            names = [[each[0] for each in side[at]] for side in sides]  # type: ignore[index]
            lines += [f"{word} {name!r} is gone" for name in names[0] if name not in names[1]]
            lines += [f"{word} {name!r} is new" for name in names[1] if name not in names[0]]
    for path, before, after in _pair(first, second):
        if not asker.refuses(before, after):
            continue
        if hasattr(before, "dtype") and hasattr(after, "dtype"):
            found = describe_arrays(before, after, asker)
            lines += [f"{path}: {line}"[: asker.width] if path else line for line in found]
        else:
            room = (asker.width - len(path) - len("  becomes ")) // 2
            texts = [asker.shorten(part, room) for part in (before, after)]
            lines.append(f"{path} {texts[0]} becomes {texts[1]}")
    return lines


def _to_source(value: Any, write: Callable[[object], str]) -> str:
    parts = _take_apart(value)
    if parts is None:
        raise TypeError("what is not sent")
    name, attributes, own, coords = parts
    labels = ", ".join(f"{each[0]!r}: {_write_variable(each, write)}" for each in coords)
    form = type(value).__name__
    if form == "Dataset":
        inner = ", ".join(f"{each[0]!r}: {_write_variable(each, write)}" for each in own)
        attrs = f", attrs={write(attributes)}" if attributes else ""
        return f"xr.Dataset({{{inner}}}, {{{labels}}}{attrs})"
    ((_, axes, data, attributes),) = own
    attrs = f", attrs={write(attributes)}" if attributes else ""
    if form == "Variable":
        return f"xr.Variable({write(axes)}, {write(data)}{attrs})"
    named = "" if name is None else f", name={write(name)}"
    return f"xr.DataArray({write(data)}, {{{labels}}}, {write(axes)}{named}{attrs})"


def _write_variable(parts: list[Any], write: Callable[[object], str]) -> str:
    _, axes, data, attributes = parts
    inner = [write(axes), write(data), *([write(attributes)] if attributes else [])]
    return f"({', '.join(inner)})"


def _show(value: Any, width: int) -> list[str]:
    lines = [line[:width] for line in str(value).splitlines()]
    return lines if len(lines) <= _SHOWN_LINES else [*lines[:_SHOWN_LINES], "..."]


def _list_types() -> list[type]:
    import xarray as xr

    return [getattr(xr, name) for name in _FORMS]


KINDS: Final = (
    Kind(
        types=_list_types,
        mark=LABELLED,
        nests=True,
        write=_write,
        put_together=_put_together,
        compare=_compare,
        list_elements=lambda value: (
            list(value.to_numpy().tolist())
            if type(value).__name__ != "Dataset"
            else list(value.variables.items())
        ),
        count_elements=lambda value: int(value.nbytes),
        measure=lambda value: int(value.nbytes),
        copy=lambda value: value.copy(deep=True),
        show=_show,
        to_source=_to_source,
        pair=_pair,
        describe=_describe,
    ),
)
