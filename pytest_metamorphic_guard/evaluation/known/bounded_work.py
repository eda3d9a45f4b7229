"""Expressions that end: what could take for ever in one is counted, and refused beyond a limit."""

from __future__ import annotations

import ast
import re
from numbers import Rational
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["TooMuchWork", "bound", "make_counted"]

# A second or less, which may pass with every input.
_MOST_STEPS: Final = 3_000_000
_MOST_BITS: Final = 100_000
_MOST_SIZE: Final = 1_000_000
_SIZED: Final = (range, list, tuple, str, bytes, bytearray, set, frozenset, dict)
_TOO_LARGE: Final = f"makes something of more than {_MOST_SIZE:,} elements"
_WIDTH: Final = re.compile(r"\d{7,}|%[-+ #0]*\*|%[^%]*\.\*")
_OPERATORS: Final = {ast.Pow: "_power", ast.Mult: "_times", ast.LShift: "_shift", ast.Mod: "_rest"}
# These go through what they are given.
_ITERATING: Final = frozenset(
    {
        "all", "any", "bytes", "dict", "enumerate", "frozenset", "list", "max", "min", "reversed",
        "set", "sorted", "sum", "tuple", "zip",
    }
)  # fmt: skip
# Numbers that these are given say how much is made.
_MAKING: Final = frozenset(
    {"bytes", "center", "expandtabs", "format", "ljust", "rjust", "round", "to_bytes", "zfill"}
)


class TooMuchWork(Exception):  # noqa: N818 - reads as what happened
    """An expression would compute for longer than anybody waits."""


def bound(tree: ast.Expression) -> ast.Expression:
    """Return an expression that counts what it does, with the names of `make_counted`."""
    bounded: ast.Expression = ast.fix_missing_locations(_Bounding().visit(tree))
    return bounded


def make_counted() -> dict[str, Callable[..., Any]]:
    """Return the names that one evaluation needs; no expression of a user has one like them."""
    work = _Work()
    return {
        "_each": work.go_through,
        "_members": work.look_into,
        "_power": work.raise_to,
        "_rest": work.take_rest,
        "_shift": work.shift,
        "_size": work.take_size,
        "_template": work.take_template,
        "_times": work.multiply,
    }


class _Bounding(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        name = _OPERATORS.get(type(node.op))
        return node if name is None else _call(name, node.left, node.right)

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        self.generic_visit(node)
        node.iter = _call("_each", node.iter)
        return node

    def visit_Starred(self, node: ast.Starred) -> ast.AST:
        self.generic_visit(node)
        node.value = _call("_each", node.value)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        node.comparators = [
            _call("_members", one) if isinstance(op, ast.In | ast.NotIn) else one
            for op, one in zip(node.ops, node.comparators, strict=True)
        ]
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = ""
        if isinstance(node.func, ast.Name):
            name = node.func.id
        elif isinstance(node.func, ast.Attribute):
            name = node.func.attr
            node.func.value = _call("_each", node.func.value)
            if name == "format":
                node.func.value = _call("_template", node.func.value)
        if name in _MAKING:
            first = node.args[:1] if name == "round" else []
            node.args = [*first, *(_call("_size", one) for one in node.args[len(first) :])]
        if name in _ITERATING or isinstance(node.func, ast.Attribute):
            node.args = [
                one if isinstance(one, ast.Starred) else _call("_each", one) for one in node.args
            ]
        return node


def _call(name: str, *args: ast.expr) -> ast.expr:
    if args and isinstance(args[0], ast.Starred):
        return args[0]
    return ast.Call(ast.Name(name, ast.Load()), list(args), [])


class _Work:
    """What one evaluation may still do."""

    def __init__(self) -> None:
        self._left = _MOST_STEPS

    def go_through(self, value: Any) -> Any:
        """Return what is gone through, element by element where nobody knows how many there are."""
        if isinstance(value, _SIZED):
            self.spend(_measure(value))
            return value
        return self._count(value) if hasattr(type(value), "__next__") else value

    def look_into(self, value: Any) -> Any:
        """Return what something is looked for in."""
        return _Members(value, self) if isinstance(value, range) else value

    def raise_to(self, base: Any, exponent: Any) -> Any:
        if isinstance(base, Rational) and isinstance(exponent, int):
            _require_bits(max(_count_bits(base) - 1, 0) * abs(exponent))
        return base**exponent

    def multiply(self, one: Any, other: Any) -> Any:
        if isinstance(one, int) and isinstance(other, int):
            _require_bits(one.bit_length() + other.bit_length())
        for many, times in ((one, other), (other, one)):
            if isinstance(many, _SIZED) and isinstance(times, int):
                size = _measure(many) * max(times, 0)
                self.take_size(size)
                self.spend(size)
        return one * other

    def shift(self, one: Any, places: Any) -> Any:
        if isinstance(one, int) and isinstance(places, int) and one:
            _require_bits(one.bit_length() + places)
        return one << places

    def take_rest(self, one: Any, other: Any) -> Any:
        """Return a rest, or a text with what is put into it."""
        return self.take_template(one) % other

    def take_template(self, value: Any) -> Any:
        """Return what something is put into, where it asks for nothing too wide."""
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        if isinstance(text, str) and _WIDTH.search(text):
            raise TooMuchWork(_TOO_LARGE)
        return value

    def take_size(self, value: Any) -> Any:
        """Return a number that says how much is made."""
        if isinstance(value, int) and abs(value) > _MOST_SIZE:
            raise TooMuchWork(_TOO_LARGE)
        return value

    def spend(self, steps: int) -> None:
        """Take steps from those that are left."""
        self._left -= steps
        if self._left < 0:
            raise TooMuchWork(f"goes through more than {_MOST_STEPS:,} elements")

    def _count(self, values: Iterator[Any]) -> Iterator[Any]:
        for value in values:
            self.spend(1)
            yield value


class _Members:
    """A range, in which nothing is looked for one by one."""

    def __init__(self, values: range, work: _Work) -> None:
        self._values = values
        self._work = work

    def __contains__(self, value: object) -> bool:
        if not isinstance(value, int):  # Python compares it with each
            self._work.spend(_measure(self._values))
        return value in self._values


def _measure(value: Any) -> int:
    try:
        return len(value)
    except OverflowError:  # a range
        return _MOST_STEPS + 1


def _count_bits(value: Rational) -> int:
    return max(int(value.numerator).bit_length(), int(value.denominator).bit_length())


def _require_bits(count: int) -> None:
    if count > _MOST_BITS:
        raise TooMuchWork(f"computes a number of more than {_MOST_BITS:,} bits")
