"""Type hints read as text, and the shape of the values that they promise."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.suggesting.shapes import Shape, merge_shapes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["UnknownHint", "read_hint"]

_PLAIN = {
    "int": "int",
    "float": "float",
    "bool": "bool",
    "str": "text",
    "bytes": "bytes",
    "None": "none",
    "complex": "complex",
    "Decimal": "decimal",
    "Fraction": "fraction",
    "date": "date",
    "datetime": "datetime",
    "timedelta": "timedelta",
    "Number": "float",
    "Real": "float",
    "Integral": "int",
    "SupportsFloat": "float",
    "SupportsInt": "int",
    "SupportsIndex": "int",
    "LiteralString": "text",
    "AnyStr": "text",
    "Hashable": "int",
}
_LISTS = frozenset({
    "list", "List", "Sequence", "Iterable", "Iterator", "Collection", "MutableSequence",
    "Container", "Reversible", "Generator",
})  # fmt: skip
_DICTS = frozenset({"dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "OrderedDict"})
_SETS = {
    "set": "set", "Set": "set", "AbstractSet": "set", "MutableSet": "set",
    "frozenset": "frozenset", "FrozenSet": "frozenset",
}  # fmt: skip
_WRAPPING = frozenset({"Annotated", "Final", "Required", "NotRequired", "ReadOnly"})
_BARE = {"tuple": "tuple[int, str]", "Tuple": "tuple[int, str]"}
_DEEPEST = 12


class UnknownHint(Exception):  # noqa: N818 - reads as what happened
    """A hint of which no values can be made; the text says why and what to do."""


def read_hint(hint: ast.expr, aliases: Mapping[str, ast.expr], depth: int = 0) -> Shape:
    """Return the shape that a type hint promises.

    Args:
        hint: The hint as it is written.
        aliases: What names at the top of the file stand for.
        depth: In how many other hints it stands.

    Raises:
        UnknownHint: No values can be made of it without running the file.
    """
    if depth > _DEEPEST:
        raise UnknownHint(f"has the hint {ast.unparse(hint):.40}, which is nested too deeply")
    match hint:
        case ast.Constant(value=None):
            return Shape("none")
        case ast.Constant(value=str() as text):
            return read_hint(_parse(text), aliases, depth + 1)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            sides = (read_hint(side, aliases, depth + 1) for side in (left, right))
            return _unite(sides)
        case ast.Subscript(value=outer, slice=inner):
            arguments = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return _read_generic(_name(outer), arguments, hint, aliases, depth)
        case ast.Name() | ast.Attribute():
            return _read_name(_name(hint), hint, aliases, depth)
        case _:
            raise _refuse(hint)


def _read_name(name: str, hint: ast.expr, aliases: Mapping[str, ast.expr], depth: int) -> Shape:
    if name in aliases and isinstance(hint, ast.Name):
        meant = aliases[name]
        if isinstance(meant, ast.Call):
            return _read_made(meant, hint, aliases, depth)
        return read_hint(meant, aliases, depth + 1)
    if name in _PLAIN:
        return Shape(_PLAIN[name])
    # What is in it nobody says; whole numbers are what most functions of anything take.
    if name in _LISTS:
        return Shape("list", (Shape("int"),))
    if name in _SETS:
        return Shape(_SETS[name], (Shape("int"),))
    if name in _DICTS:
        return Shape("dict", (Shape("text"), Shape("int")))
    if name in _BARE:
        raise UnknownHint(
            f"has the hint {name}, which does not say what is in it: write {_BARE[name]} say"
        )
    if name in ("Any", "object"):
        raise UnknownHint(f"has the hint {name}, which may be anything: write the type it takes")
    raise _refuse(hint)


def _read_made(
    meant: ast.Call, hint: ast.expr, aliases: Mapping[str, ast.expr], depth: int
) -> Shape:
    """Read ``TypeVar("T", bound=...)`` and ``NewType("Name", ...)``."""
    made = _name(meant.func)
    if made == "NewType" and len(meant.args) == 2:  # noqa: PLR2004 - its name and its type
        return read_hint(meant.args[1], aliases, depth + 1)
    if made == "TypeVar":
        bound = [word.value for word in meant.keywords if word.arg == "bound"]
        chosen = [*meant.args[1:2], *bound]
        return read_hint(chosen[0], aliases, depth + 1) if chosen else Shape("int")
    raise _refuse(hint)


def _read_generic(
    name: str,
    arguments: list[ast.expr],
    hint: ast.expr,
    aliases: Mapping[str, ast.expr],
    depth: int,
) -> Shape:
    if name == "Literal":
        return Shape("choice", choices=tuple(_read_literal(one, hint) for one in arguments))
    if name in _WRAPPING:
        return read_hint(arguments[0], aliases, depth + 1)
    inner = [
        Shape("none") if _is_dots(one) else read_hint(one, aliases, depth + 1) for one in arguments
    ]
    if name in ("Optional", "Union"):
        return _unite([*inner, Shape("none")] if name == "Optional" else inner)
    if name in ("tuple", "Tuple"):
        any_length = _is_dots(arguments[-1])
        return Shape("tuples", (inner[0],)) if any_length else Shape("tuple", tuple(inner))
    return _read_container(name, inner, hint)


def _read_container(name: str, inner: list[Shape], hint: ast.expr) -> Shape:
    if name in _LISTS:
        return Shape("list", (inner[0],))
    if name in _SETS:
        return Shape(_SETS[name], (inner[0],))
    if name == "Counter":
        return Shape("dict", (inner[0], Shape("int")))
    if name in _DICTS and len(inner) == 2:  # noqa: PLR2004 - keys and values
        return Shape("dict", tuple(inner))
    raise _refuse(hint)


def _read_literal(node: ast.expr, hint: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError, MemoryError):
        raise _refuse(hint) from None


def _unite(shapes: Iterable[Shape]) -> Shape:
    whole = Shape("empty")
    for shape in shapes:
        whole = merge_shapes(whole, shape)
    return whole


def _parse(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise UnknownHint(f"has the hint {text!r:.40}, which cannot be read") from None


def _name(node: ast.expr) -> str:
    return getattr(node, "id", None) or getattr(node, "attr", None) or ""


def _is_dots(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _refuse(hint: ast.expr) -> UnknownHint:
    return UnknownHint(
        f"has the hint {ast.unparse(hint):.40}, of which values can be made only by running the "
        "file"
    )
