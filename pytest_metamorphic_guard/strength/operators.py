"""What a piece of code may become: one sign, number or statement changed, the rest left as it is.

Lines and comments stay where they are, so that a traceback of a mutant names the original's line.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_metamorphic_guard.strength.spans import Source, Span

__all__ = ["Change", "find_changes"]

# Operator: what it is written as, and what is written in its place.
_COMPARED: dict[type[ast.cmpop], tuple[str, tuple[str, ...]]] = {
    ast.Lt: ("<", ("<=", ">")),
    ast.LtE: ("<=", ("<", ">=")),
    ast.Gt: (">", (">=", "<")),
    ast.GtE: (">=", (">", "<=")),
    ast.Eq: ("==", ("!=",)),
    ast.NotEq: ("!=", ("==",)),
    ast.In: (r"\bin\b", ("not in",)),
    ast.NotIn: (r"\bnot\s+in\b", ("in",)),
    ast.Is: (r"\bis\b", ("is not",)),
    ast.IsNot: (r"\bis\s+not\b", ("is",)),
}
_COMPUTED: dict[type[ast.operator], tuple[str, tuple[str, ...]]] = {
    ast.Add: (r"\+", ("-",)),
    ast.Sub: ("-", ("+",)),
    ast.Mult: (r"\*", ("/", "+")),
    ast.Div: ("/", ("*",)),
    ast.FloorDiv: ("//", ("*", "/")),
    ast.Mod: ("%", ("//",)),
    ast.Pow: (r"\*\*", ("*",)),
    ast.BitAnd: ("&", ("|",)),
    ast.BitOr: (r"\|", ("&",)),
    ast.BitXor: (r"\^", ("&",)),
    ast.LShift: ("<<", (">>",)),
    ast.RShift: (">>", ("<<",)),
}
_OTHER_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
# Calls of one argument that can be taken away, and methods without any.
_PASSED_ON = frozenset(
    {"abs", "bool", "float", "int", "list", "reversed", "round", "set", "sorted", "str", "tuple"}
)
_LEFT_OUT = frozenset({"casefold", "copy", "lower", "lstrip", "rstrip", "strip", "title", "upper"})
_PAIR = 2


class Change(NamedTuple):
    """One change of a text.

    Attributes:
        span: What is replaced.
        text: What stands there instead.
        kind: What kind of change it is, in a word or two.
    """

    span: Span
    text: str
    kind: str


def find_changes(statement: ast.stmt, source: Source) -> Iterator[Change]:
    """Yield every change of a statement and of what is in it, in the order of the tree.

    Left alone are docstrings, annotations, decorators, f-strings and the messages of exceptions,
    about which no relation speaks.
    """
    names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
    rebound = _find_rebound(statement) & names
    yield from _visit(statement, source, rebound)


def _visit(node: ast.AST, source: Source, rebound: set[str]) -> Iterator[Change]:
    if isinstance(node, ast.expr):
        yield from _change_expression(node, source)
    elif isinstance(node, ast.stmt):
        yield from _change_statement(node, source, rebound)
    for child in _list_children(node):
        yield from _visit(child, source, rebound)


def _list_children(node: ast.AST) -> Iterator[ast.AST]:
    skipped: list[ast.AST | None] = []
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            skipped += node.decorator_list
            skipped.append(getattr(node, "returns", None))
        case ast.arg():
            return
        case ast.AnnAssign():
            skipped.append(node.annotation)
        case ast.Raise() | ast.JoinedStr() | ast.Expr(value=ast.Constant()):
            return
        case ast.Assert():
            skipped.append(node.msg)
        case _:
            pass
    for child in ast.iter_child_nodes(node):
        if not any(child is one for one in skipped):
            yield child


def _change_expression(  # noqa: C901, PLR0912 - one case per kind of node
    node: ast.expr, source: Source
) -> Iterator[Change]:
    match node:
        case ast.Compare():
            yield from _change_comparison(node, source)
        case ast.BinOp():
            # Of a list or text as it is written, nearly any other sign only raises.
            signs = _COMPUTED.get(type(node.op))
            if signs is not None and not any(map(_is_series, (node.left, node.right))):
                yield from _swap(node.left, node.right, signs, source, "arithmetic")
        case ast.BoolOp():
            word, other = (r"\band\b", "or") if isinstance(node.op, ast.And) else (r"\bor\b", "and")
            for before, after in zip(node.values, node.values[1:], strict=False):
                yield from _swap(before, after, (word, (other,)), source, "logic")
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert()):
            whole, inner = source.find(node), source.find(node.operand)
            yield Change(whole._replace(end=inner.start), "", "sign or negation")
        case ast.Constant():
            yield from _change_constant(node, source)
        case ast.IfExp():
            yield _keep(node, node.body, source, "branch")
            yield _keep(node, node.orelse, source, "branch")
            yield from _negate(node.test, source)
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            for generator in node.generators:
                for test in generator.ifs:
                    yield from _negate(test, source)
        case ast.Call():
            yield from _change_call(node, source)
        case ast.Slice():
            for bound in (node.lower, node.upper):
                if bound is not None:
                    yield Change(source.find(bound), "", "slice")
        case _:
            pass


def _change_comparison(node: ast.Compare, source: Source) -> Iterator[Change]:
    sides = [node.left, *node.comparators]
    for operator, before, after in zip(node.ops, sides, sides[1:], strict=False):
        yield from _swap(before, after, _COMPARED[type(operator)], source, "comparison")


def _swap(
    before: ast.AST,
    after: ast.AST,
    signs: tuple[str, tuple[str, ...]],
    source: Source,
    kind: str,
) -> Iterator[Change]:
    span = source.find_token(before, after, signs[0])
    if span is not None:
        for other in signs[1]:
            yield Change(span, other, kind)


def _change_constant(node: ast.Constant, source: Source) -> Iterator[Change]:
    span = source.find(node)
    match node.value:
        case bool():
            yield Change(span, str(not node.value), "constant")
        case int() | float():
            for step in (1, -1):
                value = node.value + step
                if value != node.value:
                    yield Change(span, repr(value) if value >= 0 else f"({value!r})", "constant")
        case str() | bytes() if not source.count_lines(span):
            empty = "" if isinstance(node.value, str) else b""
            other = "mutant" if isinstance(node.value, str) else b"mutant"
            # A text may follow on a keyword, as in `return"x"`.
            space = " " if source.text[span.start - 1 : span.start].isalnum() else ""
            yield Change(span, f"{space}{(other if node.value == empty else empty)!r}", "text")


def _change_call(node: ast.Call, source: Source) -> Iterator[Change]:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    plain = not node.keywords and not any(isinstance(arg, ast.Starred) for arg in node.args)
    if name in _OTHER_NAMES:
        yield Change(source.find(node.func), _OTHER_NAMES[name], "function")
    # Of these the order of two arguments makes no difference.
    if plain and len(node.args) == _PAIR and name not in _OTHER_NAMES:
        first, second = map(source.find, node.args)
        gap = source.text[first.end : second.start]
        swapped = source.take(second) + gap + source.take(first)
        yield Change(first._replace(end=second.end), swapped, "arguments")
    if plain and name in _PASSED_ON and len(node.args) == 1:
        yield _keep(node, node.args[0], source, "function")
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr=attr), args=[], keywords=[]):
            if attr in _LEFT_OUT:
                yield _keep(node, value, source, "function")
        case _:
            pass
    if name == "range" and plain and node.args:
        last = node.args[-1 if len(node.args) < _PAIR else 1]
        if not any(isinstance(part, ast.Constant) for part in ast.walk(last)):
            span = source.find(last)
            for sign in "+-":
                yield Change(span, f"({source.take(span)}) {sign} 1", "bound")


def _change_statement(  # noqa: C901 - as above
    node: ast.stmt, source: Source, rebound: set[str]
) -> Iterator[Change]:
    match node:
        case ast.AugAssign():
            sign, others = _COMPUTED.get(type(node.op), ("", ()))
            if others and not _is_series(node.value):
                signs = f"{sign}=", tuple(f"{other}=" for other in others)
                yield from _swap(node.target, node.value, signs, source, "arithmetic")
            yield _drop(node, source)
        case ast.Assign():
            if all(_is_dispensable(target, rebound) for target in node.targets):
                yield _drop(node, source)
        case ast.Expr(value=ast.Call() | ast.Await() | ast.Yield()) | ast.Raise() | ast.Delete():
            yield _drop(node, source)
        case ast.Continue():
            yield _drop(node, source)
            yield Change(source.find(node), "break", "loop")
        case ast.Break():
            yield _drop(node, source)
            yield Change(source.find(node), "continue", "loop")
        case ast.If() | ast.While():
            yield from _negate(node.test, source)
            for inner in node.body:
                if isinstance(inner, ast.Return):
                    yield _drop(inner, source)
        case _:
            pass


def _is_series(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str | bytes)
    return isinstance(node, ast.List | ast.Tuple | ast.ListComp | ast.JoinedStr)


def _is_dispensable(target: ast.expr, rebound: set[str]) -> bool:
    """Tell whether code may go on without an assignment, with what was there before."""
    if isinstance(target, ast.Tuple | ast.List):
        return all(_is_dispensable(one, rebound) for one in target.elts)
    return not isinstance(target, ast.Name) or target.id in rebound


def _find_rebound(statement: ast.stmt) -> set[str]:
    """Return the names that have a value more than once, parameters among them."""
    seen: dict[str, int] = {}
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                seen[name] = seen.get(name, 0) + 1
            case _:
                pass
    return {name for name, count in seen.items() if count > 1}


def _negate(test: ast.expr, source: Source) -> Iterator[Change]:
    # Of a comparison or negation the sign itself is changed.
    if not isinstance(test, ast.Compare | ast.BoolOp) and not (
        isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    ):
        span = source.find(test)
        yield Change(span, f"(not ({source.take(span)}))", "condition")


def _keep(whole: ast.expr, part: ast.expr, source: Source, kind: str) -> Change:
    """Return the change of an expression to a part of it, on the line on which that stands."""
    outer, inner = source.find(whole), source.find(part)
    before = "\n" * source.text.count("\n", outer.start, inner.start)
    after = "\n" * source.text.count("\n", inner.end, outer.end)
    return Change(outer, f"({before}{source.take(inner)}{after})", kind)


def _drop(node: ast.stmt, source: Source) -> Change:
    span = source.find(node)
    return Change(span, "pass" + "\n" * source.count_lines(span), "statement")
